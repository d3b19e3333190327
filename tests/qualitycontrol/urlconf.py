"""This room's pages alone, where the platform mounts them."""

from django.urls import include, path

urlpatterns = [path("research/", include("qualitycontrol.urls"))]
