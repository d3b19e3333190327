from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.analysis import analyse
from corpus.figures import (
    phases_figure,
    progress_figure,
    spread,
    strategy_colours,
    table_figure,
)
from corpus.strategies import shares
from corpus.tables import features_table
from tests.corpus.factories import small_corpus

DOCUMENT: Any = analyse(small_corpus()).use.document()


def luminance(colour: tuple[float, float, float, float]) -> float:
    """WCAG 2.2, relative luminance."""
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_shades_rise_evenly_enough_to_be_told_apart_in_grey() -> None:
    shades = [luminance(colour) for colour in strategy_colours()]
    assert shades == sorted(shades)
    assert all((high + 0.05) / (low + 0.05) > 1.15 for low, high in pairwise(shades))


def test_bands_are_the_shares_of_the_document() -> None:
    axis = progress_figure({"Corpus": DOCUMENT}).axes[0]
    assert len(axis.collections) == 8
    points = [shares(point["counts"]) for point in DOCUMENT["progress"]]
    for strategy, band in enumerate(axis.collections):
        corners = {(round(x, 9), round(y, 9)) for x, y in band.get_paths()[0].vertices}
        for at, point in enumerate(points):
            assert (round(at / 5, 9), round(sum(point[: strategy + 1]), 9)) in corners


def test_every_band_is_named() -> None:
    axis = progress_figure({"Corpus": DOCUMENT}).axes[0]
    assert [text.get_text() for text in axis.texts] == ["Qu", "RP", "RF", "Sd", "AR", "PS", "In", "Ot"]


def test_a_model_stands_beside_the_corpus() -> None:
    figure = progress_figure({"Corpus": DOCUMENT, "Model": DOCUMENT})
    assert [axis.get_title() for axis in figure.axes] == ["Corpus", "Model"]


def test_the_phases_are_drawn_and_labelled() -> None:
    document: Any = {
        "feedback_phases": [{"n": 2, "mean": 4.0}, {"n": 0, "mean": None}, {"n": 1, "mean": 5.0}]
    }
    axis = phases_figure(document).axes[0]
    assert [patch.get_y() + patch.get_height() for patch in axis.patches] == [4.0, 1.0, 5.0]
    assert [text.get_text() for text in axis.texts] == ["4.00", "", "5.00"]
    assert axis.get_xticklabels()[0].get_text() == "First\nn = 2"


def test_the_table_of_features_is_drawn_whole() -> None:
    table = features_table(analyse(small_corpus()).lexical.document())
    drawn = " ".join(text.get_text().replace("\n", " ") for text in table_figure(table).axes[0].texts)
    for row in table.shown():
        assert all(cell in drawn for cell in row)


@given(
    places=st.lists(st.floats(0, 1), min_size=1, max_size=8).map(sorted),
    gap=st.sampled_from([0.0, 0.05, 0.1]),
)
def test_labels_keep_their_distance_and_their_order(places: list[float], gap: float) -> None:
    moved = spread(places, gap=gap)
    assert all(high - low >= gap - 1e-9 for low, high in pairwise(moved))
    assert max(moved) <= 1


@pytest.mark.parametrize("places", [[0.1, 0.5, 0.9], [0.0, 1.0]])
def test_labels_with_room_stay_where_they_are(places: list[float]) -> None:
    assert spread(places, gap=0.05) == places
