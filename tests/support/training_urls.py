"""The participants' URLs as the platform mounts them, and the training's research page behind a sign-in."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.urls import include, path

from collection.views.journey import journey
from collection.views.leaving import leave

urlpatterns = [
    path("", include("study.urls")),
    path("p/<str:public_id>/", journey, name="journey"),
    path("p/<str:public_id>/leave/", leave, name="leave"),
    path("p/<str:public_id>/training/", include("tutorial.urls")),
    path("", include("collection.urls")),
    path("research/training/", include("tutorial.research_urls")),
    path("research/", include(([path("login/", LoginView.as_view(), name="login")], "research"))),
]
