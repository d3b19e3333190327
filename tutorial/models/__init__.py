"""Rows of the training room."""

from tutorial.models.attempt import Attempt, AttemptItem
from tutorial.models.progress import PageProgress, QuizAnswer
from tutorial.models.qualification import Qualification

__all__ = ["Attempt", "AttemptItem", "PageProgress", "Qualification", "QuizAnswer"]
