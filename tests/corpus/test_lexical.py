from __future__ import annotations

import json
from collections import Counter
from math import log
from pathlib import Path
from typing import Any

import pytest

from corpus.esconv import read_esconv
from corpus.lexical import LexicalFeatures, compute_lexical, log_odds_z, ngrams_of
from tests.corpus.factories import STRATEGY, make_conversation

SMALL = Path(__file__).parent / "esconv_small.json"


def test_words_lose_punctuation_and_single_letters() -> None:
    assert ngrams_of("It's  what I\nthink, TOO!") == [
        "its", "what", "think", "too", "its what", "what think", "think too",
    ]  # fmt: skip


def test_a_score_worked_by_hand() -> None:
    # 3 of 10 features here, 1 of 20 there: alpha 4, alpha_0 30, so 7/33 against 5/45.
    assert log_odds_z(3, 10, 1, 20) == pytest.approx(log((7 / 33) / (5 / 45)) / (1 / 7 + 1 / 5) ** 0.5)
    assert log_odds_z(2, 10, 2, 10) == 0


def test_the_document_agrees_with_the_formula_term_by_term() -> None:
    document: Any = compute_lexical(read_esconv(SMALL))
    counts: dict[str, Counter[str]] = {label: Counter() for label in STRATEGY.values()}
    for entry in json.loads(SMALL.read_text()):
        for message in entry["dialog"]:
            if message["speaker"] == "supporter":
                letters = "".join(
                    c for c in " ".join(message["content"].lower().split()) if c == " " or "a" <= c <= "z"
                )
                words = [word for word in letters.split() if len(word) > 1]
                grams = words + [f"{words[i]} {words[i + 1]}" for i in range(len(words) - 1)]
                counts[message["annotation"]["strategy"]].update(grams)
    everything = sum(counts.values(), Counter())
    assert list(document["features"]) == list(STRATEGY.values())
    for label, features in document["features"].items():
        size, rest = counts[label].total(), everything.total() - counts[label].total()
        scores = {gram: log_odds_z(n, size, everything[gram] - n, rest) for gram, n in counts[label].items()}
        ranked = sorted(scores, key=lambda gram: (-round(scores[gram], 9), gram))[:20]
        assert [feature["ngram"] for feature in features] == ranked
        assert [feature["z"] for feature in features] == pytest.approx([scores[gram] for gram in ranked])
        assert [feature["count"] for feature in features] == [counts[label][gram] for gram in ranked]


def test_a_strategy_that_is_never_used_has_no_features() -> None:
    document: Any = compute_lexical([make_conversation("S: hi", "Qu: How are you?", "Ot: Good day to you.")])
    assert document["features"][STRATEGY["In"]] == []
    assert document["features"][STRATEGY["Qu"]][0]["ngram"] in {"how", "are", "how are", "are you"}


def test_one_strategy_alone_cannot_be_set_apart() -> None:
    document: Any = compute_lexical([make_conversation("S: hi", "Qu: How are you?")])
    assert document["features"][STRATEGY["Qu"]] == []


def test_the_number_of_features_can_be_chosen() -> None:
    document: Any = compute_lexical(read_esconv(SMALL), top=3)
    full: Any = compute_lexical(read_esconv(SMALL), top=10_000)
    for label, features in document["features"].items():
        assert features == full["features"][label][:3]


def test_past_the_limit_rare_features_are_forgotten_and_strong_ones_stay() -> None:
    exact, bounded = LexicalFeatures(), LexicalFeatures(limit=300)
    for number in range(200):
        rare = f"{chr(97 + number % 26)}{chr(97 + number // 26)}x"
        conversation = make_conversation(
            "S: hi", f"Qu: how are you {rare}", f"PS: maybe try {rare}{rare}", "Ot: you are welcome"
        )
        exact.add(conversation)
        bounded.add(conversation)
        assert sum(map(len, bounded.counts.values())) <= 300
    assert sum(map(len, exact.counts.values())) > 300
    assert bounded.sizes == exact.sizes
    first: Any = exact.document(top=3)
    assert bounded.document(top=3) == first
    assert {feature["ngram"] for feature in first["features"]["Providing Suggestions"]} == {
        "maybe", "try", "maybe try",
    }  # fmt: skip
