"""URLs of the researchers' pages."""

from django.urls import path

from qualitycontrol.views import account, agreement, calibration, conversations, intensity

app_name = "research"
urlpatterns = [
    path("login/", account.LoginView.as_view(), name="login"),
    path("logout/", account.LogoutView.as_view(), name="logout"),
    path("", conversations.home, name="home"),
    path("conversations/", conversations.conversation_list, name="conversations"),
    path("conversations/<str:public_id>/", conversations.conversation_detail, name="conversation"),
    path("intensity/", intensity.queue, name="intensity"),
    path("intensity/<int:assessment_id>/", intensity.review, name="intensity_review"),
    path("agreement/", agreement.judgements, name="agreement"),
    path("calibration/", calibration.explorer, name="calibration"),
    path("calibration/judgements/", calibration.judgements, name="calibration_judgements"),
    path("calibration/rule/", calibration.rule, name="calibration_rule"),
]
