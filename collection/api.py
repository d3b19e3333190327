"""The collection room's door for the rooms above."""

from collection.domain.errors import Outdated
from collection.domain.exits import EndReason, outcome
from collection.domain.lifecycle import State as ConversationState
from collection.domain.lobby import TicketState
from collection.domain.safety import OPEN_CASES
from collection.domain.scripted import SUPPORTER_LINES
from collection.journey import Step, step_now
from collection.models import (
    Conversation,
    ConversationEvent,
    FeedbackRequest,
    SafetyCase,
    Seat,
    StrategyRevision,
    Ticket,
    Utterance,
)
from collection.safety_queue import safety_cases, safety_open_counts
from collection.selectors import (
    ConversationFacts,
    chosen_strategy,
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
from collection.services.lobby import ticket_open as lobby_enter
from collection.services.output import output_check
from collection.services.program_turns import (
    ProgramOwing,
    ProgramView,
    SaidToProgram,
    program_gave_up,
    program_say,
    program_types,
    program_view,
    programs_owing,
    programs_sitting,
)
from collection.services.programs import program_conversation_start
from collection.services.retention import conversations_closed_before, conversations_erase
from collection.services.revisions import strategy_revise
from collection.services.team_acts import TEAM_REASONS, conversation_end_by_team, conversation_write

__all__ = [
    "OPEN_CASES",
    "SUPPORTER_LINES",
    "TEAM_REASONS",
    "AlreadyImported",
    "Conversation",
    "ConversationEvent",
    "ConversationFacts",
    "ConversationState",
    "EndReason",
    "FeedbackRequest",
    "ImportSource",
    "Outdated",
    "ProgramOwing",
    "ProgramView",
    "SafetyCase",
    "SaidToProgram",
    "Seat",
    "Step",
    "StrategyRevision",
    "Ticket",
    "TicketState",
    "Utterance",
    "chosen_strategy",
    "conversation_end_by_team",
    "conversation_facts",
    "conversation_get",
    "conversation_import",
    "conversation_record",
    "conversation_write",
    "conversations_closed_before",
    "conversations_erase",
    "conversations_facts",
    "current_strategy",
    "feedback_places",
    "lobby_enter",
    "outcome",
    "output_check",
    "pre_chat_values",
    "program_conversation_start",
    "program_gave_up",
    "program_say",
    "program_types",
    "program_view",
    "programs_owing",
    "programs_sitting",
    "public_release",
    "safety_cases",
    "safety_open_counts",
    "step_now",
    "strategy_revise",
]
