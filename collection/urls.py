"""URLs of the collection room."""

from django.urls import path

from collection.views import again, before, care, conversation, help_page

app_name = "collection"
urlpatterns = [
    path("p/<str:public_id>/before/", before.pre_chat, name="pre_chat"),
    path("p/<str:public_id>/lobby/", before.lobby, name="lobby"),
    path("p/<str:public_id>/lobby/status/", before.wait_status, name="wait_status"),
    path("p/<str:public_id>/ready/", before.ready, name="ready"),
    path("p/<str:public_id>/chat/", conversation.chat, name="chat"),
    path("p/<str:public_id>/chat/safety/", conversation.safety_exit, name="safety_exit"),
    path("p/<str:public_id>/again/", again.again, name="again"),
    path("p/<str:public_id>/chat/pass/", help_page.pass_on, name="pass_on"),
    path("p/<str:public_id>/help/country/", help_page.country, name="help_country"),
    path("p/<str:public_id>/help/message/", help_page.message, name="help_message"),
    path("p/<str:public_id>/help/report/", help_page.report, name="help_report"),
    path("p/<str:public_id>/pause/", care.care, name="care"),
    path("p/<str:public_id>/after/", conversation.post_chat, name="post_chat"),
]
