"""URLs of the agents' pages, below the researchers' pages."""

from django.urls import path

from modeling.views import agents

app_name = "agents"
urlpatterns = [
    path("", agents.agent_index, name="index"),
    path("<str:public_id>/", agents.agent_detail, name="agent"),
    path("<str:public_id>/change/", agents.agent_change, name="change"),
    path("<str:public_id>/try/", agents.preview_send, name="try"),
    path("<str:public_id>/try.json", agents.preview_status, name="try_status"),
]
