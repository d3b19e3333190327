"""Trainings, what they left, and what was measured of it."""

from modeling.models.checkpoint import Checkpoint, Evaluation
from modeling.models.training import TrainingEvent, TrainingRun

__all__ = ["Checkpoint", "Evaluation", "TrainingEvent", "TrainingRun"]
