"""The collection room's door for the rooms above."""

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State as ConversationState
from collection.domain.lobby import TicketState
from collection.models import (
    Conversation,
    ConversationEvent,
    FeedbackRequest,
    Seat,
    StrategyRevision,
    Ticket,
    Utterance,
)
from collection.safety_queue import safety_cases, safety_open_counts
from collection.selectors import (
    ConversationFacts,
    conversation_facts,
    conversation_get,
    conversation_record,
    conversations_facts,
    current_strategy,
    feedback_places,
    pre_chat_values,
    public_release,
)
from collection.services.imports import AlreadyImported, ImportSource, conversation_import
from collection.services.output import output_check
from collection.services.programs import program_conversation_start
from collection.services.revisions import strategy_revise

__all__ = [
    "AlreadyImported",
    "Conversation",
    "ConversationEvent",
    "ConversationFacts",
    "ConversationState",
    "EndReason",
    "FeedbackRequest",
    "ImportSource",
    "Seat",
    "StrategyRevision",
    "Ticket",
    "TicketState",
    "Utterance",
    "conversation_facts",
    "conversation_get",
    "conversation_import",
    "conversation_record",
    "conversations_facts",
    "current_strategy",
    "feedback_places",
    "output_check",
    "pre_chat_values",
    "program_conversation_start",
    "public_release",
    "safety_cases",
    "safety_open_counts",
    "strategy_revise",
]
