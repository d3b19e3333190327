"""Tests of an agent's turns in conversations, over an engine of the test's own behind the real batcher."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db.models import F

from collection.models import Conversation, FeedbackRequest, Seat, Utterance
from collection.selectors import conversation_record
from collection.services.program_turns import program_view
from modeling.domain.turn_lifecycle import TurnState
from modeling.domain.turns import TurnError, TurnReply, TurnRequest
from modeling.errors import AgentUnavailable, EngineFailed
from modeling.models import Agent, AgentTurn
from modeling.selectors import agent_health
from modeling.services import giving_up, previews, turns
from modeling.services.agents import agent_conversation_start, agent_create, agent_switch
from modeling.services.giving_up import agents_sweep
from modeling.services.previews import preview_answer, preview_say
from modeling.services.turns import turn_look
from modeling.serving import registry
from modeling.serving.batcher import Batcher
from study.clock import database_now
from study.models.participant import Outcome, Role
from study.services.withdrawals import participant_withdraw
from tests.support.factories import PRE_CHAT, Pair, make_older, make_participation

pytestmark = pytest.mark.django_db
PACE = {"pause_seconds": 2.5, "characters_per_second": 1000.0, "longest_seconds": 0.0, "another": 0.0}


class Engine:
    """Says what it is told to say, and keeps what it was asked."""

    def __init__(self) -> None:
        self.says: list[str | Exception | TurnReply] = []
        self.asked: list[TurnRequest] = []
        self.ready = threading.Event()
        self._warm: list[int] = []

    def respond(self, requests: Sequence[TurnRequest]) -> list[TurnReply | TurnError]:
        self.asked.extend(requests)
        said = self.says.pop(0) if self.says else f"Reply number {len(self.asked)}."
        if isinstance(said, Exception):
            raise said
        if isinstance(said, TurnReply):
            return [said]
        return [TurnReply(text=said, strategy="Question", engine="test", model="test", tokens=4)]

    def warm_up(self) -> None:
        self._warm.append(1)
        if len(self._warm) == 2:
            self.ready.set()

    def warmed(self) -> int:
        return len(self._warm)

    def close(self) -> None: ...


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Put one engine behind every agent."""
    made = Engine()
    batcher = Batcher([made])
    monkeypatch.setattr(registry, "batcher_of", lambda _agent: batcher)
    yield made
    batcher.close()


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Keep what would be looked at later."""
    sent: list[tuple[str, float]] = []

    def send_task(name: str, args: Any = None, countdown: float = 0.0, **_more: Any) -> None:
        assert all(isinstance(argument, int) for argument in args)
        sent.append((name, countdown))

    monkeypatch.setattr(turns.current_app, "send_task", send_task)
    return sent


def make_agent(**pace: Any) -> Agent:
    return agent_create(
        name="Model-with-a-name", kind="scripted", by="staff", config={"pace": {**PACE, **pace}}
    )


def begin(agent: Agent | None = None) -> Pair:
    conversation = agent_conversation_start(make_participation(), agent or make_agent())
    seats = {seat.role: seat for seat in conversation.seats.all()}
    return Pair(conversation=conversation, seeker=seats[Role.SEEKER], supporter=seats[Role.SUPPORTER])


def say(pair: Pair, text: str = "I lost my job.", *, ago: float = 3.0) -> None:
    pair.say(Role.SEEKER, text)
    make_older(pair, seconds=ago)


def look(pair: Pair, times: int = 2) -> None:
    for _time in range(times):
        turn_look(pair.conversation.pk)


def ended(pair: Pair) -> tuple[str, str, str]:
    pair.refresh()
    return pair.conversation.state, pair.conversation.end_reason, pair.seeker.outcome


def test_a_message_is_answered_with_a_strategy_through_the_same_door(engine: Engine) -> None:
    pair = begin()
    say(pair)
    look(pair)
    answer = Utterance.objects.get(seat=pair.supporter)
    assert (answer.text, answer.strategy, answer.ordinal) == ("Reply number 1.", "question", 2)
    turn = AgentTurn.objects.get()
    assert (turn.state, turn.text, turn.after_ordinal) == (TurnState.SENT, "", 1)
    assert turn.record["tokens"] == 4
    look(pair)
    assert len(engine.asked) == 1


def test_every_second_message_asks_for_feedback(engine: Engine) -> None:
    pair = begin()
    for _turn in range(4):
        say(pair)
        look(pair)
    assert FeedbackRequest.objects.filter(conversation=pair.conversation).count() == 2


def test_the_agent_waits_for_the_pause_and_for_the_first_message(
    engine: Engine, later: list[tuple[str, float]]
) -> None:
    pair = begin()
    look(pair)
    assert not engine.asked
    say(pair, ago=0.5)
    later.clear()
    look(pair, 1)
    assert not engine.asked
    assert later[0][0] == "modeling.agent_turn"
    assert 1.5 < later[0][1] <= 2.0
    assert not AgentTurn.objects.exists()


def test_a_seeker_who_types_is_not_talked_over(engine: Engine, later: list[tuple[str, float]]) -> None:
    pair = begin()
    say(pair, ago=10)
    Seat.objects.filter(pk=pair.seeker.pk).update(active_at=database_now())
    look(pair, 1)
    assert not engine.asked
    make_older(pair, seconds=5)
    look(pair, 1)
    Seat.objects.filter(pk=pair.seeker.pk).update(active_at=database_now())
    look(pair, 1)  # made, due, and the seeker types again
    assert AgentTurn.objects.get().state == TurnState.READY
    assert later[-1] == ("modeling.agent_turn", 1.0)


def test_a_reply_to_an_outdated_state_is_dropped(engine: Engine) -> None:
    pair = begin()
    say(pair, "First.")
    look(pair, 1)
    assert AgentTurn.objects.get().state == TurnState.READY
    say(pair, "And second.")
    view = program_view(pair.conversation.pk)
    assert view is not None
    look(pair)
    agents_sweep()
    assert pair.texts() == ["First.", "And second.", "Reply number 2."]
    AgentTurn.objects.filter(after_ordinal=1).update(alive_at=F("alive_at") - timedelta(seconds=10))
    agents_sweep()
    assert [(t.state, t.text) for t in AgentTurn.objects.all()] == [("dropped", ""), ("sent", "")]


def test_compare_and_set_at_the_door(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = begin()
    say(pair, "First.")
    look(pair, 1)
    before = program_view(pair.conversation.pk)
    say(pair, "In between.")
    monkeypatch.setattr(turns, "program_view", lambda _pk: before)
    look(pair, 1)
    assert pair.texts() == ["First.", "In between."]
    assert AgentTurn.objects.get().state == TurnState.DROPPED


def test_several_messages_with_strategies_of_their_own(engine: Engine) -> None:
    pair = begin(make_agent(another=1.0, messages=3))
    engine.says = [TurnReply(text=f"{s}.", strategy=s, engine="t", model="t") for s in ("Others", "Question", "Information")]  # fmt: skip
    say(pair)
    look(pair, 8)
    assert pair.texts()[1:] == ["Others.", "Question.", "Information."]
    keys = Utterance.objects.filter(seat=pair.supporter).order_by("ordinal")
    assert list(keys.values_list("strategy", flat=True)) == ["others", "question", "information"]


def test_a_model_without_strategies_is_recorded_without(engine: Engine) -> None:
    pair = begin()
    for _turn in range(2):
        engine.says = [TurnReply(text=f"Plain words {_turn}.", engine="t", model="t")]
        say(pair)
        look(pair)
    record = conversation_record(Conversation.objects.get(pk=pair.conversation.pk))
    assert [u.strategy for u in record.utterances] == [None] * 4
    assert [u.original_strategy for u in record.utterances] == [None] * 4
    assert FeedbackRequest.objects.count() == 1
    view = program_view(pair.conversation.pk)
    assert view is not None
    assert {said.strategy for said in view.said} == {""}


def test_goodbye_is_said_when_the_time_is_nearly_over_and_nothing_after_it(engine: Engine) -> None:
    agent = make_agent(another=1.0, messages=3)
    pair = begin(agent)
    say(pair)
    Conversation.objects.update(deadline_at=database_now() + timedelta(seconds=50))
    look(pair, 5)
    assert pair.texts()[1:] == [agent.settled.goodbye]
    assert Utterance.objects.get(seat=pair.supporter).strategy == "others"


@pytest.mark.parametrize(
    "said",
    [EngineFailed("down"), "", "__start__ x", "See www.example.org", "x" * 1000, "You should kill yourself."],
)
def test_what_fails_once_is_tried_again_with_another_seed(engine: Engine, said: str | Exception) -> None:
    pair = begin()
    engine.says = [said]
    say(pair)
    look(pair)
    assert pair.texts()[1:] == ["Reply number 2."]
    assert engine.asked[0].seed != engine.asked[1].seed
    assert Agent.objects.get().failures == 0


def test_what_fails_twice_ends_with_an_apology_and_pay(engine: Engine) -> None:
    pair = begin()
    engine.says = [EngineFailed("The model's process has died."), "<html>"]
    say(pair)
    look(pair, 1)
    assert ended(pair) == ("surveying", "technical", Outcome.TECHNICAL_FAILURE)
    turn = AgentTurn.objects.get()
    assert (turn.state, turn.text) == (TurnState.FAILED, "")
    assert Agent.objects.get().last_error.startswith("The model's message holds markup")
    look(pair)
    assert len(engine.asked) == 2


def test_three_failures_in_a_row_let_the_agent_rest(engine: Engine) -> None:
    agent = make_agent()
    pairs = [begin(agent) for _number in range(4)]
    engine.says = [EngineFailed("down")] * 6
    for pair in pairs[:3]:
        say(pair)
        look(pair, 1)
    with pytest.raises(AgentUnavailable, match="rests"):
        agent_conversation_start(make_participation(), agent)
    say(pairs[3])
    look(pairs[3], 1)
    assert len(engine.asked) == 6, "a resting agent is not asked"
    assert ended(pairs[3])[1] == "technical"
    Agent.objects.update(paused_until=database_now() - timedelta(seconds=1))
    pair = begin(agent)
    say(pair)
    look(pair)
    agent.refresh_from_db()
    assert (agent.failures, agent.paused_until) == (0, None)
    agent_switch(agent, enabled=True)


def test_the_sweep_asks_again_and_gives_up_before_twenty_five_seconds(
    engine: Engine, later: list[tuple[str, float]]
) -> None:
    pair, fine = begin(), begin(make_agent())
    say(pair, ago=8)
    say(fine, ago=1)
    later.clear()
    assert agents_sweep() == {"asked": 1, "given_up": 0, "dropped": 0}
    assert later == [("modeling.agent_turn", 0.0)]
    make_older(pair, seconds=11.5)
    assert agents_sweep()["given_up"] == 1
    assert ended(pair) == ("surveying", "technical", Outcome.TECHNICAL_FAILURE)
    assert ended(fine)[0] == "chatting"
    assert agents_sweep()["given_up"] == 0
    longest = giving_up.GIVE_UP_SECONDS + 2 * 2.0
    assert longest < 25


def test_a_turn_whose_worker_died_is_taken_over_once(engine: Engine) -> None:
    pair = begin()
    say(pair, ago=9)
    agent = Agent.objects.get()
    dead = AgentTurn.objects.create(
        conversation=pair.conversation, agent=agent, after_ordinal=1, state=TurnState.MAKING,
        wanted_at=database_now(), alive_at=database_now(),
    )  # fmt: skip
    look(pair, 1)
    assert not engine.asked
    AgentTurn.objects.filter(pk=dead.pk).update(alive_at=F("alive_at") - timedelta(seconds=7))
    look(pair)
    assert pair.texts()[1:] == ["Reply number 1."]
    assert AgentTurn.objects.get().attempts == 2


def test_nothing_of_the_survey_reaches_the_agent(engine: Engine) -> None:
    pair = begin()
    say(pair, "Only this.")
    look(pair)
    prompt = msgspec.json.encode(engine.asked).decode()
    assert "Only this." in prompt
    hidden = [PRE_CHAT.situation, PRE_CHAT.problem, PRE_CHAT.emotion, PRE_CHAT.experience, "intensity"]
    participation = pair.seeker.participation
    assert participation is not None
    hidden += [participation.public_id, participation.participant.public_id]
    assert [word for word in hidden if word in prompt] == []
    assert set(json.loads(prompt)[0]) == {"history", "variant", "seed", "decoding", "strategy"}


def test_a_withdrawal_empties_what_was_not_sent(engine: Engine) -> None:
    pair = begin()
    engine.says = ["You said canaryword."]
    say(pair)
    look(pair, 1)
    assert AgentTurn.objects.get().text == "You said canaryword."
    participation = pair.seeker.participation
    assert participation is not None
    participant_withdraw(participation.participant_id)
    assert (AgentTurn.objects.get().state, AgentTurn.objects.get().text) == ("dropped", "")


def test_a_try_out_is_asked_and_answered(
    engine: Engine, django_capture_on_commit_callbacks: Callable[..., Any], later: list[tuple[str, float]]
) -> None:
    agent = make_agent()
    with django_capture_on_commit_callbacks(execute=True):
        preview = preview_say(agent, by="ada", text=" Hello  there. ")
    assert later == [(previews.TASK, 0.0)]
    preview_answer(preview.pk)
    preview_answer(preview.pk)
    preview.refresh_from_db()
    assert [m["text"] for m in preview.messages] == ["Hello there.", "Reply number 1."]
    assert preview.state == "open"
    engine.says = [EngineFailed("down")]
    preview_say(agent, by="ada", text="Again.")
    preview_answer(preview.pk)
    preview.refresh_from_db()
    assert (preview.state, preview.error) == ("failed", "down")
    assert not Conversation.objects.exists()


def test_a_worker_loads_the_models_of_conversations_that_go_on(engine: Engine) -> None:
    sitting, practising, idle = make_agent(), make_agent(), make_agent()
    begin(sitting)
    agent_switch(practising, practice=True)
    turns.agents_warm_up()
    assert engine.ready.wait(5)
    assert engine.warmed() == 2
    assert idle.pk


def test_the_health_of_an_agent_is_its_turns_of_late(engine: Engine) -> None:
    agent = make_agent()
    assert [h.state for h in agent_health()] == ["unused"]
    pairs = [begin(agent) for _number in range(2)]
    engine.says = ["Hello there.", EngineFailed("down"), EngineFailed("down")]
    for pair in pairs:
        say(pair)
        look(pair)
    health = agent_health()[0]
    assert (health.state, health.sent, health.failed, health.open) == ("failing", 1, 1, 0)
    assert (health.engine, health.last_error) == ("test", "down")
    assert health.median_seconds is not None
    assert 0 <= health.median_seconds < 5
    agent_switch(agent, enabled=False)
    assert agent_health()[0].state == "off"
