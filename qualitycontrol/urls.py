"""URLs of the researchers' pages."""

from django.urls import path

from qualitycontrol.views import (
    adjudication,
    agreement,
    calibration,
    conversations,
    dashboard,
    deidentification,
    intensity,
    judging,
    monitor,
    review,
)

app_name = "research"
urlpatterns = [
    path("conversations/", conversations.conversation_list, name="conversations"),
    path("conversations/<str:public_id>/", conversations.conversation_detail, name="conversation"),
    path("studies/<slug:slug>/live/", monitor.monitor, name="monitor"),
    path("studies/<slug:slug>/live/now.json", monitor.monitor_json, name="monitor_json"),
    path("studies/<slug:slug>/live/<str:public_id>/", monitor.act, name="monitor_act"),
    path("studies/<slug:slug>/live/<str:public_id>/message/", monitor.message, name="monitor_message"),
    path("studies/<slug:slug>/live/<str:public_id>/end/", monitor.end, name="monitor_end"),
    path("studies/<slug:slug>/dashboard/", dashboard.dashboard, name="dashboard"),
    path("intensity/", intensity.queue, name="intensity"),
    path("intensity/<int:assessment_id>/", intensity.review, name="intensity_review"),
    path("review/", review.item, name="review"),
    path("review/skipped/", review.skipped, name="review_skipped"),
    path("review/<int:item_id>/vote/", review.vote, name="review_vote"),
    path("review/<int:item_id>/skip/", review.skip, name="review_skip"),
    path("review/<int:item_id>/flag/", review.flag, name="review_flag"),
    path("review/<int:item_id>/undo/", review.undo, name="review_undo"),
    path("adjudication/", adjudication.queue, name="adjudication"),
    path("adjudication/<int:item_id>/", adjudication.decide, name="adjudication_item"),
    path("deidentification/", deidentification.queue, name="deidentification"),
    path("deidentification/begin/", deidentification.begin, name="deidentification_begin"),
    path("deidentification/recall/", deidentification.recall, name="deidentification_recall"),
    path("deidentification/<int:pass_id>/", deidentification.reading, name="deidentification_reading"),
    path("deidentification/<int:pass_id>/mark/", deidentification.mark, name="deidentification_mark"),
    path("deidentification/<int:pass_id>/unmark/", deidentification.unmark, name="deidentification_unmark"),
    path("deidentification/<int:pass_id>/done/", deidentification.done, name="deidentification_done"),
    path("agreement/", agreement.judgements, name="agreement"),
    path("calibration/", calibration.explorer, name="calibration"),
    path("calibration/judgements/", calibration.judgements, name="calibration_judgements"),
    path("judging/", judging.samples, name="judging"),
    path("judging/draw/", judging.draw, name="judging_draw"),
    path("judging/<int:sample_id>/", judging.judge, name="judging_sample"),
    path("judging/<int:sample_id>/judgement/", judging.judgement, name="judging_judgement"),
    path("calibration/rule/", calibration.rule, name="calibration_rule"),
]
