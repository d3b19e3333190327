"""Every URL of the platform."""

from __future__ import annotations

from django.urls import include, path

from collection.views.help_page import help_page
from collection.views.journey import journey
from collection.views.leaving import leave
from escplatform.health import healthz, readyz
from escplatform.metrics import metrics
from modeling.views.comparison import comparison

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("", include("study.urls")),
    path("p/<str:public_id>/", journey, name="journey"),
    path("p/<str:public_id>/leave/", leave, name="leave"),
    path("p/<str:public_id>/help/", help_page, name="help"),
    path("p/<str:public_id>/training/", include("tutorial.urls")),
    path("p/<str:public_id>/comparison/", comparison, name="comparison"),
    path("", include("collection.urls")),
    path("research/", include("escplatform.accounts.urls")),
    path("research/training/", include("tutorial.research_urls")),
    path("research/safety/", include("collection.research_urls")),
    path("research/models/", include("modeling.urls")),
    path("research/agents/", include("modeling.agent_urls")),
    path("research/comparisons/", include("modeling.campaign_urls")),
    path("research/studies/", include("study.research_urls")),
    path("research/studies/", include("collection.study_urls")),
    path("research/", include("qualitycontrol.urls")),
]
