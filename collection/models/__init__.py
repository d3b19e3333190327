"""Rows of the collection room."""

from collection.models.conversation import Conversation, ConversationEvent, Seat
from collection.models.lobby import Ticket
from collection.models.safety import (
    CaseStep,
    CheckIn,
    PairingFreeze,
    PartnerReport,
    RiskSample,
    SafetyCase,
    SafetySignal,
    TeamMessage,
)
from collection.models.surveys import PreChatSurvey, SeekerSurvey, SupporterSurvey
from collection.models.utterance import FeedbackRequest, StrategyRevision, Utterance

__all__ = [
    "CaseStep",
    "CheckIn",
    "Conversation",
    "ConversationEvent",
    "FeedbackRequest",
    "PairingFreeze",
    "PartnerReport",
    "PreChatSurvey",
    "RiskSample",
    "SafetyCase",
    "SafetySignal",
    "Seat",
    "SeekerSurvey",
    "StrategyRevision",
    "SupporterSurvey",
    "TeamMessage",
    "Ticket",
    "Utterance",
]
