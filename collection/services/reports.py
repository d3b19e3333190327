"""Report a partner: both seats may; the reported person is paired with nobody until the report is reviewed.

Neither side is told anything: not the partner that they were reported, not the reporter what came of it.
"""

from __future__ import annotations

from django.db import transaction

from collection.domain.errors import NothingToReport, TextEmpty
from collection.domain.lifecycle import State
from collection.domain.safety import REPORT_SEVERITY, CaseKind, ReportReason
from collection.domain.text import clean_text
from collection.models import PairingFreeze, PartnerReport, Seat
from collection.services.conversations import conversation_end, conversation_locked
from collection.services.safety_cases import case_raise
from study.clock import database_now
from study.models import Participation

TEXT_MAX_LENGTH = 2000


def seat_to_report_from(participation: Participation) -> Seat | None:
    """Return the participation's latest seat in a conversation that began; None: there is no partner to report."""
    return (
        Seat.objects.select_related("conversation")
        .filter(participation=participation, conversation__started_at__isnull=False)
        .order_by("-conversation__started_at")
        .first()
    )


def report_of(participation: Participation) -> PartnerReport | None:
    """Return what the participation reported of its latest conversation."""
    seat = seat_to_report_from(participation)
    if seat is None:
        return None
    return PartnerReport.objects.filter(conversation=seat.conversation_id, reporter=participation).first()


@transaction.atomic
def partner_report(
    participation: Participation, *, reason: str, text: str = "", leave: bool = False
) -> PartnerReport:
    """Report the partner of the latest conversation; a second report of it changes nothing but may still leave.

    `leave` ends the conversation for the reporter, fully paid.

    Raises:
        NothingToReport: there has been no conversation, or the reason is unknown.
        TextTooLong, TextInvalid: see `collection.domain.text`.
    """
    seat = seat_to_report_from(participation)
    if seat is None or reason not in list(ReportReason):
        raise NothingToReport
    conversation = conversation_locked(seat.conversation_id)
    report = PartnerReport.objects.filter(conversation=conversation, reporter=participation).first()
    if report is None:
        report = _report(participation, seat, ReportReason(reason), _clean(text))
    if leave and conversation.state == State.CHATTING:
        conversation_end(seat_id=seat.pk, manner="safety")
    return report


def _report(participation: Participation, seat: Seat, reason: ReportReason, text: str) -> PartnerReport:
    now = database_now()
    partner = (
        Seat.objects.select_related(
            "participation__participant", "participation__study", "participation__protocol_version"
        )
        .defer("participation__protocol_version__document")
        .filter(conversation=seat.conversation_id)
        .exclude(pk=seat.pk)
        .get()
    )
    # A program has no participation: the case about it stands with whoever reported it.
    about = partner.participation or participation
    case = case_raise(
        about,
        kind=CaseKind.REPORT,
        severity=REPORT_SEVERITY[reason],
        conversation_id=seat.conversation_id,
        now=now,
    )
    if partner.participation is not None:
        PairingFreeze.objects.get_or_create(
            case=case, defaults={"participant": partner.participation.participant, "since": now}
        )
    return PartnerReport.objects.create(
        case=case,
        conversation_id=seat.conversation_id,
        reporter=participation,
        reason=reason,
        text=text,
        at=now,
    )


def _clean(text: str) -> str:
    try:
        return clean_text(text, max_length=TEXT_MAX_LENGTH)
    except TextEmpty:
        return ""  # a reason is enough
