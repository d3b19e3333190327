"""Let the scripted participant of a practice conversation have its turn, through the doors that people use."""

from __future__ import annotations

import random
import uuid

from collection.domain.lifecycle import State
from collection.domain.scripted import SEEKERS, Move, SeekerScript, View, seeker_move, supporter_move
from collection.domain.sending import Draft
from collection.models import Conversation, PreChatSurvey, Seat, SeekerSurvey
from collection.realtime.facts import facts_read, status_of
from collection.services.conversations import conversation_end
from collection.services.feedback import feedback_give
from collection.services.program_turns import program_utter
from collection.services.surveys import (
    SeekerAnswers,
    SupporterAnswers,
    seeker_survey_submit,
    supporter_survey_submit,
)
from study.domain.errors import ApplicationError
from study.models.participant import Role

SCRIPTED = "scripted"


def script_of(conversation_id: int) -> SeekerScript:
    """Return the seeker's script of a conversation, always the same one."""
    return SEEKERS[conversation_id % len(SEEKERS)]


def scripted_seeker_introduce(conversation: Conversation) -> None:
    """Store the pre-chat survey of a scripted seeker."""
    script = script_of(conversation.pk)
    PreChatSurvey.objects.get_or_create(
        conversation=conversation,
        defaults={
            "problem": script.problem,
            "emotion": script.emotion,
            "experience": script.experience,
            "intensity_before": script.intensity_before,
            "situation": script.situation,
        },
    )


def scripted_turn(conversation_id: int) -> bool:
    """Act once for the scripted seat, if there is something to do; return whether it acted.

    Called again it looks again: two calls at once say nothing twice, because the message's id is its place.
    """
    seat = (
        Seat.objects.filter(conversation=conversation_id, occupant=SCRIPTED)
        .select_related("conversation")
        .first()
    )
    if seat is None:
        return False
    if seat.conversation.state == State.SURVEYING:
        return _answer_survey(seat)
    if seat.conversation.state != State.CHATTING:
        return False
    move = _move(seat)
    try:
        return _make(seat, move, place=seat.conversation.last_ordinal + 1)
    except ApplicationError:
        return False  # the conversation moved on in the meantime


def _move(seat: Seat) -> Move:
    facts, now = facts_read([seat.conversation_id])
    status = status_of(facts[seat.conversation_id], role=seat.role, now=now)
    roles = list(seat.conversation.utterances.order_by("ordinal").values_list("seat__role", flat=True))
    view = View(
        roles=roles,
        feedback_number=status.feedback.number if status.feedback else None,
        may_finish=status.may_finish,
    )
    rng = random.Random(f"{seat.conversation_id}/{len(roles)}")  # noqa: S311 - a script, not a secret
    if seat.role == Role.SEEKER:
        return seeker_move(script_of(seat.conversation_id), view, rng=rng)
    return supporter_move(view, rng=rng)


def _make(seat: Seat, move: Move, *, place: int) -> bool:
    if move.rate is not None:
        facts, _now = facts_read([seat.conversation_id])
        feedback = facts[seat.conversation_id].feedback
        if feedback is None:
            return False
        feedback_give(seat_id=seat.pk, number=feedback.number, score=move.rate)
        # Rated first, answered next.
        return _make(seat, _move(seat), place=place)
    if move.finish:
        conversation_end(seat_id=seat.pk, manner="finish")
        return True
    if not move.say:
        return False
    uid = uuid.uuid5(uuid.NAMESPACE_URL, f"scripted/{seat.pk}/{place}")
    program_utter(
        Draft(
            conversation_id=seat.conversation_id,
            seat_id=seat.pk,
            client_uid=str(uid),
            text=move.say,
            strategy=move.strategy,
        )
    )
    return True


def _answer_survey(seat: Seat) -> bool:
    if seat.role == Role.SUPPORTER:
        supporter_survey_submit(seat.pk, SupporterAnswers(detail=4))
        return True
    if SeekerSurvey.objects.filter(conversation=seat.conversation_id).exists():
        return False
    script = script_of(seat.conversation_id)
    answers = SeekerAnswers(intensity_after=script.intensity_after, empathy=4, relevance=5, ending="natural")
    seeker_survey_submit(seat.pk, answers)
    return True
