"""The collection room's door for the rooms above."""

from collection.models import (
    Conversation,
    ConversationEvent,
    FeedbackRequest,
    Seat,
    StrategyRevision,
    Utterance,
)
from collection.selectors import (
    ConversationFacts,
    conversation_facts,
    conversation_get,
    conversation_record,
    current_strategy,
    feedback_places,
)

__all__ = [
    "Conversation",
    "ConversationEvent",
    "ConversationFacts",
    "FeedbackRequest",
    "Seat",
    "StrategyRevision",
    "Utterance",
    "conversation_facts",
    "conversation_get",
    "conversation_record",
    "current_strategy",
    "feedback_places",
]
