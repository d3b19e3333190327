"""Safety: what has to be looked at, by whom it was raised, and what was done about it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from collection.domain.safety import (
    CaseKind,
    CaseState,
    Feeling,
    ReportReason,
    Resolution,
    Source,
)
from collection.models.conversation import Conversation
from collection.models.utterance import Utterance
from study.domain.risk_content import Tier
from study.models import Participant, Participation, Study


class SafetyCase(models.Model):
    """Something that a person of the study team looks at: one open case per participation, conversation and kind.

    Personal data: that a pseudonym's words, conduct or message asked for a look; kept with the study's records.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="safety_cases")
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="safety_cases")
    """Whom it is about, or who wrote."""
    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, null=True, blank=True, related_name="safety_cases"
    )
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in CaseKind])
    severity = models.PositiveSmallIntegerField()
    """1 to 3, `study.domain.risk_content.SEVERITY`."""
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in CaseState], default=CaseState.OPEN
    )
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    """Until when it is to be acknowledged; none while the study is not watched."""
    closed_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=12, choices=[(r.value, r.value) for r in Resolution], blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participation", "kind", "conversation"],
                condition=~Q(state=CaseState.CLOSED.value) & Q(conversation__isnull=False),
                name="safety_case_one_open_in_conversation",
            ),
            models.UniqueConstraint(
                fields=["participation", "kind"],
                condition=~Q(state=CaseState.CLOSED.value) & Q(conversation__isnull=True),
                name="safety_case_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in CaseState]), name="safety_case_state_known"
            ),
            models.CheckConstraint(
                condition=Q(severity__gte=1, severity__lte=3), name="safety_case_severity_known"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(resolution="")
                | ~Q(state="closed") & Q(closed_at__isnull=True, resolution=""),
                name="safety_case_closed_with_resolution",
            ),
        ]
        indexes = [models.Index(fields=["state", "-severity", "raised_at"])]

    def __str__(self) -> str:
        return f"case {self.pk} ({self.kind})"


class SafetySignal(models.Model):
    """One rule that somebody's words met. It holds no words: they stand where they were written.

    Personal data: that a pseudonym's words met a rule; kept with its case.
    """

    case = models.ForeignKey(SafetyCase, on_delete=models.PROTECT, related_name="signals")
    source = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Source])
    ordinal = models.PositiveIntegerField(null=True, blank=True)
    """Of the utterance in the case's conversation."""
    rule = models.CharField(max_length=60)
    category = models.CharField(max_length=60)
    tier = models.CharField(max_length=10, choices=[(t.value, t.value) for t in Tier])
    language = models.CharField(max_length=20)
    list_version = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.rule} of case {self.case_id}"


class CaseStep(models.Model):
    """One step or reading of a case: the journal. Append-only, but for the note, which a withdrawal erases.

    Personal data: the account of who did it, and a note that may touch on what was said.
    """

    case = models.ForeignKey(SafetyCase, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    what = models.CharField(max_length=20)
    """An event of the lifecycle, "raised", "read", "wrote" or "ended"."""
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.what} of case {self.case_id}"


class PartnerReport(models.Model):
    """A participant reports the partner.

    Personal data: the reporter's words; erased with a withdrawal of the reporter.
    """

    case = models.ForeignKey(SafetyCase, on_delete=models.PROTECT, related_name="reports")
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="reports_made")
    reason = models.CharField(max_length=12, choices=[(r.value, r.value) for r in ReportReason])
    text = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "reporter"], name="report_once_per_conversation")
        ]

    def __str__(self) -> str:
        return f"report of {self.conversation_id}"


class PairingFreeze(models.Model):
    """Somebody is not paired with anybody until a report about them is reviewed. They are not told.

    Personal data: that a pseudonym was reported; kept with the case.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="pairing_freezes")
    case = models.ForeignKey(SafetyCase, on_delete=models.PROTECT, related_name="freezes")
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="freeze_once_per_case"),
        ]

    def __str__(self) -> str:
        return f"freeze by case {self.case_id}"


class TeamMessage(models.Model):
    """A message between a participant and the study team.

    Personal data: what was written; erased with a withdrawal, and by the protocol's retention.
    """

    class Author(models.TextChoices):
        """Which side wrote."""

        PARTICIPANT = "participant"
        TEAM = "team"

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="team_messages")
    author = models.CharField(max_length=12, choices=Author.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """The account that answered. Participants are shown "Research team"."""
    client_uid = models.CharField(max_length=64)
    """Made with the form: a double click is one message."""
    text = models.CharField(max_length=2000)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    """When the other side opened the page with it."""

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["participation", "client_uid"], name="team_message_once")
        ]

    def __str__(self) -> str:
        return f"message {self.pk} of {self.participation_id}"


class CheckIn(models.Model):
    """How a supporter is after a conversation in which phrases were met.

    Personal data: how somebody feels, and their words; erased with a withdrawal.
    """

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="check_ins")
    """The one in which it was answered."""
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="check_ins")
    """The difficult one."""
    feeling = models.CharField(max_length=10, choices=[(f.value, f.value) for f in Feeling])
    text = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "conversation"], name="check_in_once")
        ]

    def __str__(self) -> str:
        return f"check-in after {self.conversation_id}"


class RiskSample(models.Model):
    """A message that was drawn for judging what the phrases hit and miss.

    Personal data: none of its own; the words stand in the utterance.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="risk_samples")
    utterance = models.OneToOneField(Utterance, on_delete=models.PROTECT, related_name="risk_sample")
    flagged = models.BooleanField()
    """Whether the phrases had met it when it was drawn."""
    weight = models.FloatField()
    """Messages of its kind that it stands for: 1 / the probability of being drawn."""
    seed = models.IntegerField()
    drawn_at = models.DateTimeField()
    needs_care = models.BooleanField(null=True, blank=True)
    """The judgement; none yet."""
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sample of {self.utterance_id}"
