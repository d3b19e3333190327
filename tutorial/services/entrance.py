"""Who may write in the training, and the lock under which they do."""

from __future__ import annotations

from study.models import Participant, Participation
from study.models.participant import Role
from tutorial.domain.errors import NotASupporter, TrainingClosed


def check_supporter(participation: Participation) -> None:
    """Refuse everybody but supporters who have consented.

    Raises:
        NotASupporter: the role is another one, or there is no consent.
    """
    if participation.role != Role.SUPPORTER or participation.consent_id is None:
        raise NotASupporter


def participation_lock(participation_id: int) -> Participation:
    """Return the participation, holding a SELECT FOR UPDATE lock on its participant.

    Everything that one participant does in the exam happens one after the other under this lock, whatever number
    of tabs, devices or participations it comes from. Should be called in a transaction, before any other lock:
    the order is participant, attempt, participation.

    Raises:
        NotASupporter: see `check_supporter`.
    """
    participation = Participation.objects.only("participant_id").get(pk=participation_id)
    Participant.objects.select_for_update(no_key=True).get(pk=participation.participant_id)
    # Read after the lock was won: what stood here before may be the other tab's past.
    fresh = (
        Participation.objects.select_related("participant", "protocol_version", "study", "recruitment")
        # Parsed once per process; its text need not come with every row.
        .defer("protocol_version__document")
        .get(pk=participation_id)
    )
    check_supporter(fresh)
    return fresh


def check_open(participation: Participation) -> None:
    """Refuse what comes after the end of the participation.

    Raises:
        TrainingClosed: the participation has its outcome.
    """
    if participation.ended:
        raise TrainingClosed
