"""Tests of agents: versions, switches, and the door by which somebody is seated with one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from collection import agents as programs
from collection.domain.errors import LobbyRefused
from collection.models import Conversation, PreChatSurvey, Seat
from collection.selectors import public_release
from collection.services.conversations import conversation_end
from collection.services.programs import practice_start
from collection.services.surveys import seeker_survey_submit
from modeling.errors import AgentInvalid, AgentUnavailable
from modeling.models import Agent
from modeling.services import agents
from modeling.services.agents import WARM_UP_TASK, agent_conversation_start, agent_create, agent_switch
from study.clock import database_now
from study.models.participant import Role
from tests.support.factories import SEEKER_ANSWERS, make_participation, make_study

pytestmark = pytest.mark.django_db


def make_agent(name: str = "Script") -> Agent:
    return agent_create(name=name, kind=Agent.Kind.SCRIPTED, by="staff")


def test_the_same_name_again_is_the_next_version() -> None:
    assert [make_agent().version, make_agent("Other").version, make_agent(" Script ").version] == [1, 1, 2]


@pytest.mark.parametrize(
    ("kind", "config"), [("checkpoint", {}), ("openai", {}), ("scripted", {"server": {"base_url": "x"}})]
)
def test_what_a_kind_lacks_is_refused(kind: str, config: dict[str, object]) -> None:
    with pytest.raises(AgentInvalid):
        agent_create(name="A", kind=kind, by="staff", config=config)


def test_a_seeker_is_seated_with_an_agent_as_with_a_person() -> None:
    agent, participation = make_agent(), make_participation()
    conversation = agent_conversation_start(participation, agent)
    assert (conversation.origin, conversation.state) == (Conversation.Origin.AGENT, "chatting")
    assert Seat.objects.get(conversation=conversation, role=Role.SUPPORTER).occupant == agent.occupant
    assert PreChatSurvey.objects.get().conversation == conversation
    assert not public_release(conversation)
    with pytest.raises(LobbyRefused):
        agent_conversation_start(participation, agent)


def test_the_seekers_survey_alone_closes_and_pays() -> None:
    participation = make_participation()
    conversation = agent_conversation_start(participation, make_agent())
    seeker = conversation.seats.get(role=Role.SEEKER)
    conversation_end(seat_id=seeker.pk, manner="leave")
    seeker_survey_submit(seeker.pk, SEEKER_ANSWERS)
    conversation.refresh_from_db()
    participation.refresh_from_db()
    assert (conversation.state, participation.outcome) == ("closed", "left_early")


def test_a_supporter_is_not_seated_with_an_agent() -> None:
    with pytest.raises(AgentInvalid):
        agent_conversation_start(make_participation(role=Role.SUPPORTER), make_agent())


def test_an_agent_that_is_off_or_rests_seats_nobody() -> None:
    agent, participation = make_agent(), make_participation()
    agent_switch(agent, enabled=False)
    with pytest.raises(AgentUnavailable):
        agent_conversation_start(participation, agent)
    agent_switch(agent, enabled=True)
    Agent.objects.update(failures=3, paused_until=database_now() + timedelta(minutes=1))
    with pytest.raises(AgentUnavailable):
        agent_conversation_start(participation, agent)
    agent_switch(agent, enabled=True)
    assert agent_conversation_start(participation, agent).pk


def test_practice_is_with_the_chosen_agent_while_it_is_well() -> None:
    one, other = make_agent("One"), make_agent("Other")
    agent_switch(one, practice=True)
    agent_switch(other, practice=True)
    study = make_study(is_demo=True)
    conversation = practice_start(make_participation(study))
    assert conversation.origin == Conversation.Origin.PRACTICE
    assert conversation.seats.get(role=Role.SUPPORTER).occupant == other.occupant
    agent_switch(other, enabled=False)
    conversation = practice_start(make_participation(study))
    assert conversation.seats.get(role=Role.SUPPORTER).occupant == "scripted"
    conversation = practice_start(make_participation(study, role=Role.SUPPORTER))
    assert conversation.seats.get(role=Role.SEEKER).occupant == "scripted"


def test_a_turn_is_asked_of_the_task_for_the_programs_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(
        programs.current_app, "send_task", lambda name, args, **_more: asked.append((name, args))
    )
    conversation = agent_conversation_start(make_participation(), make_agent())
    practice = practice_start(make_participation(make_study(is_demo=True)))
    programs.turn_wanted(conversation.pk)
    programs.turn_wanted(practice.pk)
    assert asked == [
        ("modeling.agent_turn", [conversation.pk]),
        ("collection.scripted_turn", [practice.pk]),
    ]


def test_the_model_is_loaded_when_its_agent_is_chosen_for_practice(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(agents.current_app, "send_task", asked.append)
    agent = make_agent()
    with django_capture_on_commit_callbacks(execute=True):
        agent_switch(agent, enabled=False, practice=True)
        agent_switch(agent, enabled=True, practice=False)
    assert asked == []
    with django_capture_on_commit_callbacks(execute=True):
        agent_switch(agent, practice=True)
    assert asked == [WARM_UP_TASK]
