"""Tests of sending: every refusal, resends, batches, feedback requests, relabelling. On PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from collection.domain import errors
from collection.domain.lifecycle import State
from collection.models import FeedbackRequest, Utterance
from collection.services import utterances
from collection.services.conversations import conversation_end
from collection.services.feedback import feedback_give
from collection.services.utterances import Sent, utterance_relabel, utterance_send, utterances_send
from study.domain.errors import ApplicationError
from study.models.participant import Role
from tests.support.factories import Pair, make_conversation, make_older, make_study
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
SEEKER, SUPPORTER = Role.SEEKER, Role.SUPPORTER


@pytest.fixture(params=["sending_postgresql", "sending_rows"], autouse=True)
def way_of_storing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything holds for both ways of reading and storing a batch."""
    monkeypatch.setattr(utterances, "sending_postgresql", getattr(utterances, request.param))


def check_refuses(pair: Pair, role: str, *, because: type[ApplicationError], **draft: Any) -> None:
    before = pair.ordinals()
    with pytest.raises(because):
        utterance_send(replace(pair.draft(role), **draft))
    assert pair.ordinals() == before


def test_a_message_is_stored_as_it_was_meant() -> None:
    pair = make_conversation()
    draft = replace(
        pair.draft(SUPPORTER, " Hello\r\nthere "),
        compose_ms=900,
        key_count=12,
        pasted_chars=3,
        focus_losses=1,
    )
    sent = utterance_send(draft)
    row = Utterance.objects.get()
    assert (row.ordinal, row.text, row.strategy, row.seat) == (1, "Hello\nthere", "question", pair.supporter)
    assert (row.compose_ms, row.key_count, row.pasted_chars, row.focus_losses) == (900, 12, 3, 1)
    assert (sent.ordinal, sent.sent_at, sent.repeated, sent.role) == (1, row.sent_at, False, SUPPORTER)
    pair.refresh()
    assert pair.conversation.last_ordinal == 1
    assert pair.supporter.active_at == row.sent_at


@pytest.mark.parametrize(
    ("role", "draft", "because"),
    [
        (SUPPORTER, {"strategy": None}, errors.StrategyRequired),
        (SUPPORTER, {"strategy": ""}, errors.StrategyRequired),
        (SUPPORTER, {"strategy": "shouting"}, errors.StrategyUnknown),
        (SUPPORTER, {"strategy": "Question"}, errors.StrategyUnknown),
        (SUPPORTER, {"strategy": "que\x00stion"}, errors.StrategyUnknown),
        (SEEKER, {"strategy": "question"}, errors.StrategyNotYours),
        (SEEKER, {"strategy": ""}, errors.StrategyNotYours),
        (SEEKER, {"text": " \n "}, errors.TextEmpty),
        (SEEKER, {"text": "\x00\u200b"}, errors.TextEmpty),
        (SEEKER, {"text": "x" * 1001}, errors.TextTooLong),
        (SEEKER, {"text": "\ud800"}, errors.TextInvalid),
        (SEEKER, {"seat_id": 0}, errors.NotYourSeat),
        (SEEKER, {"conversation_id": 0}, errors.NotYourSeat),
    ],
)
def test_what_may_not_be_sent_is_refused_and_leaves_no_trace(
    role: str, draft: dict[str, Any], because: type[ApplicationError]
) -> None:
    check_refuses(make_conversation(), role, because=because, **draft)


@pytest.mark.parametrize(
    ("state", "because"),
    [
        (State.READY_CHECK, errors.NotStarted),
        (State.SURVEYING, errors.ConversationOver),
        (State.CLOSED, errors.ConversationOver),
    ],
)
@pytest.mark.parametrize("role", [SEEKER, SUPPORTER])
def test_messages_are_taken_while_chatting_only(
    role: str, state: State, because: type[ApplicationError]
) -> None:
    check_refuses(make_conversation(state=state), role, because=because)


def test_a_seat_of_another_conversation_is_nobody_s_here() -> None:
    study = make_study()
    ours, theirs = make_conversation(study), make_conversation(study)
    check_refuses(ours, SEEKER, because=errors.NotYourSeat, seat_id=theirs.seeker.pk)


def test_a_resent_utterance_is_stored_once_and_acknowledged_again() -> None:
    pair = make_conversation()
    draft = pair.draft(SEEKER, "Once.")
    first, again = utterance_send(draft), utterance_send(draft)
    assert (again.ordinal, again.sent_at, again.repeated) == (first.ordinal, first.sent_at, True)
    assert pair.texts() == ["Once."]
    pair.refresh()
    assert pair.conversation.last_ordinal == pair.conversation.seeker_turns == 1


