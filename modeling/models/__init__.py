"""Trainings, what they left, what was measured of it, the agents that take a seat, and campaigns that compare them."""

from modeling.models.agent import Agent
from modeling.models.agent_turn import AgentPreview, AgentTurn
from modeling.models.campaign import HUMAN, Campaign, CampaignArm, CampaignStep, Pair, PairAnswer
from modeling.models.checkpoint import Checkpoint, Evaluation
from modeling.models.training import TrainingEvent, TrainingRun

__all__ = [
    "HUMAN",
    "Agent",
    "AgentPreview",
    "AgentTurn",
    "Campaign",
    "CampaignArm",
    "CampaignStep",
    "Checkpoint",
    "Evaluation",
    "Pair",
    "PairAnswer",
    "TrainingEvent",
    "TrainingRun",
]
