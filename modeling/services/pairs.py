"""One participant's way through a comparison: an order, two conversations, the answers.

The order is stored before the first conversation begins. A pair that is not completed gives its place back, so that
the orders of the completed ones stay balanced.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from collection.api import Conversation, Seat, lobby_enter
from modeling.domain.answers import Choice
from modeling.domain.campaign_lifecycle import (
    HOLD_PLACE,
    PairEvent,
    PairState,
    advance_pair,
    place_free,
)
from modeling.domain.orders import order_of
from modeling.errors import AgentUnavailable, CampaignInvalid, PairRefused
from modeling.models import Campaign, CampaignArm, Pair, PairAnswer
from modeling.services.agents import agent_check_available, agent_conversation_start
from modeling.services.campaigns import campaign_fill, campaign_locked
from study.clock import database_now
from study.models import Participation
from study.models.participant import Outcome
from study.services.participations import participation_end

_CHATS = {PairState.FIRST_CHAT: "first", PairState.SECOND_CHAT: "second"}
_NEXT = {PairState.ASSIGNED: "first", PairState.BETWEEN: "second"} | _CHATS


@transaction.atomic
def pair_assign(participation: Participation) -> Pair:
    """Give the participant the first free place of the sequence, and with it the order; once.

    Raises:
        CampaignInvalid: the participation belongs to no campaign.
    """
    found = pair_of(participation)
    if found is not None:
        return found
    campaign = Campaign.objects.filter(study=participation.study_id).first()
    if campaign is None or not participation.compares:
        raise CampaignInvalid("This participation belongs to no comparison.")
    # The lock gives every place once; whoever waited for it finds the pair that another tab made.
    campaign = campaign_locked(campaign.pk)
    found = pair_of(participation)
    if found is not None:
        return found
    taken = campaign.pairs.filter(state__in=HOLD_PLACE).values_list("place", flat=True)
    arms = list(campaign.arms.all())
    place = place_free(set(taken))
    order = order_of(place, arms=len(arms), block_size=campaign.block_size, seed=campaign.seed)
    return Pair.objects.create(
        campaign=campaign,
        participation=participation,
        place=place,
        first=arms[order.first],
        second=arms[order.second],
        assigned_at=database_now(),
    )


def pair_of(participation: Participation) -> Pair | None:
    """Return the participation's pair."""
    return (
        Pair.objects.select_related("campaign", "first__agent", "second__agent")
        .filter(participation=participation)
        .first()
    )


def next_arm(pair: Pair) -> CampaignArm:
    """Return the partner of the conversation that comes next.

    Raises:
        PairRefused: both conversations are over.
    """
    which = _NEXT.get(PairState(pair.state))
    if which is None:
        raise PairRefused("Both conversations are over.")
    arm: CampaignArm = getattr(pair, which)
    return arm


@transaction.atomic
def pair_begin(participation: Participation) -> Pair:
    """Begin the next conversation; with a person, join the waiting room. Twice begins once.

    Raises:
        PairRefused: both conversations are over.
        AgentUnavailable: the agent is switched off, or rests after failures.
        LobbyRefused: the participant sits in a conversation already.
    """
    pair = _locked(pair_assign(participation).pk)
    if Seat.objects.filter(participation=participation, released_at__isnull=True).exists():
        return pair
    arm = next_arm(pair)
    if pair.state not in _CHATS:
        _advance(pair, PairEvent.BEGIN)
    if arm.agent is None:
        lobby_enter(participation)
    else:
        _note(pair, agent_conversation_start(participation, arm.agent))
    return pair


@transaction.atomic
def pair_give_up(participation: Participation) -> Participation:
    """Stop because the partner cannot be reached; paid in full.

    Raises:
        PairRefused: the partner can be reached.
    """
    pair = pair_of(participation)
    if pair is None or partner_available(pair):
        raise PairRefused("Your partner can be reached again. Please go on, or leave the study as usual.")
    return participation_end(participation.pk, outcome=Outcome.TECHNICAL_FAILURE)


def partner_available(pair: Pair) -> bool:
    """Return whether the next conversation could begin now; with a person, the waiting room tells."""
    agent = next_arm(pair).agent
    if agent is None:
        return True
    try:
        agent_check_available(agent)
    except AgentUnavailable:
        return False
    return True


