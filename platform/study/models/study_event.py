"""What was changed about a study, when and by whom."""

from __future__ import annotations

from django.db import models

from study.models.study import Study


class StudyEvent(models.Model):
    """One change of a study by the study team. Append-only.

    Personal data: the user name of the staff member.
    """

    class Kind(models.TextChoices):
        """What was done."""

        CREATED = "created"
        STATE = "state"
        DETAILS = "details"
        BUDGET = "budget"
        PROTOCOL = "protocol"
        RECRUITMENT = "recruitment"
        INVITATION = "invitation"
        PREVIEW = "preview"
        PAYMENT = "payment"
        ERASURE = "erasure"
        RELEASE = "release"

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "created",
                        "state",
                        "details",
                        "budget",
                        "protocol",
                        "recruitment",
                        "invitation",
                        "preview",
                        "payment",
                        "erasure",
                        "release",
                    ]
                ),
                name="study_event_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.study_id}"
