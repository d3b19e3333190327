"""Stretches that overlap become one, and the text around them stays."""

from __future__ import annotations

import pytest

from qualitycontrol.domain.spans import Kind, Span, merged, replaced

NAME, PLACE, URL = Kind.NAME, Kind.PLACE, Kind.URL


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([Span(5, 9, NAME), Span(0, 4, PLACE)], [Span(0, 4, PLACE), Span(5, 9, NAME)]),
        # Neighbours that touch are two things: "Anna" and a handle right after it.
        ([Span(0, 4, NAME), Span(4, 8, PLACE)], [Span(0, 4, NAME), Span(4, 8, PLACE)]),
        ([Span(2, 4, NAME), Span(0, 9, URL)], [Span(0, 9, URL)]),
        ([Span(0, 4, NAME), Span(3, 9, PLACE)], [Span(0, 9, PLACE)]),
        ([Span(0, 6, NAME), Span(5, 9, PLACE), Span(8, 10, URL)], [Span(0, 10, NAME)]),
        ([Span(0, 4, NAME), Span(0, 4, PLACE)], [Span(0, 4, NAME)]),
    ],
)
def test_overlapping_spans_are_one_of_the_longest_s_kind(spans: list[Span], expected: list[Span]) -> None:
    assert merged(spans) == expected


def test_every_span_gives_way_to_its_placeholder() -> None:
    assert (
        replaced("Anna from Ulm 😀 ok", [Span(10, 13, PLACE), Span(0, 4, NAME)])
        == "[NAME] from [PLACE] 😀 ok"
    )
    assert replaced("nothing", []) == "nothing"