@transaction.atomic
def pair_chat_over(seat: Seat) -> None:
    """Go on after a conversation and its questions: to the next step, or to the end where it broke off.

    Should be called inside the transaction that releases the seat.
    """
    participation = seat.participation
    assert participation is not None
    pair = pair_of(participation)
    if pair is not None:
        pair = _locked(pair.pk)
        _note(pair, seat.conversation)
    if pair is None or not pair.is_open or seat.outcome != Outcome.COMPLETED:
        participation_end(participation.pk, outcome=seat.outcome)
    else:
        _advance(pair, PairEvent.CHAT_DONE)


@transaction.atomic
def pair_answer(participation: Participation, choices: Mapping[str, str]) -> Pair:
    """Store the answers and end the participation, completed and paid. Sent again, nothing changes.

    `choices`: "first", "second" or "same" for every question of the protocol, by its key.

    Raises:
        PairRefused: the conversations are not over, an answer is missing or unknown, or other answers were given.
    """
    comparison = participation.protocol_version.protocol.comparison
    pair = pair_of(participation)
    if comparison is None or pair is None:
        raise PairRefused("There is nothing to compare yet.")
    campaign = campaign_locked(pair.campaign_id)
    pair = _locked(pair.pk)
    keys = [question.key for question in comparison.questions]
    if set(choices) != set(keys) or not set(choices.values()) <= set(Choice):
        raise PairRefused("Please answer every question.")
    if pair.state == PairState.ANSWERED:
        if dict(pair.answers.values_list("question", "choice")) != dict(choices):
            raise PairRefused("Your answers are stored already.")
        return pair
    if pair.state != PairState.QUESTIONS:
        raise PairRefused("There is nothing to compare yet.")
    now = database_now()
    PairAnswer.objects.bulk_create(
        PairAnswer(pair=pair, question=key, choice=choices[key], at=now) for key in keys
    )
    _advance(pair, PairEvent.ANSWER)
    participation_end(participation.pk, outcome=Outcome.COMPLETED)
    campaign_fill(campaign)
    return pair


_ENDS = {
    Outcome.WITHDRAWN: PairEvent.WITHDRAW,
    Outcome.TECHNICAL_FAILURE: PairEvent.FAIL,
    Outcome.PARTNER_LEFT: PairEvent.FAIL,
    Outcome.NO_MATCH: PairEvent.FAIL,
}


def pair_close(participation: Participation) -> None:
    """Close the pair of a participation that ended on the way. Should be called inside the transaction of the end."""
    pair = pair_of(participation)
    if pair is not None and pair.is_open:
        _advance(_locked(pair.pk), _ENDS.get(Outcome(participation.outcome), PairEvent.LEAVE))


@transaction.atomic
def pairs_withdraw(participant_id: int) -> int:
    """Take somebody's pairs out of the analysis and delete the answers; return how many answers.

    A place is free again. Should be called inside the transaction of the withdrawal.
    """
    pairs = Pair.objects.filter(participation__participant=participant_id).exclude(state=PairState.WITHDRAWN)
    count = 0
    for pair_id in list(pairs.order_by("pk").values_list("pk", flat=True)):
        pair = _locked(pair_id)
        count += pair.answers.all().delete()[0]
        _advance(pair, PairEvent.WITHDRAW)
    return count


def _locked(pair_id: int) -> Pair:
    return (
        Pair.objects.select_for_update(no_key=True, of=("self",))
        .select_related("campaign", "first__agent", "second__agent")
        .get(pk=pair_id)
    )


def _advance(pair: Pair, event: PairEvent) -> None:
    """Take one step. Should be called while holding a SELECT FOR UPDATE lock on the pair."""
    before = PairState(pair.state)
    pair.state = advance_pair(before, event)
    if not pair.is_open:
        pair.ended_at = pair.ended_at or database_now()
        if event is not PairEvent.ANSWER and not pair.stopped_at:
            pair.stopped_at = before
    pair.save(update_fields=["state", "ended_at", "stopped_at"])


def _note(pair: Pair, conversation: Conversation) -> None:
    """Remember a conversation under its place in the order; the last one that began counts."""
    which = _CHATS.get(PairState(pair.state))
    if which is not None:
        setattr(pair, f"{which}_conversation", conversation)
        pair.save(update_fields=[f"{which}_conversation"])
