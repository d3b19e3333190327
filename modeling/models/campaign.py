"""Comparison campaigns: participants talk with two partners, then say which was better (§6.5)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from collection.api import Conversation
from modeling.domain.answers import Choice
from modeling.domain.campaign_lifecycle import (
    HOLD_PLACE,
    OPEN_PAIRS,
    CampaignEvent,
    CampaignState,
    PairState,
)
from modeling.models.agent import Agent
from study.models import Participation, Study

HUMAN = "human supporters"
"""How the arm of human supporters is called in tables and files."""


class Campaign(models.Model):
    """One comparison. Its study is its own: recruitment, consent, pay and budget are set there.

    Personal data: the user name of the staff member who made it.
    """

    study = models.OneToOneField(Study, on_delete=models.PROTECT, related_name="campaign")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in CampaignState], default=CampaignState.DRAFT.value
    )
    quota = models.PositiveIntegerField()
    """Completed pairs that are wanted."""
    spare = models.PositiveIntegerField()
    """How many may be inside beyond what the quota still needs: some of those inside will not finish."""
    block_size = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    """With the block's size it gives the whole sequence of orders (`modeling.domain.orders`)."""
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in CampaignState]), name="campaign_state_known"
            ),
            models.CheckConstraint(condition=Q(quota__gt=0), name="campaign_wants_somebody"),
        ]

    def __str__(self) -> str:
        return self.study.title

    @property
    def has_humans(self) -> bool:
        """Whether one of the partners is a person."""
        return self.arms.filter(agent=None).exists()


class CampaignArm(models.Model):
    """One partner of a campaign: an agent, or human supporters.

    Personal data: none.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="arms")
    number = models.PositiveSmallIntegerField()
    """From 0. The lower one is the system under test in a table of two."""
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="arms")
    """None for human supporters."""

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="arm_number_once"),
            models.UniqueConstraint(fields=["campaign", "agent"], name="arm_agent_once"),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(agent__isnull=True), name="arm_of_humans_once"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name in tables and files; never shown to participants."""
        return str(self.agent) if self.agent is not None else HUMAN


class CampaignStep(models.Model):
    """One step of a campaign's lifecycle. Append-only.

    Personal data: the user name of the staff member who asked for it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    event = models.CharField(max_length=10, choices=[(e.value, e.value) for e in CampaignEvent])
    before = models.CharField(max_length=10)
    after = models.CharField(max_length=10)
    by = models.CharField(max_length=150, blank=True)
    """Who asked for it; empty where the quota did."""

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event} of campaign {self.campaign_id}"


class Pair(models.Model):
    """One participant's two conversations, in the order that was stored before the first of them.

    Personal data: links from a participation to its conversations.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="pairs")
    participation = models.OneToOneField(Participation, on_delete=models.PROTECT, related_name="pair")
    place = models.PositiveIntegerField()
    """The place in the campaign's sequence of orders."""
    first = models.ForeignKey(CampaignArm, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(CampaignArm, on_delete=models.PROTECT, related_name="+")
    first_conversation = models.OneToOneField(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_conversation = models.OneToOneField(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in PairState], default=PairState.ASSIGNED.value
    )
    stopped_at = models.CharField(max_length=12, blank=True)
    """For who did not complete: the state in which it ended."""
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in PairState]), name="pair_state_known"
            ),
            models.CheckConstraint(condition=~Q(first=F("second")), name="pair_has_two_partners"),
            # A place that was given back is free: blocks fill up again, so orders of completed pairs stay balanced.
            models.UniqueConstraint(
                fields=["campaign", "place"],
                condition=Q(state__in=[s.value for s in HOLD_PLACE]),
                name="pair_holds_its_place",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in OPEN_PAIRS]) | Q(ended_at__isnull=False),
                name="pair_over_has_its_end",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "state"], name="pair_campaign_state")]

    def __str__(self) -> str:
        return f"pair {self.pk} of campaign {self.campaign_id}"

    @property
    def is_open(self) -> bool:
        """Whether the participant is still on the way."""
        return self.state in OPEN_PAIRS


class PairAnswer(models.Model):
    """What one participant chose on one question.

    Personal data: a choice; deleted on withdrawal.
    """

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    """Key of the protocol's question."""
    choice = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Choice])
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "question"], name="pair_answers_once"),
            models.CheckConstraint(
                condition=Q(choice__in=[c.value for c in Choice]), name="pair_choice_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} of pair {self.pair_id}"
