"""Take nobody in whom the study cannot pay."""

from __future__ import annotations

from decimal import Decimal

from study.domain.errors import BudgetReached
from study.domain.pay import most_to_earn
from study.domain.recruitment import Part
from study.models import Study
from study.selectors import study_booked, study_committed


def intake_check(study: Study, *, part: Part) -> None:
    """Refuse a new participation that the study's budget does not allow.

    The soft cap looks at what is booked, the hard one at what is booked and what everybody inside may still earn.
    Should be called inside the transaction that lets somebody in: with a hard cap it locks the study's row, so that
    the last place is given once.

    Raises:
        BudgetReached: one of the caps is reached.
    """
    if study.budget_soft is not None and study_booked(study) >= study.budget_soft:
        raise BudgetReached
    if study.budget_hard is None:
        return
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    rewards = study.protocol_version.protocol.rewards
    newcomer = most_to_earn(rewards, role=part.role, training_only=part is Part.TRAINING)
    if study_committed(study) + newcomer > study.budget_hard:
        raise BudgetReached


def budget_allows_another(study: Study) -> bool:
    """Return whether the hard cap covers everybody inside, each with one more conversation.

    Asked when somebody whose conversation is paid may begin another. Should be called inside the transaction that
    offers it: with a hard cap it locks the study's row, like an arrival.
    """
    if study.budget_hard is None:
        return True
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    return study_committed(study) <= study.budget_hard


def budget_set(study: Study, *, soft: Decimal | None, hard: Decimal | None) -> Study:
    """Set both caps; None means no cap.

    Raises:
        ValueError: a cap is negative, or the soft one lies above the hard one.
    """
    if any(cap is not None and cap < 0 for cap in (soft, hard)):
        raise ValueError("A cap cannot be negative.")
    if soft is not None and hard is not None and soft > hard:
        raise ValueError("The soft cap lies above the hard one, so it would never act.")
    study.budget_soft, study.budget_hard = soft, hard
    study.save(update_fields=["budget_soft", "budget_hard"])
    return study
