"""Participants, how they came, and their part in a study.

What a recruiting site knows of a person (`ExternalIdentity`) lies apart from what the research needs
(`Participant`, `Participation`), encrypted, and is found by a keyed hash only.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from study.domain.recruitment import Part
from study.models.protocol_version import ProtocolVersion
from study.models.study import Study


def new_public_id() -> str:
    """Return an identifier that tells nothing and cannot be guessed (96 random bits).

    It never begins with a hyphen, so that a command takes it for a value and not for an option.
    """
    while (found := secrets.token_urlsafe(12)).startswith("-"):
        pass
    return found


def new_completion_code() -> str:
    """Return a completion code (128 random bits in capitals, so that it can be copied by hand)."""
    return secrets.token_hex(16).upper()


class Role(models.TextChoices):
    """A side of the conversation."""

    SEEKER = "seeker", _("Help-seeker")
    SUPPORTER = "supporter", _("Supporter")


class Outcome(models.TextChoices):
    """How a participation ended. One vocabulary for every recruiting site."""

    COMPLETED = "completed", _("Completed")
    PARTNER_LEFT = "partner_left", _("Partner left")
    LEFT_EARLY = "left_early", _("Left early")
    FAILED_TRAINING = "failed_training", _("Did not pass the training")
    PASSED_TRAINING = "passed_training", _("Passed the training")
    NO_MATCH = "no_match", _("No partner found")
    SAFETY_EXIT = "safety_exit", _("Safety exit")
    TECHNICAL_FAILURE = "technical_failure", _("Technical failure")
    NO_CONSENT = "no_consent", _("No consent")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    TIMED_OUT = "timed_out", _("Time ran out")


class Participant(models.Model):
    """A person, known to the research by a random identifier only.

    Personal data: a pseudonym. Kept as long as the study's records; erased texts leave it standing.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id)
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.public_id


class ExternalIdentity(models.Model):
    """A person's identifiers at a recruiting site.

    Personal data: the site's worker id, encrypted; deleted when the study's payments are settled.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="identities")
    provider = models.CharField(max_length=30)
    person_hash = models.CharField(max_length=64)
    """Keyed hash of (provider, worker id): finds the person again without storing the id in clear."""
    encrypted = models.BinaryField()

    class Meta:
        verbose_name_plural = "external identities"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "person_hash"], name="external_identity_person_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} identity of {self.participant_id}"


class Participation(models.Model):
    """One entry of a person into a study, from the recruiting link to the completion code.

    Personal data: a keyed hash of the recruiting site's submission id and of the browser's device cookie.
    """

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="participations")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="participations")
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT)
    provider = models.CharField(max_length=30)
    recruitment = models.ForeignKey(
        "study.Recruitment", on_delete=models.PROTECT, null=True, blank=True, related_name="participations"
    )
    """The task at the recruiting site; none where the study has not set one up."""
    cohort = models.CharField(max_length=60, blank=True)
    """The invitation's cohort."""
    session_hash = models.CharField(max_length=64, unique=True)
    """Keyed hash of (provider, study, submission id): the same submission comes back to the same place."""
    device_hash = models.CharField(max_length=64, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    consent = models.OneToOneField(
        "study.Consent", on_delete=models.PROTECT, null=True, blank=True, related_name="participation"
    )
    entered_at = models.DateTimeField(auto_now_add=True)
    active_at = models.DateTimeField(null=True, blank=True)
    """Last page that was opened, to the minute: who stays away too long is ended."""
    country = models.CharField(max_length=2, blank=True)
    """Where to show help for, as the participant said (ISO 3166-1); never guessed from an address."""
    card_at = models.DateTimeField(null=True, blank=True)
    """Since when every page shows the card of help: something that was written asked for it."""
    team_answered = models.BooleanField(default=False)
    """Whether an answer of the study team waits to be read."""
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    exit_status = models.CharField(max_length=2, blank=True)
    """00 to 03 as in Figure 8; empty for outcomes that the paper does not know."""
    ended_at = models.DateTimeField(null=True, blank=True)
    completion_code = models.CharField(max_length=64, blank=True)
    """Made when the participation ends, never before."""

    class Meta:
        constraints = [
            # No path into the study without consent: no role, so no tutorial, no survey, no seat.
            models.CheckConstraint(
                condition=Q(role="") | Q(consent__isnull=False), name="participation_role_needs_consent"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["", "seeker", "supporter"]), name="participation_role_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True)
                | (~Q(outcome="") & Q(ended_at__isnull=False) & ~Q(completion_code="")),
                name="participation_outcome_and_code_together",
            ),
        ]
        indexes = [models.Index(fields=["study", "outcome"]), models.Index(fields=["study", "role"])]

    def __str__(self) -> str:
        return self.public_id

    @property
    def ended(self) -> bool:
        """Whether the participation has its outcome."""
        return self.outcome != ""

    @property
    def fixed_role(self) -> str:
        """The role that the task at the recruiting site is for; empty where the participant chooses."""
        fixed = Part(self.recruitment.part).role if self.recruitment is not None else ""
        # Supporters of a comparison come by a task of their own; everybody else is there to compare.
        return fixed or (Role.SEEKER.value if self.protocol_version.protocol.comparison else "")

    @property
    def compares(self) -> bool:
        """Whether this participation is two conversations and their comparison, not one conversation."""
        compared = self.protocol_version.protocol.comparison is not None
        return compared and (self.role or self.fixed_role) == Role.SEEKER

    @property
    def training_only(self) -> bool:
        """Whether this is the training as a task of its own, which ends with the exam."""
        return self.recruitment is not None and self.recruitment.part == Part.TRAINING


class InvitationLink(models.Model):
    """A link that lets people in, once or often.

    Personal data: none; the token itself is stored as a hash only.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=10, choices=Role.choices, blank=True)
    cohort = models.CharField(max_length=60, blank=True)
    max_uses = models.PositiveIntegerField(default=1)
    uses = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(uses__lte=models.F("max_uses")), name="invitation_uses_bounded"
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.study_id}"
