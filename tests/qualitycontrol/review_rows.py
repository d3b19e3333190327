"""Items, reviewers and votes for the tests of the strategy review."""

from __future__ import annotations

import itertools

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User

from collection.api import Conversation, Seat, Utterance
from qualitycontrol.domain.strategy_review import Entry, Mode
from qualitycontrol.models import ReviewItem, ReviewVote
from qualitycontrol.rights import REVIEWERS
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.review_claims import item_claim
from qualitycontrol.services.review_votes import vote_give
from study.clock import database_now
from study.models import Participant, Participation, Study
from study.models.participant import new_completion_code
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations

_numbers = itertools.count(1)


def make_reviewer(name: str = "", *, groups: tuple[str, ...] = (REVIEWERS,), superuser: bool = False) -> User:
    """Return a staff account that may review."""
    user = get_user_model().objects.create_user(
        name or f"reviewer-{next(_numbers)}", is_staff=True, is_superuser=superuser
    )
    user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
    return user


def make_qualified(count: int = 1, *, study: Study | None = None, pairs: int = 8) -> list[Conversation]:
    """Return conversations that qualified."""
    rows = make_conversations(*[make_record(pairs=pairs)] * count, study=study)
    for row in rows:
        assert assessment_make(row.pk).state == "qualified"
    return rows


def make_items(
    count: int = 1, *, reviewers: int = 5, mode: Mode = Mode.VERIFY, gold: str = ""
) -> list[ReviewItem]:
    """Return open items about as many utterances, in the order of the queue; all are labelled "question"."""
    rows = make_qualified(-(-count // 8))
    utterances = Utterance.objects.filter(conversation__in=rows, seat__role="supporter")
    return ReviewItem.objects.bulk_create(
        ReviewItem(
            conversation=utterance.conversation,
            utterance=utterance,
            entry=Entry.GOLD if gold else Entry.SAMPLED,
            mode=Mode.BLIND if gold else mode,
            label=utterance.strategy,
            gold_label=gold,
            reviewers=reviewers,
            place=place,
            entered_at=database_now(),
        )
        for place, utterance in enumerate(utterances.order_by("conversation", "ordinal")[:count])
    )


def vote(user: User, label: str, *, item: ReviewItem | None = None) -> ReviewVote:
    """Let a reviewer claim the next item, which must be `item` where one is given, and vote on it."""
    claimed = item_claim(user.pk)
    assert item is None or claimed.item == item
    return vote_give(claimed.item_id, user_id=user.pk, label=label, client_uid=f"uid-{next(_numbers)}")


def take_part(conversation: Conversation, *, role: str = "supporter") -> Participant:
    """Put a participant into a seat of the conversation."""
    participant = Participant.objects.create()
    participation = Participation.objects.create(
        participant=participant,
        study=conversation.study,
        protocol_version=conversation.protocol_version,
        provider="test",
        session_hash=new_completion_code(),
    )
    Seat.objects.filter(conversation=conversation, role=role).update(participation=participation)
    return participant
