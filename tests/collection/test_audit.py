"""Tests that the audit finds each kind of damage, and nothing in what the services made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from collection.audit import audit
from collection.domain.lifecycle import State
from collection.models import Conversation, FeedbackRequest, Seat, Utterance
from study.clock import database_now
from study.models import LedgerEntry, Participation
from study.models.participant import Role
from tests.support.factories import Pair, make_conversation, make_participation, make_study

pytestmark = pytest.mark.django_db


def talked(state: State = State.CHATTING) -> Pair:
    pair = make_conversation()
    for role in (Role.SEEKER, Role.SUPPORTER, Role.SUPPORTER, Role.SEEKER, Role.SUPPORTER):
        pair.say(role)
    return pair


def broken() -> list[str]:
    return [finding.rule for finding in audit() if not finding.holds]


def test_what_the_services_made_keeps_every_rule() -> None:
    study = make_study()
    for state in State:
        if state != State.CANCELLED:
            make_conversation(study, state=state)
    talked()
    make_participation(study)
    out = StringIO()
    call_command("audit", stdout=out)
    assert "All 13 rules hold." in out.getvalue()


def of(pair: Pair) -> Any:
    return Conversation.objects.filter(pk=pair.conversation.pk)


def said(pair: Pair, ordinal: int) -> Any:
    return Utterance.objects.filter(conversation=pair.conversation, ordinal=ordinal)


def double_seat(pair: Pair) -> None:
    other = make_conversation(pair.conversation.study)
    Participation.objects.filter(pk=other.seeker.participation_id).update(
        participant=pair.seeker.participation.participant  # type: ignore[union-attr]
    )


def same_person(pair: Pair) -> None:
    Participation.objects.filter(pk=pair.supporter.participation_id).update(
        participant=pair.seeker.participation.participant  # type: ignore[union-attr]
    )


DAMAGE: dict[str, Callable[[Pair], Any]] = {
    "without a hole": lambda pair: said(pair, 5).update(ordinal=9),
    "after the end": lambda pair: of(pair).update(ended_ordinal=3, ended_at=database_now()),
    "at its last utterance": lambda pair: of(pair).update(
        state="surveying", ended_ordinal=5, end_reason="time_up", ended_at=None
    ),
    "Order and time": lambda pair: said(pair, 4).update(sent_at=database_now() - timedelta(hours=1)),
    "was asked for after": lambda pair: FeedbackRequest.objects.create(
        conversation=pair.conversation, number=2, asked_at=database_now()
    ),
    "so many at a time": lambda pair: said(pair, 3).update(feedback_request=None),
    "have a strategy": lambda pair: said(pair, 2).update(strategy=""),
    "two open conversations": double_seat,
    "with themselves": same_person,
    "No deadline": lambda pair: of(pair).update(deadline_at=database_now() - timedelta(seconds=40)),
    "by its outcome": lambda pair: Participation.objects.filter(pk=pair.seeker.participation_id).update(
        outcome="completed", ended_at=database_now(), completion_code="X"
    ),
    "is done with": lambda pair: (
        of(pair).update(state="surveying", ended_ordinal=5, end_reason="time_up", ended_at=database_now()),
        Seat.objects.filter(pk=pair.seeker.pk).update(released_at=database_now()),
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_each_kind_of_damage_is_found(kind: str) -> None:
    pair = talked()
    assert broken() == []
    DAMAGE[kind](pair)
    assert any(kind in rule for rule in broken())


def test_a_doubled_payment_is_found_and_the_command_fails_with_the_row_s_number() -> None:
    pair = make_conversation(state=State.CLOSED)
    participation = pair.seeker.participation
    assert participation is not None
    LedgerEntry.objects.create(participation=participation, reason="outcome:again", amount=1, currency="USD")
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 13 rules are broken"):
        call_command("audit", stdout=out)
    assert f"(participations). {participation.pk}\n" in out.getvalue()
