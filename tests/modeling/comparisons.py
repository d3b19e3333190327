"""Campaigns and participants' ways through them, for tests; made through the services."""

from __future__ import annotations

import itertools
from typing import Any

from collection.domain.exits import EndReason
from collection.models import Seat
from collection.services.conversations import conversation_stop
from collection.services.surveys import SeekerAnswers, pre_chat_submit, seeker_survey_submit
from collection.services.utterances import Draft, utterance_send
from modeling.domain.campaign_lifecycle import CampaignEvent
from modeling.models import Agent, Campaign, Pair
from modeling.services.agents import agent_create
from modeling.services.campaigns import campaign_create, campaign_move
from modeling.services.pairs import pair_answer, pair_begin
from study.models import Participation
from study.services.participations import consent_give, participation_enter, role_choose
from study.services.protocols import protocol_load
from tests.support.factories import PRE_CHAT, arrival

_numbers = itertools.count(1)
QUESTIONS = ("fluency", "identification", "comforting", "suggestion", "overall")


def make_agent(name: str = "") -> Agent:
    """Make a scripted agent with a name of its own."""
    return agent_create(name=name or f"agent {next(_numbers)}", kind=Agent.Kind.SCRIPTED, by="staff")


def make_campaign(
    *, partners: int = 2, humans: bool = False, opened: bool = True, quota: int = 4, **more: Any
) -> Campaign:
    """Create a campaign, open unless told otherwise; with `humans` its last arm is human supporters."""
    given: dict[str, Any] = {
        "slug": f"campaign-{next(_numbers)}",
        "title": "Which helps more?",
        "contact": "team@example.org",
        "protocol_version": protocol_load("esconv-2021-comparison"),
        "arms": [make_agent() for _arm in range(partners - humans)] + [None] * humans,
        "quota": quota,
        "block_size": partners * (partners - 1),
        "seed": 7,
        "by": "staff",
    }
    campaign = campaign_create(**(given | more))
    return campaign_move(campaign.pk, CampaignEvent.OPEN, by="staff") if opened else campaign


def make_comparer(campaign: Campaign, *, person: str = "", surveyed: bool = True) -> Participation:
    """Bring somebody to the door of the first conversation."""
    campaign.study.refresh_from_db()
    participation = participation_enter(campaign.study, arrival=arrival(person))
    consent_give(participation.pk, public_release=True, contact_again=False)
    participation = role_choose(participation.pk, role="seeker")
    if surveyed:
        pre_chat_submit(participation, PRE_CHAT)
    return participation


def open_seat(participation: Participation) -> Seat:
    """Return the seat that the participant holds now."""
    return Seat.objects.get(participation=participation, released_at__isnull=True)


def chat(participation: Participation, *, reason: EndReason = EndReason.FINISHED, after: int = 2) -> Pair:
    """Hold the next conversation and answer the questions about it."""
    pair = pair_begin(participation)
    seat = open_seat(participation)
    conversation_stop(seat.conversation_id, reason=reason)
    survey(participation, after=after)
    return Pair.objects.get(pk=pair.pk)


def say_something(participation: Participation) -> None:
    """Let both sides of the present conversation say a line."""
    seat = open_seat(participation)
    for who, text, strategy in (
        (seat, "I said this to <b>my partner</b>.", None),
        (seat.conversation.seats.get(role="supporter"), "My partner said that.", "question"),
    ):
        utterance_send(Draft(seat.conversation_id, who.pk, f"uid-{who.pk}-0001", text, strategy))


def chat_with_words(participation: Participation) -> None:
    """Hold the next conversation with a line of either side in it."""
    pair_begin(participation)
    say_something(participation)
    conversation_stop(open_seat(participation).conversation_id, reason=EndReason.FINISHED)
    survey(participation)


def survey(participation: Participation, *, after: int = 2) -> None:
    """Answer the questions about the conversation that is over."""
    answers = SeekerAnswers(intensity_after=after, empathy=4, relevance=5, ending="natural")
    seeker_survey_submit(open_seat(participation).pk, answers)


def answer(participation: Participation, **choices: str) -> Pair:
    """Answer every question: the first partner, unless told otherwise."""
    return pair_answer(participation, dict.fromkeys(QUESTIONS, "first") | choices)


def complete(campaign: Campaign, **choices: str) -> Pair:
    """Bring somebody in who does everything."""
    participation = make_comparer(campaign)
    chat(participation)
    chat(participation)
    return answer(participation, **choices)
