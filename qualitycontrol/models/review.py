"""The review of strategies: items, who has them, what they said, what was decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from collection.api import Conversation, StrategyRevision, Utterance
from qualitycontrol.domain.review_lifecycle import ReviewEvent, ReviewState
from qualitycontrol.domain.strategy_review import Action, Entry, Mode
from study.models import Participant


class ReviewItem(models.Model):
    """One utterance whose strategy is reviewed.

    Personal data: none of its own; it points at what a supporter wrote.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="review_items")
    utterance = models.OneToOneField(Utterance, on_delete=models.PROTECT, related_name="review_item")
    entry = models.CharField(max_length=10, choices=[(e.value, e.value) for e in Entry])
    mode = models.CharField(max_length=10, choices=[(m.value, m.value) for m in Mode])
    label = models.CharField(max_length=50)
    """Key of the strategy under review, as it stood when the item entered."""
    gold_label = models.CharField(max_length=50, blank=True)
    """The known answer of a gold item."""
    reviewers = models.PositiveSmallIntegerField()
    """How many vote on it; a gold item goes to everybody."""
    state = models.CharField(
        max_length=15, choices=[(s.value, s.value) for s in ReviewState], default=ReviewState.OPEN
    )
    place = models.PositiveIntegerField()
    """Order in the queue."""
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ReviewState]), name="review_state_known"
            ),
            models.CheckConstraint(
                condition=Q(entry="gold", mode="blind") & ~Q(gold_label="")
                | ~Q(entry="gold") & Q(gold_label=""),
                name="review_gold_has_label",
            ),
            models.CheckConstraint(condition=Q(reviewers__gte=1), name="review_has_reviewers"),
        ]
        indexes = [models.Index(fields=["state", "place"])]

    def __str__(self) -> str:
        return f"review of utterance {self.utterance_id}: {self.state}"

    @property
    def is_gold(self) -> bool:
        """Whether the answer is known."""
        return self.entry == Entry.GOLD


class ReviewStep(models.Model):
    """One step of an item's lifecycle. Append-only.

    Personal data: the user name of the staff member who caused it.
    """

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    event = models.CharField(max_length=10, choices=[(e.value, e.value) for e in ReviewEvent])
    before = models.CharField(max_length=15)
    after = models.CharField(max_length=15)
    by = models.CharField(max_length=150, blank=True)
    """Who caused it; empty for the rule itself."""
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event} of {self.item_id}"


class ReviewAssignment(models.Model):
    """One reviewer and one item. There is one row for the two, whatever happens to it.

    Personal data: who was given what, and when.
    """

    class State(models.TextChoices):
        """What became of it."""

        LEASED = "leased"
        """In the reviewer's hands until `leased_until`; then it is anybody's again."""
        VOTED = "voted"
        SKIPPED = "skipped"
        """Passed on to others; the reviewer may take it up again when nothing else is left."""

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="assignments")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.LEASED)
    leased_at = models.DateTimeField()
    leased_until = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "reviewer"], name="review_once_per_reviewer"),
            models.CheckConstraint(
                condition=Q(state__in=["leased", "voted", "skipped"]), name="review_assignment_known"
            ),
        ]
        indexes = [models.Index(fields=["reviewer", "state"])]

    def __str__(self) -> str:
        return f"{self.item_id} with {self.reviewer_id}: {self.state}"


class ReviewVote(models.Model):
    """What a reviewer said. Append-only but for the mark that it was taken back.

    Personal data: a staff member's judgement; the note may quote what was written.
    """

    item = models.ForeignKey(ReviewItem, on_delete=models.PROTECT, related_name="votes")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=50)
    note = models.TextField(blank=True)
    client_uid = models.CharField(max_length=64)
    """Made by the page, so that the same vote sent twice is known."""
    seconds = models.FloatField()
    """From the lease to the vote."""
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "reviewer"],
                condition=Q(undone_at__isnull=True),
                name="review_one_vote_per_reviewer",
            ),
            models.UniqueConstraint(fields=["reviewer", "client_uid"], name="review_vote_sent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.label} for {self.item_id}"


class ReviewDecision(models.Model):
    """What an adjudicator decided. Never changed.

    Personal data: who decided what, and why.
    """

    item = models.OneToOneField(ReviewItem, on_delete=models.PROTECT, related_name="decision")
    action = models.CharField(max_length=10, choices=[(a.value, a.value) for a in Action])
    label = models.CharField(max_length=50)
    """The strategy as it stands after the decision."""
    reason = models.TextField()
    adjudicator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    revision = models.OneToOneField(
        StrategyRevision, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="review_decision_reason_given"),
            models.CheckConstraint(
                condition=Q(action="change") & Q(revision__isnull=False)
                | ~Q(action="change") & Q(revision__isnull=True),
                name="review_change_has_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} for {self.item_id}"


class ReviewerParticipant(models.Model):
    """A participant that a reviewer is, so that nobody reviews a conversation of their own.

    Personal data: links a staff account to a participant's pseudonym; kept as long as the account reviews.
    """

    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["reviewer", "participant"], name="reviewer_participant_once")
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id} is {self.participant_id}"
