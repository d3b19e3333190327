"""How a study recruits at each site, and what a site knows of a submission."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from study.domain.recruitment import Action, Part
from study.models.participant import Outcome, Participation
from study.models.study import Study


class Recruitment(models.Model):
    """One task at one recruiting site that leads into a study: where it goes back to, and what the site pays.

    Personal data: none.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="recruitments")
    provider = models.CharField(max_length=30)
    part = models.CharField(
        max_length=12, choices=[(p.value, p.value) for p in Part], default=Part.WHOLE.value
    )
    reward = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    """What the site itself pays for an approved submission; the rest of the ledger is paid as a bonus."""
    finish_url = models.CharField(max_length=500, blank=True)
    """Overrides the site's page of return; see `study.domain.recruitment.check_finish_url`."""
    person_parameter = models.CharField(max_length=60, blank=True)
    session_parameter = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "provider", "part"], name="recruitment_once_per_part"),
            models.CheckConstraint(
                condition=Q(part__in=[p.value for p in Part]), name="recruitment_part_known"
            ),
            models.CheckConstraint(condition=Q(reward__gte=0), name="recruitment_reward_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.part} of {self.study_id}"


class CompletionCode(models.Model):
    """What a site is told for one outcome. Secret until it is earned.

    Personal data: none.
    """

    recruitment = models.ForeignKey(Recruitment, on_delete=models.PROTECT, related_name="codes")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    code = models.CharField(max_length=64)
    action = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Action])
    pays = models.DecimalField(max_digits=8, decimal_places=2)
    """What the site pays by itself for this code."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recruitment", "outcome"], name="completion_code_per_outcome"),
            models.CheckConstraint(
                condition=Q(action__in=[a.value for a in Action]), name="completion_code_action_known"
            ),
            models.CheckConstraint(condition=Q(pays__gte=0), name="completion_code_pays_not_negative"),
        ]

    def __str__(self) -> str:
        return f"code for {self.outcome} of {self.recruitment_id}"


class ExternalSubmission(models.Model):
    """A site's identifiers of one submission: for paying it, and for the way back.

    Personal data: the site's ids of person and submission, encrypted; deleted on withdrawal once everything is paid.
    """

    participation = models.OneToOneField(
        Participation, on_delete=models.PROTECT, related_name="external_submission"
    )
    encrypted = models.BinaryField()

    def __str__(self) -> str:
        return f"submission of {self.participation_id}"


class ResumeCode(models.Model):
    """What somebody who came by the anonymous link comes back with.

    Personal data: none; the code itself is stored as a keyed hash only.
    """

    participation = models.OneToOneField(Participation, on_delete=models.PROTECT, related_name="resume_code")
    code_hash = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"resume code of {self.participation_id}"
