"""Merges worked by hand, and the same for the same words."""

from __future__ import annotations

import random

from modeling.domain.bpe import learn_merges


def test_the_most_frequent_pair_is_merged_first() -> None:
    # Pairs: "l o" 7, "o w</w>" 5, "o w" 2, "w e" 2, "e r</w>" 2 (ties fall to the alphabetically first).
    symbols, merges = learn_merges({"low": 5, "lower": 2}, entries=100)
    assert merges[:2] == [("l", "o"), ("lo", "w</w>")]
    assert merges[2] == ("e", "r</w>")
    assert "low</w>" in symbols
    assert "lower</w>" in symbols


def test_every_character_is_known_inside_and_at_the_end_of_a_word() -> None:
    symbols, merges = learn_merges({"ab": 1}, entries=2)
    assert symbols == ["a", "a</w>", "b", "b</w>"]
    assert merges == []


def test_a_pair_that_occurs_once_is_not_merged() -> None:
    assert learn_merges({"abc": 1}, entries=100)[1] == []


def test_repeated_letters_are_merged_from_the_left() -> None:
    assert learn_merges({"aaaa": 3}, entries=100)[1][0] == ("a", "a")


def test_the_order_of_the_words_changes_nothing() -> None:
    rng = random.Random(0)
    words = {"".join(rng.choices("abcd", k=rng.randint(1, 6))): rng.randint(1, 3) for _ in range(200)}
    shuffled = dict(sorted(words.items(), key=lambda _: rng.random()))
    assert learn_merges(words, entries=80) == learn_merges(shuffled, entries=80)
