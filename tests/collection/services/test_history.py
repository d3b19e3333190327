"""Whatever a conversation goes through: contiguous ordinals, ⌊n/2⌋ feedback requests, nothing after the end."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from collection.domain.errors import ConversationOver
from collection.models import FeedbackRequest, Utterance
from collection.services import utterances
from collection.services.conversations import conversation_end
from collection.services.feedback import feedback_give
from collection.services.utterances import Draft, utterance_send, utterances_send
from study.domain.errors import ApplicationError
from study.models.participant import Role
from tests.support.factories import Pair, make_conversation

ROLES = st.sampled_from([Role.SEEKER, Role.SUPPORTER])


@pytest.fixture(params=["sending_postgresql", "sending_rows"], autouse=True)
def way_of_storing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything holds for both ways of reading and storing a batch."""
    monkeypatch.setattr(utterances, "sending_postgresql", getattr(utterances, request.param))


class History(RuleBasedStateMachine):
    """A model of twenty lines beside the real services."""

    pair: Pair

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.pair = make_conversation()
        self.said: list[Draft] = []
        self.rated: set[int] = set()
        self.ended = False

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @rule(role=ROLES)
    def say(self, role: str) -> None:
        draft = self.pair.draft(role)
        if self.ended:
            with pytest.raises(ConversationOver):
                utterance_send(draft)
        else:
            utterance_send(draft)
            self.said.append(draft)

    @rule(roles=st.lists(ROLES, min_size=1, max_size=5), again=st.booleans())
    def say_many(self, roles: list[str], again: bool) -> None:
        drafts = [self.pair.draft(role) for role in roles]
        utterances_send([*drafts, *drafts[:1], *self.said[-1:]] if again else drafts)
        if not self.ended:
            self.said += drafts

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def resend(self, data: st.DataObject) -> None:
        position = data.draw(st.integers(0, len(self.said) - 1))
        assert utterance_send(self.said[position]).ordinal == position + 1

    @rule(number=st.integers(0, 6), score=st.integers(1, 5))
    def rate(self, number: int, score: int) -> None:
        last = self._requests()
        try:
            feedback_give(seat_id=self.pair.seeker.pk, number=number, score=score)
        except ApplicationError:
            assert number != last or number == 0 or number in self.rated
        else:
            assert number == last
            self.rated.add(number)

    @precondition(lambda self: self.said)
    @rule(role=ROLES)
    def end(self, role: str) -> None:
        if not self.ended:
            conversation_end(seat_id=self.pair.seat(role).pk, manner="leave")
            self.ended = True

    def _requests(self) -> int:
        seat = self.pair.supporter.pk
        return sum(draft.seat_id == seat for draft in self.said) // 2

    @invariant()
    def the_database_agrees(self) -> None:
        if not hasattr(self, "said"):
            return
        rows = list(Utterance.objects.filter(conversation=self.pair.conversation).order_by("ordinal"))
        assert [row.ordinal for row in rows] == list(range(1, len(self.said) + 1))
        assert [row.client_uid for row in rows] == [draft.client_uid for draft in self.said]
        requests = FeedbackRequest.objects.filter(conversation=self.pair.conversation)
        assert [request.number for request in requests] == list(range(1, self._requests() + 1))
        assert {request.number for request in requests if request.score is not None} == self.rated
        for request in requests:
            assert request.utterances.count() == 2
        self.pair.conversation.refresh_from_db()
        assert self.pair.conversation.last_ordinal == len(self.said)
        assert self.pair.conversation.ended_ordinal == (len(self.said) if self.ended else None)


@pytest.mark.django_db
def test_every_history_keeps_the_promises() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        History,
        settings=settings(
            max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
