"""Follow a withdrawal: end what goes on, and put a tombstone where the participant's words stood."""

from __future__ import annotations

from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.models import (
    CaseStep,
    CheckIn,
    Conversation,
    PartnerReport,
    PreChatSurvey,
    Seat,
    SeekerSurvey,
    StrategyRevision,
    SupporterSurvey,
    TeamMessage,
    Utterance,
)
from collection.services.conversations import conversation_locked, conversation_stop
from collection.services.leaving import participation_leave
from collection.services.seats import seat_release
from study.clock import database_now
from study.domain.withdrawal import TOMBSTONE
from study.models import Participation
from study.models.participant import Outcome, Role


@transaction.atomic
def withdrawal_follow(participant_id: int) -> dict[str, int]:
    """End the participant's open participations and erase their words; return how many pieces of each kind.

    Should be called while holding a SELECT FOR UPDATE lock on the participant.
    """
    for participation in Participation.objects.filter(participant=participant_id, outcome="").order_by("pk"):
        _leave(participation)
    conversations = Conversation.objects.filter(seats__participation__participant=participant_id)
    ids = list(conversations.order_by("pk").values_list("pk", flat=True).distinct())
    return {
        "utterances": _erase_utterances(participant_id, ids),
        "situations": _erase_situations(participant_id),
        "open_answers": _erase_open_answers(participant_id),
        "team_messages": _erase_team_messages(participant_id),
        "staff_notes": _erase_staff_notes(participant_id, ids),
        "conversations": Conversation.objects.filter(pk__in=ids, started_at__isnull=False).count(),
    }


def _leave(participation: Participation) -> None:
    seat = Seat.objects.filter(participation=participation, released_at__isnull=True).first()
    if seat is not None:
        conversation = conversation_locked(seat.conversation_id)
        if conversation.state == State.CHATTING:
            _stop(conversation, seat)
            return
    agreed = participation.consent_id is not None
    participation_leave(participation, outcome=Outcome.WITHDRAWN if agreed else Outcome.NO_CONSENT)


def _stop(conversation: Conversation, seat: Seat) -> None:
    """End a conversation for both; the partner's part is over like that of anybody who was left, and fully paid."""
    conversation_stop(conversation.pk, reason=EndReason.WITHDRAWN)
    rewards = conversation.protocol_version.protocol.rewards
    seat.refresh_from_db()
    seat.outcome = Outcome.WITHDRAWN
    seat.exit_status = rewards.row(Outcome.WITHDRAWN, role=seat.role).exit_status
    seat.save(update_fields=["outcome", "exit_status"])
    seat_release(seat, now=database_now(), leaving=True)


def _erase_utterances(participant_id: int, conversation_ids: list[int]) -> int:
    """Erase the participant's messages, and those of programs: a program may have repeated what it was told.

    The browser's id of a message goes too, since a browser may have put anything there.
    """
    own = Q(seat__participation__participant=participant_id)
    program = Q(conversation__in=conversation_ids) & ~Q(seat__occupant=Seat.HUMAN)
    written = Utterance.objects.filter(own | program).exclude(text=TOMBSTONE)
    return Utterance.objects.filter(pk__in=list(written.values_list("pk", flat=True))).update(
        text=TOMBSTONE,
        client_uid=Concat(Value("withdrawn-"), Cast(F("pk"), CharField())),
        compose_ms=0,
        key_count=0,
        pasted_chars=0,
        focus_losses=0,
    )


def _erase_situations(participant_id: int) -> int:
    return (
        PreChatSurvey.objects.filter(participation__participant=participant_id)
        .exclude(situation="")
        .update(situation="", problem="", emotion="", experience="")
    )


def _erase_team_messages(participant_id: int) -> int:
    """Erase the thread with the study team, both sides of it, and the words of reports and check-ins."""
    thread = TeamMessage.objects.filter(participation__participant=participant_id).exclude(text=TOMBSTONE)
    reports = PartnerReport.objects.filter(reporter__participant=participant_id).exclude(text="")
    check_ins = CheckIn.objects.filter(participation__participant=participant_id).exclude(text="")
    return (
        thread.update(text=TOMBSTONE, client_uid=Concat(Value("withdrawn-"), Cast(F("pk"), CharField())))
        + reports.update(text="")
        + check_ins.update(text="")
    )


def _erase_staff_notes(participant_id: int, conversation_ids: list[int]) -> int:
    revisions = StrategyRevision.objects.filter(utterance__conversation__in=conversation_ids)
    steps = CaseStep.objects.filter(
        Q(case__participation__participant=participant_id) | Q(case__conversation__in=conversation_ids)
    )
    return revisions.exclude(reason="").update(reason="") + steps.exclude(note="").update(note="")


def _erase_open_answers(participant_id: int) -> int:
    def of(role: str) -> list[int]:
        seats = Seat.objects.filter(participation__participant=participant_id, role=role)
        return list(seats.values_list("conversation_id", flat=True))

    given = ~Q(liked="") | ~Q(improve="")
    seeker = SeekerSurvey.objects.filter(given, conversation__in=of(Role.SEEKER))
    supporter = SupporterSurvey.objects.filter(given, conversation__in=of(Role.SUPPORTER))
    return seeker.update(liked="", improve="") + supporter.update(liked="", improve="")
