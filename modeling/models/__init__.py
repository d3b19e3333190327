"""Trainings, what they left, what was measured of it, and the agents that take a seat."""

from modeling.models.agent import Agent
from modeling.models.agent_turn import AgentPreview, AgentTurn
from modeling.models.checkpoint import Checkpoint, Evaluation
from modeling.models.training import TrainingEvent, TrainingRun

__all__ = ["Agent", "AgentPreview", "AgentTurn", "Checkpoint", "Evaluation", "TrainingEvent", "TrainingRun"]
