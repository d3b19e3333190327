"""How much of what identifies is found: by the rules alone, and by the rules with the person who read the texts.

A second person marks a conversation from nothing, seeing neither. What that person marked is what was there to find;
each place where it stands is a mention, found when every word of it is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qualitycontrol.domain.deidentify import Mark, Texts, plan
from qualitycontrol.domain.spans import Kind, Span

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where something stands that identifies, and who found it."""

    place: str
    span: Span
    by_rules: bool
    by_both: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Found of all, with Wilson's interval; None where there was nothing to find."""

    found: int
    of: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """The recall of one kind, or of all kinds together (None)."""

    kind: Kind | None
    rules: Share
    both: Share


def mentions(texts: Texts, *, first: Sequence[Mark], second: Sequence[Mark]) -> list[Mention]:
    """Return what the second person's marks say was there, and whether the rules and the first person found it."""
    wanted = plan(texts, second, rules=False)
    by_rules, by_both = plan(texts), plan(texts, first)
    return [
        Mention(
            place=place,
            span=span,
            by_rules=_covered(texts[place], span, by_rules[place]),
            by_both=_covered(texts[place], span, by_both[place]),
        )
        for place, spans in wanted.items()
        for span in spans
    ]


def _covered(text: str, wanted: Span, spans: Iterable[Span]) -> bool:
    """Return whether no letter or digit of `wanted` is left; a blank between two names gives nobody away."""
    left = {at for at in range(wanted.start, wanted.end) if text[at].isalnum()}
    for span in spans:
        left -= set(range(span.start, span.end))
    return not left


def recall_table(found: Sequence[Mention]) -> list[Row]:
    """Return the recall of all kinds together, then of each kind that was there."""
    kinds = [kind for kind in Kind if any(mention.span.kind is kind for mention in found)]
    return [_row(None, found), *(_row(kind, [m for m in found if m.span.kind is kind]) for kind in kinds)]


def _row(kind: Kind | None, found: Sequence[Mention]) -> Row:
    return Row(
        kind,
        rules=share(sum(mention.by_rules for mention in found), len(found)),
        both=share(sum(mention.by_both for mention in found), len(found)),
    )


def share(found: int, of: int) -> Share:
    """Return a share with its interval.

    Wilson's keeps a width where everything was found, which is the case that matters here. It takes mentions as
    independent of each other; those of one conversation are not quite.
    """
    if of == 0:
        return Share(0, 0, None, None, None)
    # Heavy, and needed on one page only: a process starts without it.
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(found, of, alpha=1 - LEVEL, method="wilson")
    return Share(found, of, found / of, float(low), float(high))
