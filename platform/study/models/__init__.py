"""Rows of the study room."""

from study.models.consent import Consent
from study.models.ledger import LedgerEntry
from study.models.participant import ExternalIdentity, InvitationLink, Participant, Participation
from study.models.protocol_version import ProtocolVersion
from study.models.study import Study

__all__ = [
    "Consent",
    "ExternalIdentity",
    "InvitationLink",
    "LedgerEntry",
    "Participant",
    "Participation",
    "ProtocolVersion",
    "Study",
]
