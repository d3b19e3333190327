"""Tests of the phrases that ask for care: reading the lists, negations, sayings, and their speed."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from study import protocol_files
from study.domain.risk import Detector, OutputRefused, check_output, find_risks, words
from study.domain.risk_content import RiskList, Tier, Voice

PROTOCOL, _SHA256 = protocol_files.read_protocol("esconv-2021")


def make_list(*phrases: str, **changes: Any) -> Detector:
    rule = {
        "key": "rule",
        "category": "test",
        "tier": "concern",
        "said_by": ["seeker"],
        "phrases": list(phrases),
        "source": "test",
    }
    document = {
        "language": "en",
        "version": "7",
        "negation_window": 3,
        "negations": ["not", "don't"],
        "breakers": ["but"],
        "rules": [rule | changes.pop("rule", {})],
    }
    return Detector(msgspec.convert(document | changes, RiskList))


def check_finds(text: str, *rules: str, said_by: str = Voice.SEEKER) -> None:
    found = find_risks(text, PROTOCOL.detectors, said_by=said_by)
    assert {finding.rule for finding in found} == set(rules)


@pytest.mark.parametrize(
    "text",
    [
        "I want to kill myself",
        "i WANT to   die",
        "I don’t want to live anymore",
        "I don't wanna wake up",
        "I want to d\u200bie",
        "Ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "No, I want to die.",
        "It is not a whim but I want to die",
        "I would rather be dead",
        "I wish I was never born",
        "there is no reason to live",
        "I took all my pills",
    ],
)
def test_what_is_urgent_is_found_in_many_spellings(text: str) -> None:
    assert find_risks(text, PROTOCOL.detectors, said_by=Voice.SEEKER)[0].tier is Tier.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to kill myself.",
        "I would never hurt myself",
        "I killed myself laughing",
        "we were dying of laughter",
        "this job is killing me",
        "I am under 180 dollars",
        "I want to. Die hard is a good film",
        "I beat them to it",
        "",
        "...",
    ],
)
def test_a_negation_a_saying_and_an_ordinary_word_are_left_alone(text: str) -> None:
    check_finds(text)


def test_a_negation_does_not_reach_over_a_word_between() -> None:
    check_finds("I cannot stop thinking about suicide", "self_harm_thoughts", "suicide_mentioned")


def test_a_supporter_may_ask_about_it() -> None:
    check_finds("Have you thought about suicide?", said_by=Voice.SUPPORTER)
    check_finds("You should just kill yourself", "told_to_die", said_by=Voice.SUPPORTER)


def test_the_most_severe_comes_first_and_each_rule_once() -> None:
    found = find_risks("suicide suicide, I want to die, I cut myself", PROTOCOL.detectors, said_by="seeker")
    assert [finding.severity for finding in found] == [3, 2, 1]
    assert len({finding.rule for finding in found}) == 3


@pytest.mark.parametrize(
    "text",
    [
        "You should stop taking your medication.",
        "You don't need a therapist",
        "The easiest way to die is",
        "You have bipolar disorder",
        "I am a licensed therapist",
        "Kill yourself",
        "Don't tell anyone about this",
    ],
)
def test_a_program_may_not_say_it(text: str) -> None:
    with pytest.raises(OutputRefused):
        check_output(text, PROTOCOL.detectors)


@pytest.mark.parametrize(
    "text",
    [
        "Have you talked about these suicidal thoughts with somebody you trust?",
        "That sounds really hard. What happened then?",
        "Please call 988, they are there day and night.",
        "Have you asked your doctor about the medication?",
    ],
)
def test_a_program_may_say_what_helps(text: str) -> None:
    check_output(text, PROTOCOL.detectors)


def test_marks_stand_for_alternatives_for_nothing_and_for_up_to_two_words() -> None:
    detector = make_list("red|blue very? ~ hat")
    met = ["red hat", "blue very hat", "red big old hat", "blue very big old hat"]
    assert all(detector.find(words(text), said_by="seeker") for text in met)
    missed = ["green hat", "red one two three hat", "red. hat", "red very, very hat"]
    assert not any(detector.find(words(text), said_by="seeker") for text in missed)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("not bad", 0),
        ("don’t be so bad", 0),
        ("not one two three bad", 1),
        ("not, bad", 1),
        ("not but bad", 1),
        ("bad not", 1),
    ],
)
def test_a_negation_cancels_within_its_window_and_clause(text: str, found: int) -> None:
    assert len(make_list("bad").find(words(text), said_by="seeker")) == found
    assert len(make_list("bad", rule={"negatable": False}).find(words(text), said_by="seeker")) == 1


def test_an_exception_covers_only_what_lies_inside_it() -> None:
    detector = make_list("bad", exceptions=["bad hair day"])
    assert not detector.find(words("a bad hair day"), said_by="seeker")
    assert detector.find(words("a bad hair day, a bad day"), said_by="seeker")


def test_a_finding_names_its_list() -> None:
    (finding,) = make_list("bad").find(["bad"], said_by="seeker")
    assert (finding.language, finding.version, finding.rule) == ("en", "7", "rule")


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"phrases": ["bad", "bad"]}, "occurs more than once"),
        ({"shows_to": ["program"]}, "a program is shown nothing"),
        ({"said_by": ["program"], "shows_to": ["seeker"]}, "is not sent"),
        ({"phrases": ["~ bad"]}, "regex"),
        ({"said_by": []}, "length >= 1"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(change: dict[str, Any], because: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=because):
        make_list("bad", rule=change)


def test_a_long_message_costs_less_than_a_millisecond_or_so() -> None:
    # 512 words, a third of them beginnings of phrases. The bound leaves room for a busy machine; the figure is in
    # docs/explanation/safety.md.
    said = "i want to die my husband hits me and i cant go on because nobody at work will ever listen to what i say"
    text = " ".join((said.split() * 30)[:512])
    best = min(_seconds(text) for _round in range(20))
    assert best < 0.003


def _seconds(text: str) -> float:
    begin = time.perf_counter()
    find_risks(text, PROTOCOL.detectors, said_by=Voice.SEEKER)
    return time.perf_counter() - begin
