"""URLs of the study room's pages for researchers."""

from django.urls import path

from study.views import staff_payments, staff_protocol, staff_recruitment, staff_setup, staff_studies

app_name = "studies"
urlpatterns = [
    path("", staff_studies.index, name="index"),
    path("new/", staff_studies.new, name="new"),
    path("<slug:slug>/", staff_setup.setup, name="setup"),
    path("<slug:slug>/state/", staff_setup.advance, name="advance"),
    path("<slug:slug>/details/", staff_setup.details, name="details"),
    path("<slug:slug>/pay/", staff_setup.pay, name="pay"),
    path("<slug:slug>/recruitment/", staff_recruitment.recruitment, name="recruitment"),
    path("<slug:slug>/recruitment/invitations/", staff_recruitment.invite, name="invite"),
    path("<slug:slug>/payments/", staff_payments.payments, name="payments"),
    path("<slug:slug>/payments/plan/", staff_payments.plan, name="payment_plan"),
    path("<slug:slug>/payments/plan/<int:plan_id>.csv", staff_payments.plan_download, name="payment_file"),
    path("<slug:slug>/payments/paid/", staff_payments.mark_paid, name="payment_paid"),
    path("<slug:slug>/protocol/", staff_protocol.protocol, name="protocol"),
    path("<slug:slug>/protocol/<int:version_id>/", staff_protocol.version, name="protocol_version"),
    path("<slug:slug>/protocol/<int:version_id>/use/", staff_protocol.use, name="protocol_use"),
    path(
        "<slug:slug>/protocol/<int:version_id>/protocol.toml", staff_protocol.export, name="protocol_export"
    ),
]
