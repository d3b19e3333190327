"""URLs of the modelling room's pages, below the researchers' pages."""

from django.urls import path

from modeling.views import checkpoints, runs

app_name = "models"
urlpatterns = [
    path("", runs.run_index, name="runs"),
    path("<int:run_id>/", runs.run_detail, name="run"),
    path("<int:run_id>/progress.json", runs.run_progress, name="progress"),
    path("<int:run_id>/curves.svg", runs.run_curves, name="curves"),
    path("<int:run_id>/cancel/", runs.run_cancel, name="cancel"),
    path("<int:run_id>/resume/", runs.run_resume, name="resume"),
    path("<int:run_id>/checkpoint.zip", checkpoints.download, name="download"),
    path("checkpoints/", checkpoints.checkpoint_index, name="checkpoints"),
    path("compare/", checkpoints.compare, name="compare"),
]
