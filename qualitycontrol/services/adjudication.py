"""Decide about the strategies that the reviewers did not agree with."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser

from collection.api import StrategyRevision, strategy_revise
from qualitycontrol.domain.review_lifecycle import ReviewEvent, ReviewState
from qualitycontrol.domain.strategy_review import Action, label_after
from qualitycontrol.models import AuditEvent, ReviewDecision, ReviewItem
from qualitycontrol.review_queue import took_part
from qualitycontrol.rights import may_adjudicate
from qualitycontrol.services.audit import audit_add
from qualitycontrol.services.review_items import (
    ReviewClosed,
    ReviewConflict,
    ReviewForbidden,
    StrategyNotOffered,
    item_advance,
    item_locked,
)
from study.clock import database_now
from study.domain.errors import ApplicationError


class DecisionIncomplete(ApplicationError):
    """The decision contradicts itself, or gives no reason."""

    code = "decision_incomplete"


def adjudicate(
    item_id: int, *, user: AbstractBaseUser, action: Action, reason: str, new: str = ""
) -> ReviewDecision:
    """Store what an adjudicator decided; a change becomes a revision of the utterance, beside the author's choice.

    The same decision sent again changes nothing.

    Raises:
        ReviewForbidden: the account may not adjudicate (any more), or took part in the conversation.
        ReviewWithdrawn: a participant withdrew.
        ReviewClosed: it was decided otherwise, or is not for adjudication.
        DecisionIncomplete: there is no reason, or the new strategy does not fit the action.
        StrategyNotOffered: the protocol has no such strategy.
    """
    if not may_adjudicate(user.pk):
        raise ReviewForbidden
    with item_locked(item_id) as item:
        if took_part(user.pk, item.conversation_id):
            raise ReviewForbidden
        label = _label(item, action, new)
        if earlier := ReviewDecision.objects.filter(item=item).first():
            if (earlier.action, earlier.label) != (action, label):
                raise ReviewConflict("This item was decided otherwise already; nothing was stored.")
            return earlier
        if item.state != ReviewState.ADJUDICATION:
            raise ReviewClosed
        if not reason.strip():
            raise DecisionIncomplete("Please say why.")
        return _decide(item, user, action, label=label, reason=reason.strip())


def _label(item: ReviewItem, action: Action, new: str) -> str:
    if new and new not in item.conversation.protocol_version.protocol.strategies_by_key:
        raise StrategyNotOffered
    try:
        return label_after(action, label=item.label, new=new)
    except ValueError as error:
        raise DecisionIncomplete(f"This cannot be stored: {error}.") from None


def _decide(
    item: ReviewItem, user: AbstractBaseUser, action: Action, *, label: str, reason: str
) -> ReviewDecision:
    by = user.get_username()
    revision: StrategyRevision | None = None
    if action is Action.CHANGE:
        revision = strategy_revise(item.utterance_id, strategy=label, by=by[:100], reason=reason)
    decision = ReviewDecision.objects.create(
        item=item,
        action=action,
        label=label,
        reason=reason,
        adjudicator_id=user.pk,
        at=database_now(),
        revision=revision,
    )
    item_advance(item, ReviewEvent.DECIDE, by=by, reason=f"{action}: {reason}")
    audit_add(item.conversation, user=user, action=AuditEvent.Action.STRATEGY_ADJUDICATED, detail=action)
    return decision
