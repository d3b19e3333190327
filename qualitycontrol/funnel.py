"""From applicants and conversations to what the corpus keeps.

Source: Liu et al. 2021, §4.1 (5,449 applicants, 425 passed) and §4.3 (2,472 conversations, 1,342 finished and long
enough, 1,053 qualified).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db.models import Q, QuerySet

from collection.api import Conversation, ConversationState
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.selectors import assessments_current
from study.models import Participation, Study
from study.models.participant import Role
from tutorial.api import Attempt, TrainingState


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts of a study, each step a part of the one before it."""

    applicants: int
    """People who consented and chose to support."""
    passed: int
    """Of these, who passed the exam."""
    conversations: int
    """Conversations that began; imports began elsewhere."""
    finished_and_long_enough: int
    """Of these, what the preliminary filter left."""
    qualified: int
    """Of these, what the approval rule and the reviews took, released ones included."""

    def document(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def applicants(study: Study | None = None) -> QuerySet[Participation]:
    """Return the participations of everybody who consented and chose to support."""
    of_study = Q(study__preview_of=None) if study is None else Q(study=study)
    return Participation.objects.filter(of_study, role=Role.SUPPORTER)


def passed(study: Study | None = None) -> QuerySet[Attempt]:
    """Return the applicants' passed attempts."""
    return Attempt.objects.filter(
        participation__in=applicants(study).values("pk"), state=TrainingState.PASSED.value
    )


def conversations_begun(study: Study | None = None) -> QuerySet[Conversation]:
    """Return the conversations that began. Practice and tests of models do not count."""
    of_study = Q() if study is None else Q(study=study)
    return (
        Conversation.objects.filter(of_study)
        .exclude(origin__in=[Conversation.Origin.PRACTICE, Conversation.Origin.AGENT])
        .exclude(state__in=[ConversationState.READY_CHECK, ConversationState.CANCELLED])
    )


def funnel(study: Study | None = None) -> Funnel:
    """Return the funnel of one study, or of all of them. Practice and tests of models do not count.

    A conversation counts as finished and long enough by its assessment, so it counts once that is made.
    """
    begun = conversations_begun(study)
    current = assessments_current().filter(conversation__in=begun.values("pk"))
    return Funnel(
        applicants=applicants(study).values("participant").distinct().count(),
        passed=passed(study).values("participant").distinct().count(),
        conversations=begun.count(),
        finished_and_long_enough=current.exclude(state=State.FILTERED_OUT).count(),
        qualified=current.filter(state__in=[State.QUALIFIED, State.RELEASED]).count(),
    )


def unassessed_count(study: Study | None = None) -> int:
    """Return how many conversations that began are not over, or over and not assessed yet."""
    of_study = Q() if study is None else Q(study=study)
    began = Conversation.objects.filter(of_study).exclude(
        state__in=[ConversationState.READY_CHECK, ConversationState.CANCELLED]
    )
    return began.exclude(pk__in=assessments_current().values("conversation")).count()
