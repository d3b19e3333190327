"""How long, and for which protocols, a passed exam admits to conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from study.domain.exam_content import ExamRule
from study.domain.protocol import Protocol, text_digest


@dataclass(frozen=True, slots=True)
class Grant:
    """A qualification as it was granted."""

    protocol_name: str
    training_sha256: str
    """Digest of the pages, items and rule in which the supporter was examined."""
    granted_at: datetime
    expires_at: datetime
    revoked: bool


def training_digest(protocol: Protocol) -> str:
    """Return the sha256 of everything that a supporter learns and is asked: pages, items and the exam's rule.

    Two versions of a protocol that differ only elsewhere, in a price for example, have the same digest,
    and a qualification for the one is good for the other.
    """
    return text_digest(protocol.tutorial_content)


def expiry(granted_at: datetime, rule: ExamRule) -> datetime:
    """Return the instant from which a qualification granted at `granted_at` is no longer good."""
    return granted_at + timedelta(days=rule.qualification_days)


def qualifies(grant: Grant, *, protocol_name: str, training_sha256: str, now: datetime) -> bool:
    """Whether a grant admits to conversations under the protocol at `now`."""
    return (
        not grant.revoked
        and grant.granted_at <= now < grant.expires_at
        and grant.protocol_name == protocol_name
        and grant.training_sha256 == training_sha256
    )


def barred(grants: Sequence[Grant], *, protocol_name: str) -> bool:
    """Whether the latest grant under the protocol was revoked: such a supporter may not simply sit the exam again.

    A new grant by the study team lifts it.
    """
    own = [grant for grant in grants if grant.protocol_name == protocol_name]
    return bool(own) and max(own, key=lambda grant: grant.granted_at).revoked
