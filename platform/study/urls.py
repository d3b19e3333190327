"""URLs of the study room."""

from django.urls import path

from study.views import anonymous, entry, participation, withdrawal

app_name = "study"
urlpatterns = [
    path("", entry.landing, name="landing"),
    path("go/<slug:provider>/<slug:slug>/", entry.arrive, name="arrive"),
    path("go/<slug:provider>/<slug:slug>/<slug:part>/", entry.arrive, name="arrive_part"),
    path("s/<slug:slug>/", anonymous.door, name="anonymous"),
    path("try/<slug:slug>/", entry.arrive_anonymously, name="arrive_anonymously"),
    path("i/<str:token>/", entry.arrive_invited, name="arrive_invited"),
    path("p/<str:public_id>/consent/", participation.consent, name="consent"),
    path("p/<str:public_id>/role/", participation.role, name="role"),
    path("p/<str:public_id>/end/", participation.end, name="end"),
    path("p/<str:public_id>/withdraw/", withdrawal.withdraw, name="withdraw"),
]
