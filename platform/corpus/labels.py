"""The canonical labels of the published corpus, and the older spellings of them.

Source: Liu et al. 2021, Table 3; spellings as in the published ESConv.json and FailedESConv.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType


class Speaker(StrEnum):
    """Who said an utterance, as the published corpus spells it."""

    SEEKER = "seeker"
    SUPPORTER = "supporter"


STRATEGIES: tuple[str, ...] = (
    "Question",
    "Restatement or Paraphrasing",
    "Reflection of feelings",
    "Self-disclosure",
    "Affirmation and Reassurance",
    "Providing Suggestions",
    "Information",
    "Others",
)
"""The eight strategies in the framework's order (Liu et al. 2021, Figure 3)."""

ABBREVIATIONS = MappingProxyType(
    dict(zip(STRATEGIES, ("Qu", "RP", "RF", "Sd", "AR", "PS", "In", "Ot"), strict=True))
)
"""Short names for axes and narrow columns, as in Liu et al. 2021, Table 6."""

STRATEGY_ALIASES = MappingProxyType(
    {
        "Questions": "Question",
        "Other": "Others",
        "Restatement": "Restatement or Paraphrasing",
        "Reflection of Feelings": "Reflection of feelings",
        "Approval and Reassurance": "Affirmation and Reassurance",
        # The older name of the same button (Liu et al. 2021, Figure 8d).
        "Direct Guidance": "Providing Suggestions",
    }
)

SPEAKER_ALIASES = MappingProxyType(
    {
        # FailedESConv.json names the two sides "speaker" (who seeks) and "listener" (who supports).
        "speaker": Speaker.SEEKER,
        "listener": Speaker.SUPPORTER,
        "usr": Speaker.SEEKER,
        "sys": Speaker.SUPPORTER,
    }
)

EXPERIENCES: tuple[str, ...] = ("Current Experience", "Previous Experience")


def canonical_strategy(label: str) -> str:
    """Return the published corpus's spelling of a strategy.

    Raises:
        ValueError: `label` is none of the eight strategies nor a known older spelling.
    """
    stripped = label.strip()
    found = STRATEGY_ALIASES.get(stripped, stripped)
    if found not in STRATEGIES:
        raise ValueError(f"{label!r} is not a strategy; expected one of {', '.join(STRATEGIES)}")
    return found


def canonical_speaker(name: str) -> Speaker:
    """Return the side that `name` stands for.

    Raises:
        ValueError: `name` is neither a side nor a known older spelling of one.
    """
    if name in SPEAKER_ALIASES:
        return SPEAKER_ALIASES[name]
    try:
        return Speaker(name)
    except ValueError:
        raise ValueError(f"{name!r} is not a speaker; expected 'seeker' or 'supporter'") from None


def in_order(counts: Mapping[str, int], labels: Sequence[str]) -> dict[str, int]:
    """Return the counts of the closed set `labels`, absent ones as 0, then any other label found."""
    return {label: counts.get(label, 0) for label in (*labels, *sorted(set(counts) - set(labels)))}


STRATEGY_REVIEWS = ("agreed", "keep", "change", "ambiguous")
"""Outcomes of a review of a strategy: the reviewers agreed with it, or what an adjudicator decided."""
INTENSITY_REVIEWS = ("keep", "reverse", "set", "exclude")
"""Outcomes of a review of the final emotion intensity."""
