"""What a participant agreed to."""

from __future__ import annotations

from django.db import models

from study.models.participant import Participant
from study.models.protocol_version import ProtocolVersion


class Consent(models.Model):
    """A participant's decision on one version of the consent text.

    Personal data: the ticks and their time, kept as proof as long as the study's records.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="consents")
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT)
    text_version = models.CharField(max_length=40)
    text_sha256 = models.CharField(max_length=64)
    take_part = models.BooleanField()
    public_release = models.BooleanField()
    contact_again = models.BooleanField()
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(take_part=True), name="consent_means_taking_part")
        ]

    def __str__(self) -> str:
        return f"consent of {self.participant_id}"
