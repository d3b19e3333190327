"""A study: one protocol, one pool of participants."""

from __future__ import annotations

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
    budget_soft = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    """Nobody new comes in once this much is booked."""
    budget_hard = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    """Nobody new comes in whose pay, with everybody's inside, could exceed this."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "open", "paused", "closed"]), name="study_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title
