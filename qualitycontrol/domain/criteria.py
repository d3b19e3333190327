"""The named criteria of the approval rule.

A criterion measures one value of a record, reads its threshold from the protocol and says whether the value
meets it. Which criteria count, how much and how many of them is the protocol's business.
Source: Liu et al. 2021, §4.3, Table 1 and Appendix D.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from corpus.labels import Speaker
from corpus.record import Conversation, feedback_scores
from corpus.tokens import mean_length
from study.domain.errors import ProtocolInvalid
from study.domain.protocol import Approval

Value = float | tuple[int, ...]
"""A score, a mean length in tokens, or the last feedback scores, oldest first."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One named criterion."""

    name: str
    title: str
    measure: Callable[[Conversation, Approval], Value | None]
    """The value, or None where the record does not hold what it takes."""
    threshold: Callable[[Approval], float]
    meets: Callable[[Value, float], bool]
    needs: str
    """What meets it, in words; `{}` is the threshold."""
    absent: str
    """Why there is no value, in words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one criterion found in one record."""

    name: str
    value: Value | None
    threshold: float
    met: bool | None
    """None where there is no value; counts as not met."""
    explanation: str


def _at_least(value: Value, threshold: float) -> bool:
    return not isinstance(value, tuple) and value >= threshold


def _all_above(value: Value, threshold: float) -> bool:
    return isinstance(value, tuple) and all(score > threshold for score in value)


def _mean_length(speaker: Speaker) -> Callable[[Conversation, Approval], float | None]:
    def measure(record: Conversation, _rules: Approval) -> float | None:
        texts = [utterance.text for utterance in record.by(speaker)]
        return mean_length(texts) if texts else None

    return measure


def last_feedback(record: Conversation, *, count: int) -> tuple[int, ...] | None:
    """Return the last `count` feedback scores, oldest first; None where there are fewer."""
    scores = feedback_scores(record.utterances)
    return tuple(scores[-count:]) if len(scores) >= count else None


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


_ALL = (
    Criterion(
        name="empathy",
        title="Supporter's empathy",
        measure=lambda record, _rules: record.survey.empathy,
        threshold=lambda rules: rules.empathy_min,
        meets=_at_least,
        needs="at least {}",
        absent="the seeker did not answer",
    ),
    Criterion(
        name="relevance",
        title="Relevance of the answers",
        measure=lambda record, _rules: record.survey.relevance,
        threshold=lambda rules: rules.relevance_min,
        meets=_at_least,
        needs="at least {}",
        absent="the seeker did not answer",
    ),
    Criterion(
        name="supporter_mean_length",
        title="Supporter's mean length",
        measure=_mean_length(Speaker.SUPPORTER),
        threshold=lambda rules: rules.supporter_mean_length_min,
        meets=_at_least,
        needs="at least {}",
        absent="the supporter said nothing",
    ),
    Criterion(
        name="improvement",
        title="Improvement of the intensity",
        measure=lambda record, _rules: record.survey.improvement,
        threshold=lambda rules: rules.improvement_min,
        meets=_at_least,
        needs="at least {}",
        absent="the seeker did not give both intensities",
    ),
    Criterion(
        name="seeker_mean_length",
        title="Seeker's mean length",
        measure=_mean_length(Speaker.SEEKER),
        threshold=lambda rules: rules.seeker_mean_length_min,
        meets=_at_least,
        needs="at least {}",
        absent="the seeker said nothing",
    ),
    Criterion(
        name="last_feedback",
        title="Last feedback scores",
        measure=lambda record, rules: last_feedback(record, count=rules.without_survey.last_feedback_count),
        threshold=lambda rules: rules.without_survey.last_feedback_greater_than,
        meets=_all_above,
        needs="all greater than {}",
        absent="there are fewer scores than the rule looks at",
    ),
)

CRITERIA: Mapping[str, Criterion] = MappingProxyType({criterion.name: criterion for criterion in _ALL})
"""Every criterion that a protocol may name."""


def criterion(name: str) -> Criterion:
    """Return the criterion of that name.

    Raises:
        ProtocolInvalid: there is none; the protocol names something that this version cannot compute.
    """
    try:
        return CRITERIA[name]
    except KeyError:
        raise ProtocolInvalid(
            f"There is no criterion {name!r}; there are {', '.join(CRITERIA)} - at `$.quality.approval`"
        ) from None


def named(rules: Approval) -> list[str]:
    """Return the names of all criteria that the rules mention, each once, in the order mentioned."""
    mentioned = (*rules.supporter_criteria, *rules.seeker_criteria, *rules.without_survey.criteria)
    return list(dict.fromkeys(mentioned))


def find(record: Conversation, *, names: Iterable[str], rules: Approval) -> dict[str, Finding]:
    """Return what each named criterion finds in `record`.

    Raises:
        ProtocolInvalid: a name is unknown.
    """
    return {name: _find(criterion(name), record, rules) for name in names}


def _find(one: Criterion, record: Conversation, rules: Approval) -> Finding:
    value = one.measure(record, rules)
    threshold = one.threshold(rules)
    met = None if value is None else one.meets(value, threshold)
    return Finding(one.name, value, threshold, met, _explain(one, value, threshold, met=met))


def _explain(one: Criterion, value: Value | None, threshold: float, *, met: bool | None) -> str:
    if value is None:
        return f"{one.title}: {one.absent}."
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else _number(value)
    need = one.needs.format(_number(threshold))
    return f"{one.title}: {shown}; {need} is {'met' if met else 'not met'}."
