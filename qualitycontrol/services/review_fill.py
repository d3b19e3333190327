"""Put utterances into the queue of the strategy review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db import transaction

from collection.api import Conversation, Utterance, current_strategy
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.domain.strategy_review import Entry, Rule, entry, mode, place
from qualitycontrol.models import Assessment, ConversationFlag, ReviewItem
from qualitycontrol.review_queue import conversation_withdrawn
from qualitycontrol.selectors import assessments_current
from study.clock import database_now
from study.domain.errors import ApplicationError
from study.domain.protocol import Review
from study.models import Study
from study.models.participant import Role

REVIEWED = (State.QUALIFIED, State.INTENSITY_QUERIED)
"""What was approved and is not published yet (§4.3: annotations are corrected after the approval)."""

Gold = Mapping[tuple[str, int], str]
"""Known strategies, by public id of the conversation and ordinal."""


class GoldInvalid(ApplicationError):
    """A known label belongs to no supporter's utterance of the queue, or is no strategy."""

    code = "gold_invalid"


def rule_of(review: Review) -> Rule:
    """Return the protocol's rule for items."""
    return Rule(
        sampled_share=review.sampled_share,
        blind_share=review.blind_share,
        gold_share=review.gold_share,
        adjudicate_above_share=review.adjudicate_above_share,
    )


def review_fill(study: Study, *, seed: int, gold: Gold | None = None) -> Counter[Entry]:
    """Let a study's approved conversations enter the queue; return how many utterances entered, by reason.

    Filling again with the same seed adds only what is new: an utterance enters once, for good. Practice never does.

    Raises:
        GoldInvalid: `gold` names what cannot enter, or has entered without being gold; nothing enters then.
    """
    known = dict(gold or {})
    assessments = assessments_current().filter(conversation__study=study, state__in=REVIEWED)
    entered: Counter[Entry] = Counter()
    with transaction.atomic():
        for pk in assessments.order_by("pk").values_list("pk", flat=True):
            entered.update(_fill(pk, seed=seed, gold=known))
        if known:
            names = ", ".join(f"{public_id} {ordinal}" for public_id, ordinal in sorted(known))
            raise GoldInvalid(f"These messages cannot become gold items: {names}.")
    return entered


def _fill(assessment_id: int, *, seed: int, gold: dict[tuple[str, int], str]) -> list[Entry]:
    """Let one conversation enter; take what became gold out of `gold`."""
    assessment = (
        # A release locks the same row: whichever comes second sees what the first one did.
        Assessment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("conversation__protocol_version")
        .defer("conversation__protocol_version__document")
        .filter(pk=assessment_id, state__in=REVIEWED, superseded_at=None)
        .first()
    )
    # A program's choice of strategy is what a test of it measures: nobody corrects it.
    programs = {Conversation.Origin.PRACTICE, Conversation.Origin.AGENT}
    if assessment is None or assessment.conversation.origin in programs:
        return []
    conversation = assessment.conversation
    if conversation_withdrawn(conversation.pk).exists():
        return []
    rule = rule_of(conversation.protocol_version.protocol.quality.review)
    flagged = _flagged(conversation)
    made = [
        item
        for utterance in _new(conversation, gold)
        if (item := _item(conversation, utterance, flagged=flagged, gold=gold, rule=rule, seed=seed))
    ]
    return [Entry(item.entry) for item in ReviewItem.objects.bulk_create(made)]


def _flagged(conversation: Conversation) -> set[int]:
    flags = ConversationFlag.objects.filter(conversation=conversation)
    return {ordinal for ordinals in flags.values_list("ordinals", flat=True) for ordinal in ordinals}


def _new(conversation: Conversation, gold: dict[tuple[str, int], str]) -> list[Utterance]:
    utterances = Utterance.objects.filter(conversation=conversation, seat__role=Role.SUPPORTER)
    entered = dict(
        ReviewItem.objects.filter(conversation=conversation).values_list("utterance_id", "gold_label")
    )
    new = []
    for utterance in utterances.prefetch_related("revisions").order_by("ordinal"):
        key = (conversation.public_id, utterance.ordinal)
        if utterance.pk not in entered:
            new.append(utterance)
        elif entered[utterance.pk] and entered[utterance.pk] == gold.get(key):
            gold.pop(key)  # the same file again
    return new


def _item(
    conversation: Conversation,
    utterance: Utterance,
    *,
    flagged: set[int],
    gold: dict[tuple[str, int], str],
    rule: Rule,
    seed: int,
) -> ReviewItem | None:
    key = f"{conversation.public_id}:{utterance.ordinal}"
    label = gold.get((conversation.public_id, utterance.ordinal), "")
    protocol = conversation.protocol_version.protocol
    if label and label not in protocol.strategies_by_key:
        raise GoldInvalid(f"{label!r} is no strategy of {conversation.protocol_version}.")
    why = entry(utterance.ordinal, key=key, flagged=flagged, gold=bool(label), rule=rule, seed=seed)
    if why is None:
        return None
    gold.pop((conversation.public_id, utterance.ordinal), None)
    return ReviewItem(
        conversation=conversation,
        utterance=utterance,
        entry=why,
        mode=mode(why, key=key, rule=rule, seed=seed),
        label=current_strategy(utterance),
        gold_label=label,
        reviewers=protocol.quality.review.reviewers_per_item,
        place=place(seed, key),
        entered_at=database_now(),
    )
