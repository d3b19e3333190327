"""URLs of the training under the research pages."""

from django.urls import path

from tutorial.views import research

app_name = "training_research"
urlpatterns = [
    path("", research.statistics, name="statistics"),
    path("<int:version>/", research.statistics, name="statistics_of"),
]
