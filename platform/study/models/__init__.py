"""Rows of the study room."""

from study.models.attempts import AttemptWindow
from study.models.consent import Consent
from study.models.ledger import LedgerEntry
from study.models.participant import ExternalIdentity, InvitationLink, Participant, Participation
from study.models.payment import PaymentItem, PaymentLine, PaymentPlan
from study.models.protocol_version import ProtocolVersion
from study.models.recruitment import CompletionCode, ExternalSubmission, Recruitment, ResumeCode
from study.models.safety import ResourceCheck, RetentionRun
from study.models.study import Study
from study.models.study_event import StudyEvent
from study.models.withdrawal import Withdrawal

__all__ = [
    "AttemptWindow",
    "CompletionCode",
    "Consent",
    "ExternalIdentity",
    "ExternalSubmission",
    "InvitationLink",
    "LedgerEntry",
    "Participant",
    "Participation",
    "PaymentItem",
    "PaymentLine",
    "PaymentPlan",
    "ProtocolVersion",
    "Recruitment",
    "ResourceCheck",
    "ResumeCode",
    "RetentionRun",
    "Study",
    "StudyEvent",
    "Withdrawal",
]