def test_a_resend_is_acknowledged_even_after_the_end() -> None:
    pair = make_conversation()
    draft = pair.draft(SEEKER, "Just in time.")
    first = utterance_send(draft)
    conversation_end(seat_id=pair.supporter.pk, manner="leave")
    assert utterance_send(draft).ordinal == first.ordinal


@pytest.mark.parametrize("change", [{"text": "Twice."}, {"role": SUPPORTER}])
def test_a_client_id_with_another_text_or_from_the_other_side_is_refused(change: dict[str, str]) -> None:
    pair = make_conversation()
    first = pair.draft(SEEKER, "Once.")
    utterance_send(first)
    second = pair.draft(change.get("role", SEEKER), change.get("text", "Once."), uid=first.client_uid)
    with pytest.raises(errors.ClientUidReused):
        utterance_send(second)
    assert pair.texts() == ["Once."]


def test_the_same_client_id_in_another_conversation_is_another_message() -> None:
    study = make_study()
    one, two = make_conversation(study), make_conversation(study)
    outcomes = utterances_send(
        [one.draft(SEEKER, "Here.", uid="same-uid"), two.draft(SEEKER, "There.", uid="same-uid")]
    )
    assert [o.ordinal for o in outcomes if isinstance(o, Sent)] == [1, 1]
    assert (one.texts(), two.texts()) == (["Here."], ["There."])


def test_one_bad_message_of_a_batch_does_not_touch_the_others() -> None:
    study = make_study()
    one, two = make_conversation(study), make_conversation(study)
    again = one.draft(SEEKER, "A")
    outcomes = utterances_send(
        [
            again,
            one.draft(SUPPORTER, "no strategy", strategy=None),
            two.draft(SUPPORTER, "B"),
            again,
            one.draft(SEEKER, "other text", uid=again.client_uid),
            two.draft(SEEKER, "\x00"),
            one.draft(SUPPORTER, "C"),
        ]
    )
    kinds = [type(o) for o in outcomes]
    assert kinds == [
        Sent,
        errors.StrategyRequired,
        Sent,
        Sent,
        errors.ClientUidReused,
        errors.TextEmpty,
        Sent,
    ]
    assert isinstance(outcomes[3], Sent)
    assert outcomes[3].repeated
    assert (one.texts(), two.texts()) == (["A", "C"], ["B"])


def test_a_batch_of_nothing_but_refusals_writes_nothing() -> None:
    pair = make_conversation(state=State.CLOSED)
    assert [type(o) for o in utterances_send([pair.draft(SEEKER)] * 3)] == [errors.ConversationOver] * 3
    assert utterances_send([]) == []


def test_turns_are_runs_of_the_seeker_s_messages_across_batches() -> None:
    pair = make_conversation()
    for role in (SEEKER, SEEKER, SUPPORTER, SEEKER):
        pair.say(role)
    utterances_send([pair.draft(r) for r in (SEEKER, SUPPORTER, SUPPORTER, SEEKER)])
    assert pair.refresh().conversation.seeker_turns == 3
    assert pair.ordinals() == list(range(1, 9))


@pytest.mark.django_db(transaction=True)
def test_eight_writers_in_one_conversation_leave_no_hole_and_no_inversion() -> None:
    pair = make_conversation()

    def write(number: int) -> list[Sent]:
        roles = [SEEKER, SUPPORTER]
        return [pair.say(roles[number % 2], f"{number}/{n}") for n in range(12)]

    found = at_once([partial(write, number) for number in range(8)])
    assert all(isinstance(item, list) for item in found), found
    assert pair.ordinals() == list(range(1, 97))
    for sent in found:
        assert isinstance(sent, list)
        assert all(a.ordinal < b.ordinal for a, b in pairwise(sent))
    times = list(Utterance.objects.order_by("ordinal").values_list("sent_at", flat=True))
    assert times == sorted(times)
    pair.refresh()
    assert pair.conversation.last_ordinal == 96
    assert FeedbackRequest.objects.count() == 24


@pytest.mark.django_db(transaction=True)
def test_one_message_sent_twenty_times_at_once_is_one_row() -> None:
    pair = make_conversation()
    for _round in range(3):
        draft = pair.draft(SUPPORTER)
        found = at_once([partial(utterance_send, draft)] * 20)
        assert len({item.ordinal for item in found if isinstance(item, Sent)}) == 1, found
        assert sum(not item.repeated for item in found if isinstance(item, Sent)) == 1
    assert pair.ordinals() == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_batches_that_name_the_same_conversations_in_any_order_do_not_deadlock() -> None:
    study = make_study()
    pairs = [make_conversation(study) for _number in range(6)]

    def write(shift: int) -> list[Any]:
        turned = pairs[shift:] + pairs[:shift]
        return [utterances_send([p.draft(SEEKER) for p in turned]) for _n in range(5)]

    found = at_once([partial(write, shift) for shift in range(6)])
    assert not [item for item in found if isinstance(item, Exception)]
    assert all(pair.ordinals() == list(range(1, 31)) for pair in pairs)


