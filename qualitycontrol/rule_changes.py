"""Which conversations another approval rule would take or refuse: all of them, not only those that somebody judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from msgspec.structs import replace

from collection.api import Conversation, ConversationFacts, ConversationState, conversations_facts
from qualitycontrol.domain.assessment import assess
from qualitycontrol.domain.calibration import Rule, measure, rule_of, verdicts
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.review_queue import conversation_withdrawn
from qualitycontrol.selectors import assessments_current
from study.domain.protocol import Approval, Quality
from study.models import ProtocolVersion


@dataclass(frozen=True, slots=True)
class Changes:
    """Public ids, oldest first."""

    taken: list[str]
    """Refused by the old rule, taken by the new one."""
    dropped: list[str]
    compared: int


def thresholds(rule: Rule) -> dict[str, int | float]:
    """Return the rule under the protocol's names; the protocol's rule asks nothing of the detail."""
    return {
        "improvement_min": int(rule.improvement),
        "supporter_mean_length_min": float(rule.supporter_mean_length),
        "empathy_min": int(rule.empathy),
        "relevance_min": int(rule.relevance),
        "seeker_mean_length_min": float(rule.seeker_mean_length),
    }


def rule_changes(version: ProtocolVersion, rule: Rule) -> Changes:
    """Return what changes among all conversations held under a protocol of this name, whatever the study.

    What the preliminary filter took out stays out, and so does who withdrew.
    """
    passed = assessments_current().exclude(state__in=[State.PENDING, State.FILTERED_OUT])
    conversations = Conversation.objects.filter(
        ~Exists(conversation_withdrawn(OuterRef("pk"))),
        state=ConversationState.CLOSED,
        protocol_version__name=version.name,
        pk__in=passed.values("conversation"),
    ).exclude(origin=Conversation.Origin.PRACTICE)
    found = list(conversations_facts(conversations.order_by("pk")))
    pairs = list(zip(found, _verdicts(version.protocol.quality, rule, found), strict=True))
    return Changes(
        taken=[facts.public_id for facts, (old, new) in pairs if new and not old],
        dropped=[facts.public_id for facts, (old, new) in pairs if old and not new],
        compared=len(found),
    )


def _verdicts(quality: Quality, rule: Rule, found: Sequence[ConversationFacts]) -> list[tuple[bool, bool]]:
    """Return whether the old and the new rule approve of each conversation."""
    approval = quality.approval
    measures = measure([facts.record for facts in found], approval)
    old, new = verdicts([rule_of(approval), rule], measures, needed=approval.supporter_criteria_needed)
    changed = replace(quality, approval=_with(approval, rule))
    return [
        (bool(before), bool(after))
        if facts.record.survey.complete
        # Without the survey another branch of the rule decides, which has some of the thresholds.
        else (_approves(quality, facts), _approves(changed, facts))
        for facts, before, after in zip(found, old, new, strict=True)
    ]


def _with(approval: Approval, rule: Rule) -> Approval:
    return replace(approval, **thresholds(rule))


def _approves(quality: Quality, facts: ConversationFacts) -> bool:
    verdict = assess(facts.record, finished=True, rules=quality)
    return verdict.state in {State.QUALIFIED, State.INTENSITY_QUERIED}
