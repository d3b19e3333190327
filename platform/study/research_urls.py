"""URLs of the study room's pages for researchers."""

from django.urls import path

from study.views import staff_studies

app_name = "studies"
urlpatterns = [
    path("", staff_studies.index, name="index"),
]