# Feedback (§4.2).


def test_every_second_new_supporter_message_asks_about_both() -> None:
    pair = make_conversation()
    pair.say(SEEKER)
    assert pair.say(SUPPORTER).asked is None
    pair.say(SEEKER)
    assert pair.say(SUPPORTER).asked == (1, (2, 4))
    outcomes = utterances_send([pair.draft(SUPPORTER) for _n in range(5)])
    assert [o.asked for o in outcomes if isinstance(o, Sent)] == [None, (2, (5, 6)), None, (3, (7, 8)), None]
    rated = Utterance.objects.filter(feedback_request__isnull=False).order_by("ordinal")
    assert list(rated.values_list("feedback_request__number", "ordinal")) == [
        (1, 2),
        (1, 4),
        (2, 5),
        (2, 6),
        (3, 7),
        (3, 8),
    ]


def test_a_resend_asks_nothing() -> None:
    pair = make_conversation()
    pair.say(SUPPORTER)
    draft = pair.draft(SUPPORTER)
    assert utterance_send(draft).asked == (1, (1, 2))
    assert utterance_send(draft).asked is None
    assert FeedbackRequest.objects.count() == 1


def test_a_soft_gate_lets_the_seeker_go_on() -> None:
    pair = make_conversation()
    pair.say(SUPPORTER)
    pair.say(SUPPORTER)
    pair.say(SEEKER)
    assert pair.ordinals() == [1, 2, 3]


def test_a_hard_gate_holds_the_seeker_until_the_answer_and_the_supporter_never() -> None:
    pair = make_conversation(make_study(feedback_gate="hard"))
    pair.say(SUPPORTER)
    pair.say(SUPPORTER)
    check_refuses(pair, SEEKER, because=errors.FeedbackFirst)
    pair.say(SUPPORTER)
    feedback_give(seat_id=pair.seeker.pk, number=1, score=4)
    pair.say(SEEKER)
    assert pair.ordinals() == [1, 2, 3, 4]


# Relabelling.


def test_a_supporter_corrects_the_last_message_and_the_first_choice_is_kept() -> None:
    pair = make_conversation()
    sent = pair.say(SUPPORTER, strategy="question")
    first = utterance_relabel(seat_id=pair.supporter.pk, ordinal=sent.ordinal, strategy="information")
    second = utterance_relabel(seat_id=pair.supporter.pk, ordinal=sent.ordinal, strategy="others")
    assert [(r.old, r.new) for r in (first, second)] == [
        ("question", "information"),
        ("information", "others"),
    ]
    assert Utterance.objects.get().strategy == "question"


@pytest.mark.parametrize("late", ["minute", "newer", "unknown"])
def test_it_is_too_late_after_a_minute_or_a_newer_message(late: str) -> None:
    pair = make_conversation()
    ordinal = pair.say(SUPPORTER).ordinal
    if late == "minute":
        make_older(pair, seconds=61)
    elif late == "newer":
        pair.say(SUPPORTER)
    else:
        ordinal = 99
    with pytest.raises(errors.RelabelTooLate):
        utterance_relabel(seat_id=pair.supporter.pk, ordinal=ordinal, strategy="others")


def test_the_partner_s_answer_does_not_make_it_too_late() -> None:
    pair = make_conversation()
    ordinal = pair.say(SUPPORTER).ordinal
    pair.say(SEEKER)
    assert utterance_relabel(seat_id=pair.supporter.pk, ordinal=ordinal, strategy="others").new == "others"


def test_only_a_supporter_relabels_with_a_known_strategy_while_chatting() -> None:
    pair = make_conversation()
    ordinal = pair.say(SUPPORTER).ordinal
    with pytest.raises(errors.NotYourSeat):
        utterance_relabel(seat_id=pair.seeker.pk, ordinal=ordinal, strategy="others")
    with pytest.raises(errors.StrategyUnknown):
        utterance_relabel(seat_id=pair.supporter.pk, ordinal=ordinal, strategy="shouting")
    conversation_end(seat_id=pair.seeker.pk, manner="leave")
    with pytest.raises(errors.ConversationOver):
        utterance_relabel(seat_id=pair.supporter.pk, ordinal=ordinal, strategy="others")
