"""Recall, counted by hand: mentions are what the second person marked, wherever it stands."""

from __future__ import annotations

import pytest

from qualitycontrol.domain.deidentify import KEEP, Mark
from qualitycontrol.domain.recall import mentions, recall_table, share
from qualitycontrol.domain.spans import Kind

TEXTS = {
    "situation": "Anna Bell left me.",
    "u1": "I am from Ulm, write to jo@example.org.",
    "u2": "anna bell again",
}
NAME = Mark("situation", 0, 9, "name")
PLACE = Mark("u1", 10, 13, "place")
EMAIL = Mark("u1", 24, 38, "email")


def test_a_mention_is_found_when_no_word_of_it_is_left() -> None:
    first = [Mark("situation", 0, 4, "name"), Mark("situation", 5, 9, "name")]
    found = mentions(TEXTS, first=first, second=[NAME, PLACE, EMAIL])
    assert [(m.place, m.span.kind, m.by_rules, m.by_both) for m in found] == [
        ("situation", Kind.NAME, False, True),
        ("u1", Kind.PLACE, False, False),
        ("u1", Kind.EMAIL, True, True),
        ("u2", Kind.NAME, False, True),
    ]


def test_half_a_name_is_not_found() -> None:
    (one, other) = mentions(TEXTS, first=[Mark("situation", 0, 4, "name")], second=[NAME])
    assert not one.by_both
    assert not other.by_both


def test_what_the_first_person_kept_by_mistake_is_missed() -> None:
    (found,) = mentions(TEXTS, first=[Mark("u1", 24, 38, KEEP)], second=[EMAIL])
    assert (found.by_rules, found.by_both) == (True, False)


def test_the_table_has_all_kinds_and_each() -> None:
    table = recall_table(mentions(TEXTS, first=[PLACE], second=[NAME, PLACE, EMAIL]))
    assert [(row.kind, row.rules.found, row.both.found, row.both.of) for row in table] == [
        (None, 1, 2, 4),
        (Kind.NAME, 0, 0, 2),
        (Kind.PLACE, 0, 1, 1),
        (Kind.EMAIL, 1, 1, 1),
    ]


def test_wilsons_interval_is_wide_where_everything_of_little_was_found() -> None:
    # Wilson with z = 1.96: centre (1 + z²/2n) / (1 + z²/n), for 10 of 10 the lower end is n / (n + z²).
    everything = share(10, 10)
    assert everything.value == 1
    assert everything.low == pytest.approx(10 / (10 + 1.959964**2), abs=1e-6)
    assert everything.high == pytest.approx(1)
    assert share(0, 0).value is None
