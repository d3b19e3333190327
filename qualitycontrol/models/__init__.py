"""Rows of the qualitycontrol room."""

from qualitycontrol.models.assessment import Assessment, AssessmentEvent
from qualitycontrol.models.audit import AuditEvent
from qualitycontrol.models.deidentification import DeidentificationMark, DeidentificationPass
from qualitycontrol.models.flag import ConversationFlag
from qualitycontrol.models.intensity import IntensityDecision
from qualitycontrol.models.judgement import Judgement
from qualitycontrol.models.judging import JudgingItem, JudgingSample
from qualitycontrol.models.release import Release, ReleaseItem
from qualitycontrol.models.release_job import ReleaseJob
from qualitycontrol.models.review import (
    ReviewAssignment,
    ReviewDecision,
    ReviewerParticipant,
    ReviewItem,
    ReviewStep,
    ReviewVote,
)

__all__ = [
    "Assessment",
    "AssessmentEvent",
    "AuditEvent",
    "ConversationFlag",
    "DeidentificationMark",
    "DeidentificationPass",
    "IntensityDecision",
    "Judgement",
    "JudgingItem",
    "JudgingSample",
    "Release",
    "ReleaseItem",
    "ReleaseJob",
    "ReviewAssignment",
    "ReviewDecision",
    "ReviewItem",
    "ReviewStep",
    "ReviewVote",
    "ReviewerParticipant",
]
