"""URLs of the safety pages under the research pages."""

from django.urls import path

from collection.views import research_safety, research_sample
from study.views import staff_safety

app_name = "safety"
urlpatterns = [
    path("", research_safety.queue, name="queue"),
    path("news/", research_safety.news, name="news"),
    path("studies/<slug:slug>/", staff_safety.study_safety, name="study"),
    path("sample/", research_sample.sample, name="sample"),
    path("<int:case_id>/", research_safety.case, name="case"),
    path("<int:case_id>/context/", research_safety.read, name="context"),
    path("<int:case_id>/act/", research_safety.act, name="act"),
]
