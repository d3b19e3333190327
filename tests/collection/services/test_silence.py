"""More time for a silent side."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from collection.domain.errors import ConversationOver, ExtensionRefused, NotYourSeat, PartnerNotIdle
from collection.domain.lifecycle import State
from collection.models import Seat
from collection.services.conversations import conversation_end
from collection.services.silence import silence_extend
from study.models.participant import Role
from tests.support.factories import make_conversation, make_older, make_study

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_the_other_side_may_leave_two_minutes_later(role: str) -> None:
    pair = make_older(make_conversation(), seconds=150)
    other = Role.SUPPORTER if role == Role.SEEKER else Role.SEEKER
    silence_extend(seat_id=pair.seat(role).pk)
    make_older(pair, seconds=140)  # 290 seconds of silence
    # What make_older does not move is when more time was asked for; it lies in this silence all the same.
    with pytest.raises(PartnerNotIdle):
        conversation_end(seat_id=pair.seat(other).pk, manner="partner_silent")
    make_older(pair, seconds=11)
    conversation_end(seat_id=pair.seat(other).pk, manner="partner_silent")
    assert pair.refresh().seat(other).outcome == "partner_left"


def test_it_helps_oneself_only() -> None:
    pair = make_older(make_conversation(), seconds=150)
    silence_extend(seat_id=pair.seeker.pk)
    make_older(pair, seconds=31)
    conversation_end(seat_id=pair.seeker.pk, manner="partner_silent")


def test_asking_twice_is_asking_once_and_a_later_silence_has_none() -> None:
    pair = make_older(make_conversation(), seconds=150)
    first = silence_extend(seat_id=pair.seeker.pk).extended_at
    assert silence_extend(seat_id=pair.seeker.pk).extended_at == first
    pair.say(Role.SEEKER)
    later = make_older(pair, seconds=150)
    Seat.objects.filter(pk=pair.seeker.pk).update(extended_at=F("extended_at") - timedelta(seconds=150))
    assert later.seeker.active_at is not None
    with pytest.raises(ExtensionRefused):
        silence_extend(seat_id=pair.seeker.pk)


def test_it_is_refused_to_who_is_not_silent_and_when_it_is_over() -> None:
    pair = make_conversation()
    with pytest.raises(ExtensionRefused):
        silence_extend(seat_id=pair.seeker.pk)
    ended = make_conversation(state=State.SURVEYING)
    with pytest.raises(ConversationOver):
        silence_extend(seat_id=ended.seeker.pk)
    with pytest.raises(NotYourSeat):
        silence_extend(seat_id=0)


def test_a_protocol_without_extensions_has_none() -> None:
    pair = make_older(make_conversation(make_study(idle_extension_seconds=0)), seconds=150)
    with pytest.raises(ExtensionRefused):
        silence_extend(seat_id=pair.seeker.pk)
