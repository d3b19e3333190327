"""Let staff accounts review, and keep them from their own conversations."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.db import transaction

from qualitycontrol.models import ReviewerParticipant
from qualitycontrol.rights import ADJUDICATORS, REVIEWERS
from study.domain.errors import ApplicationError
from study.models import Participant


class ReviewerRefused(ApplicationError):
    """This account cannot become a reviewer."""

    code = "reviewer_refused"


@transaction.atomic
def reviewer_add(user: User, *, adjudicator: bool = False, participants: tuple[str, ...] = ()) -> list[str]:
    """Put a staff account into the group of reviewers, or of adjudicators too; return its groups.

    `participants` are the public ids under which the person took part: their conversations are kept from the account.

    Raises:
        ReviewerRefused: the account is not active staff, or there is no such participant.
    """
    if not (user.is_active and user.is_staff):
        raise ReviewerRefused(f"{user.get_username()} is not an active staff account.")
    for name in (REVIEWERS, ADJUDICATORS) if adjudicator else (REVIEWERS,):
        user.groups.add(Group.objects.get_or_create(name=name)[0])
    for public_id in participants:
        participant = Participant.objects.filter(public_id=public_id).first()
        if participant is None:
            raise ReviewerRefused(f"There is no participant {public_id!r}.")
        ReviewerParticipant.objects.get_or_create(reviewer=user, participant=participant)
    return sorted(user.groups.values_list("name", flat=True))
