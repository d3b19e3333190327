"""Change the strategy of an utterance after the conversation, beside what was chosen first."""

from __future__ import annotations

from django.db import transaction

from collection.domain.errors import StrategyUnknown
from collection.models import StrategyRevision, Utterance
from collection.selectors import current_strategy
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.models.participant import Role


class RevisionRefused(ApplicationError):
    """There is nothing to revise."""

    code = "revision_refused"
    message = "This message has no strategy that could be changed to this one."


@transaction.atomic
def strategy_revise(utterance_id: int, *, strategy: str, by: str, reason: str) -> StrategyRevision:
    """Store an adjudicated strategy of a supporter's utterance, with who decided it and why.

    Raises:
        StrategyUnknown: the protocol of the conversation has no such strategy.
        RevisionRefused: the seeker said it, or the strategy stands there already.
    """
    utterance = (
        Utterance.objects.select_for_update(no_key=True, of=("self",))
        .select_related("seat", "conversation__protocol_version")
        .get(pk=utterance_id)
    )
    if strategy not in utterance.conversation.protocol_version.protocol.strategies_by_key:
        raise StrategyUnknown
    old = current_strategy(utterance)
    if utterance.seat.role != Role.SUPPORTER or strategy == old:
        raise RevisionRefused
    return StrategyRevision.objects.create(
        utterance=utterance,
        old=old,
        new=strategy,
        source=StrategyRevision.Source.ADJUDICATION,
        by=by,
        at=database_now(),
        reason=reason,
    )
