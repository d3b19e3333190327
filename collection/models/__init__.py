"""Rows of the collection room."""

from collection.models.conversation import Conversation, ConversationEvent, Seat
from collection.models.lobby import Ticket
from collection.models.surveys import PreChatSurvey, SeekerSurvey, SupporterSurvey
from collection.models.utterance import FeedbackRequest, StrategyRevision, Utterance

__all__ = [
    "Conversation",
    "ConversationEvent",
    "FeedbackRequest",
    "PreChatSurvey",
    "Seat",
    "SeekerSurvey",
    "StrategyRevision",
    "SupporterSurvey",
    "Ticket",
    "Utterance",
]
