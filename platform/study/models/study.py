"""A study: one protocol, one pool of participants."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.utils.translation import gettext_lazy as _

from study.models.protocol_version import ProtocolVersion


class Study(models.Model):
    """One collection of conversations under one protocol at a time.

    Personal data: the contact of the study team, shown to every participant.
    """

    class State(models.TextChoices):
        """Whether the study takes people in."""

        DRAFT = "draft", _("Being set up")
        OPEN = "open", _("Open")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")

    class Monitoring(models.TextChoices):
        """Whether somebody of the study team reads along while people talk."""

        NONE = "none", _("Nobody reads along")
        OFFICE_HOURS = "office_hours", _("During office hours")
        LIVE = "live", _("While conversations are possible")

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT, related_name="studies")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    contact = models.CharField(max_length=200, help_text=_("Whom participants write to."))
    institution = models.CharField(max_length=200, blank=True)
    review_board = models.CharField(
        max_length=200, blank=True, help_text=_("Ethics approval and its number.")
    )
    is_demo = models.BooleanField(
        default=False,
        help_text=_("Anyone may enter by the anonymous link and practise with a scripted partner."),
    )
    monitoring = models.CharField(
        max_length=12,
        choices=Monitoring.choices,
        default=Monitoring.NONE,
        help_text=_(
            "Whether somebody reads along: changes the consent text, the chat and the reviewers' clock."
        ),
    )
    office_zone = models.CharField(
        max_length=40, default="UTC", help_text=_("Time zone of the office hours, such as Europe/Berlin.")
    )
    office_days = models.CharField(
        max_length=7, default="12345", help_text=_("Days with office hours: 1 is Monday, 7 is Sunday.")
    )
    office_from = models.TimeField(default=time(9))
    office_until = models.TimeField(default=time(17))
    budget_soft = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    """Nobody new comes in once this much is booked."""
    budget_hard = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    """Nobody new comes in whose pay, with everybody's inside, could exceed this."""
    preview_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="preview"
    )
    """The study whose pages the study team tries out here; what happens here is practice and counts nowhere."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "open", "paused", "closed"]), name="study_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(monitoring__in=["none", "office_hours", "live"]),
                name="study_monitoring_known",
            ),
            models.CheckConstraint(
                condition=models.Q(office_from__lt=models.F("office_until")),
                name="study_office_hours_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title
