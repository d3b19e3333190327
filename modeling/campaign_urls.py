"""URLs of the comparison campaigns, below the researchers' pages."""

from django.urls import path

from modeling.views import campaign_results, campaigns, case_study

app_name = "comparisons"
urlpatterns = [
    path("", campaigns.campaign_index, name="index"),
    path("new/", campaigns.campaign_new, name="new"),
    path("<slug:slug>/", campaigns.campaign_detail, name="detail"),
    path("<slug:slug>/act/", campaigns.campaign_act, name="act"),
    path("<slug:slug>/results/", campaign_results.results, name="results"),
    path("<slug:slug>/results/intervals-<int:number>.svg", campaign_results.intervals, name="intervals"),
    path("<slug:slug>/results/progress.svg", campaign_results.progress_svg, name="progress"),
    path("<slug:slug>/files/<str:kind>", campaign_results.download, name="download"),
    path("<slug:slug>/cases/", campaign_results.cases, name="cases"),
    path("<slug:slug>/cases/<int:pair_id>/", case_study.case, name="case"),
    path("<slug:slug>/cases/<int:pair_id>/<str:kind>", case_study.case_download, name="case_download"),
]
