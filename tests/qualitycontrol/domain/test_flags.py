"""Each flag on its threshold and one below it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from corpus.labels import Speaker
from qualitycontrol.domain.flags import RULES, Evidence, Flag, Sent, flags, similarity, trigrams

TAUGHT = "What has this week been like for you?"
OPENING = "I lost my job last week and I cannot sleep at night"


def said(text: str, ordinal: int = 1, **how: int) -> Sent:
    return Sent(ordinal, Speaker.SUPPORTER, text, strategy="question", **how)


def sought(text: str, ordinal: int = 1, **how: int) -> Sent:
    return Sent(ordinal, Speaker.SEEKER, text, **how)


def check_flags(evidence: Evidence, name: str, *, ordinals: tuple[int, ...] = ()) -> Flag:
    (flag,) = flags(evidence)
    assert (flag.name, flag.ordinals) == (name, ordinals)
    return flag


def check_silent(evidence: Evidence) -> None:
    assert flags(evidence) == []


def test_a_taught_sentence_is_found_inside_a_message_whatever_its_marks() -> None:
    evidence = Evidence(
        [said("Hello", 1), said("Hi! what has THIS week been like, for you...", 2)], taught=[TAUGHT]
    )
    check_flags(evidence, "copied_from_training", ordinals=(2,))


def test_a_taught_sentence_may_be_said_by_the_seeker_or_changed_or_be_short() -> None:
    check_silent(Evidence([sought(TAUGHT)], taught=[TAUGHT]))
    check_silent(Evidence([said("What has this month been like for you?")], taught=[TAUGHT]))
    check_silent(Evidence([said("How are you feeling today?")], taught=["How are you feeling today?"]))


def test_an_opening_like_another_conversations_names_it() -> None:
    evidence = Evidence(
        [said("Hi"), sought(OPENING, 2)], other_openings=[("abc", f"{OPENING}!"), ("def", "Hello")]
    )
    assert "abc" in check_flags(evidence, "duplicate_opening", ordinals=(2,)).explanation


def test_ordinary_greetings_are_nobodys_copy() -> None:
    check_silent(Evidence([sought("Hello, how are you?")], other_openings=[("abc", "Hello, how are you?")]))
    check_silent(
        Evidence([sought(OPENING)], other_openings=[("abc", "I lost my keys last week and had to call")])
    )


def test_many_alike_are_counted_not_listed() -> None:
    evidence = Evidence([sought(OPENING)], other_openings=[(f"id{n}", OPENING) for n in range(7)])
    assert "and 2 more" in flags(evidence)[0].explanation


@pytest.mark.parametrize(("length", "pasted", "flagged"), [(80, 40, True), (81, 40, False), (60, 39, False)])
def test_pasted_text_is_flagged_from_half_of_a_message(length: int, pasted: int, flagged: bool) -> None:
    evidence = Evidence([sought("x" * length, pasted_chars=pasted)])
    assert [flag.name for flag in flags(evidence)] == (["pasted_text"] if flagged else [])


@pytest.mark.parametrize(
    ("length", "compose_ms", "flagged"),
    [(45, 2999, True), (45, 3000, False), (39, 10, False), (45, 0, False)],
)
def test_typing_time_is_judged_by_characters_per_second(length: int, compose_ms: int, flagged: bool) -> None:
    evidence = Evidence([said("x" * length, compose_ms=compose_ms)])
    assert [flag.name for flag in flags(evidence)] == (["typed_too_fast"] if flagged else [])


def test_what_was_pasted_was_not_typed() -> None:
    check_silent(Evidence([said("x" * 75, compose_ms=100, pasted_chars=36)]))


def test_one_strategy_from_start_to_end_is_flagged_from_eight_messages_on() -> None:
    messages = [said("Yes", ordinal) for ordinal in range(1, 9)]
    check_flags(Evidence(messages), "one_strategy")
    check_silent(Evidence(messages[:7]))
    check_silent(Evidence([*messages[:7], replace(messages[7], strategy="others")]))


def test_both_seats_from_one_browser_are_flagged() -> None:
    check_flags(Evidence([], devices=["a", "a"]), "same_device")
    check_silent(Evidence([], devices=["a", "b"]))
    check_silent(Evidence([], devices=["", ""]))
    check_silent(Evidence([], devices=["a"]))


def test_what_shows_who_somebody_is_is_flagged_with_its_messages() -> None:
    messages = [sought("My name is Ada", 1), sought("Hello", 2), said("Call me at 555 123 4567 9", 3)]
    (flag,) = flags(Evidence(messages))
    assert (flag.name, flag.ordinals) == ("identity_exchanged", (1, 3))
    assert "name, phone" in flag.explanation
    check_silent(Evidence([sought("It was 2019 and I was 12", 1)]))


def test_every_rule_flags_under_its_own_name() -> None:
    messages = [said(TAUGHT, n, compose_ms=1) for n in range(1, 9)]
    messages.append(sought(OPENING, 9, pasted_chars=50))
    messages.append(sought("Write to ada@example.org", 10))
    found = flags(Evidence(messages, [TAUGHT], [("abc", OPENING)], ["a", "a"]))
    assert [flag.name for flag in found] == [name for name in RULES if name != "typed_too_fast"]


def test_similarity_by_hand() -> None:
    assert similarity(trigrams("a b c d"), trigrams("a b c e")) == pytest.approx(1 / 3)
    assert similarity(trigrams("a b"), trigrams("a b")) == 0.0
