"""The tutorial room's door for the rooms above."""

from __future__ import annotations

from study.models import Participation
from tutorial.domain.marking import correct_position
from tutorial.domain.pages import quiz_order, tutorial_pages
from tutorial.domain.standing import TrainingState
from tutorial.models import Attempt
from tutorial.selectors import (
    Progress,
    attempt_get,
    drawn_items,
    is_qualified,
    items_by_key,
    progress,
    training_share,
    training_state,
)
from tutorial.services.attempts import training_settle
from tutorial.services.qualifications import qualification_grant, qualification_revoke

__all__ = [
    "Attempt",
    "Progress",
    "TrainingState",
    "attempt_get",
    "correct_positions",
    "is_qualified",
    "progress",
    "qualification_grant",
    "qualification_revoke",
    "quiz_positions",
    "training_settle",
    "training_share",
    "training_state",
]


def correct_positions(attempt: Attempt) -> dict[str, int]:
    """Return where the right option of each question is shown, 1 first, in the order of the questions.

    For rehearsals, which run on the server: what this returns must never reach a browser, a log or a file.
    """
    items = items_by_key(attempt)
    return {
        drawn.item_key: correct_position(items[drawn.item_key], drawn.option_order)
        for drawn in drawn_items(attempt)
    }


def quiz_positions(participation: Participation) -> dict[str, list[int]]:
    """Return where the right options of each page's quiz are shown to this supporter, 1 first.

    Keys are the pages in the order of reading. For rehearsals on the server, like `correct_positions`.
    """
    reader = participation.participant.public_id
    return {
        page.key: [correct_position(item, quiz_order(item, reader=reader)) for item in page.quiz]
        for page in tutorial_pages(participation.protocol_version.protocol)
    }
