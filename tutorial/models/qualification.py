"""Who may support."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from study.models import Participant, ProtocolVersion
from tutorial.models.attempt import Attempt

REASON_MAX_LENGTH = 200


class Qualification(models.Model):
    """A participant's admission to the supporter's seat. Never deleted: it expires, or it is revoked with a reason.

    Personal data: that a pseudonym passed, and why an admission was taken back. Kept as long as the study's records.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="qualifications")
    protocol_version = models.ForeignKey(ProtocolVersion, on_delete=models.PROTECT)
    training_sha256 = models.CharField(max_length=64)
    """Digest of what was examined; see `tutorial.domain.qualification.training_digest`."""
    attempt = models.OneToOneField(
        Attempt, on_delete=models.PROTECT, null=True, blank=True, related_name="qualification"
    )
    """The attempt that earned it; none when the study team granted it."""
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=REASON_MAX_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("granted_at")), name="qualification_expires_after_grant"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_reason="")),
                name="qualification_revoked_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["participant", "protocol_version"], name="qualification_of_person")]
        ordering = ["participant", "granted_at"]

    def __str__(self) -> str:
        return f"qualification of {self.participant_id}"
