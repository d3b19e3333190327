"""The verdict on a conversation: preliminary filter, then the approval rule.

Source: Liu et al. 2021, §4.3, Table 1 and Appendix D. "Three of four" (Appendix D) and "(>= 3)*" (Table 1) are one
rule: so many of the supporter's criteria must hold, whichever they are, and all of the seeker's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from corpus.record import Conversation
from qualitycontrol.domain.criteria import Finding, find, last_feedback, named
from qualitycontrol.domain.lifecycle import Event, State, advance
from study.domain.protocol import Approval, Quality

NOT_FINISHED = "not_finished"
TOO_SHORT = "too_short"
SUPPORTER_CRITERIA = "supporter_criteria"
IMPROVEMENT = "improvement"
LAST_FEEDBACK = "last_feedback"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a protocol says of one record."""

    event: Event
    """What happens to the pending assessment."""
    reasons: tuple[str, ...]
    """Why it is not simply qualified: `not_finished`, `too_short`, `supporter_criteria`, or a criterion's name."""
    findings: Mapping[str, Finding]
    """Every criterion that the protocol names, computed whether or not the verdict needed it."""
    utterances: int
    long_enough: bool
    surveyed: bool
    """Whether the seeker's post-chat survey was done; else the branch without it applied."""
    alternative: Event
    """The verdict when the last feedback scores need only reach the protocol's alternative minimum."""

    @property
    def state(self) -> State:
        """Where the assessment stands by this verdict."""
        return advance(State.PENDING, self.event)

    @property
    def alternative_state(self) -> State:
        """Where it would stand by the alternative reading of the last feedback scores."""
        return advance(State.PENDING, self.alternative)

    @property
    def approved(self) -> bool:
        """Whether the approval rule holds, whatever the review of the intensity will say."""
        return self.event in {Event.APPROVE, Event.QUERY_INTENSITY}


def assess(record: Conversation, *, finished: bool, rules: Quality) -> Verdict:
    """Return the verdict on `record`; `finished` says whether the seeker finished the conversation.

    Raises:
        ProtocolInvalid: the rules name a criterion that does not exist.
    """
    approval = rules.approval
    findings = find(record, names=named(approval), rules=approval)
    surveyed = record.survey.complete
    long_enough = len(record.utterances) >= rules.filter.min_utterances
    filtered = _filter_reasons(finished=finished, long_enough=long_enough, rules=rules)
    failed = filtered or _approval_reasons(findings, surveyed=surveyed, rules=approval)
    event, reasons = _event(findings, filtered=filtered, failed=failed)
    alternative = event
    if not filtered and not surveyed and _alternative_feedback_met(record, approval):
        remaining = [reason for reason in failed if reason != LAST_FEEDBACK]
        alternative, _ = _event(findings, filtered=filtered, failed=remaining)
    return Verdict(
        event=event,
        reasons=tuple(reasons),
        findings=findings,
        utterances=len(record.utterances),
        long_enough=long_enough,
        surveyed=surveyed,
        alternative=alternative,
    )


def _filter_reasons(*, finished: bool, long_enough: bool, rules: Quality) -> list[str]:
    reasons = []
    if rules.filter.finished_by_seeker and not finished:
        reasons.append(NOT_FINISHED)
    if not long_enough:
        reasons.append(TOO_SHORT)
    return reasons


def _approval_reasons(findings: Mapping[str, Finding], *, surveyed: bool, rules: Approval) -> list[str]:
    if not surveyed:
        return [name for name in rules.without_survey.criteria if not findings[name].met]
    met = sum(1 for name in rules.supporter_criteria if findings[name].met)
    reasons = [SUPPORTER_CRITERIA] if met < rules.supporter_criteria_needed else []
    return reasons + [name for name in rules.seeker_criteria if not findings[name].met]


def _event(
    findings: Mapping[str, Finding], *, filtered: list[str], failed: list[str]
) -> tuple[Event, list[str]]:
    if filtered:
        return Event.FILTER_OUT, filtered
    if failed:
        return Event.REJECT, failed
    improvement = findings.get(IMPROVEMENT)
    # §4.3: an improvement below 1 is checked by a person, not refused. Unknown intensities cannot be checked.
    if improvement is not None and improvement.met is False:
        return Event.QUERY_INTENSITY, [IMPROVEMENT]
    return Event.APPROVE, []


def _alternative_feedback_met(record: Conversation, rules: Approval) -> bool:
    scores = last_feedback(record, count=rules.without_survey.last_feedback_count)
    return scores is not None and all(
        score >= rules.without_survey.alternative_last_feedback_min for score in scores
    )
