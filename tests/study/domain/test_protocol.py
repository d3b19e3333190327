"""Tests of how protocols are read, merged and told apart."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from study import protocol_files
from study.domain import protocol
from study.domain.errors import ProtocolInvalid


def document() -> dict[str, Any]:
    return protocol_files.read_document("esconv-2021")


def check_refuses(change: dict[str, Any], *, because: str) -> None:
    with pytest.raises(ProtocolInvalid, match=because):
        protocol.parse(protocol.merge(document(), change))


def test_the_paper_s_numbers_are_the_protocol_s() -> None:
    read = protocol.parse(document())
    assert len(read.strategies) == 8
    assert (read.chat.finish_min_seeker_turns, read.chat.finish_min_seconds) == (10, 900)
    assert (read.chat.feedback_every, read.chat.partner_idle_seconds) == (2, 180)
    assert read.quality.filter.min_utterances == 16


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"colour": "blue"}, "unknown field `colour`"),
        ({"chat": {"max_secs": 3}}, r"unknown field `max_secs` - at `\$\.chat`"),
        ({"chat": {"max_seconds": "3600"}}, r"Expected `int`, got `str` - at `\$\.chat\.max_seconds`"),
        ({"chat": {"max_seconds": 0}}, r"Expected `int` >= 1 - at `\$\.chat\.max_seconds`"),
        ({"chat": {"feedback_gate": "maybe"}}, "Invalid enum value 'maybe'"),
        ({"chat": {"text_max_length": 4001}}, r"at `\$\.chat\.text_max_length`"),
        ({"surveys": {"situation_min_words": 9000}}, "least number of words is above the greatest"),
        ({"participation": {"repeat_after": ["lost"]}}, r"'lost' - at `\$\.participation\.repeat_after`"),
        ({"quality": {"approval": {"supporter_criteria_needed": 5}}}, "5 of 4 criteria cannot be needed"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_path(change: dict[str, Any], because: str) -> None:
    check_refuses(change, because=because)


@pytest.mark.parametrize("name", ["stages", "strategies", "problems", "emotions", "experiences"])
def test_a_key_that_stands_twice_is_refused(name: str) -> None:
    entries = document()[name]
    check_refuses({name: [*entries, entries[0]]}, because=f"stands twice - at `\\$\\.{name}`")


def test_a_strategy_of_an_unknown_stage_is_refused() -> None:
    strategies = document()["strategies"]
    strategies[2]["stages"] = ["beyond"]
    check_refuses({"strategies": strategies}, because="Unknown stage 'beyond'")


def test_a_missing_table_is_named() -> None:
    incomplete = document()
    del incomplete["chat"]
    with pytest.raises(ProtocolInvalid, match="missing required field `chat`"):
        protocol.parse(incomplete)


def test_merging_goes_into_tables_and_replaces_lists() -> None:
    base = {"a": {"b": 1, "c": [1, 2]}, "d": 4}
    assert protocol.merge(base, {"a": {"c": [3]}, "e": 5}) == {"a": {"b": 1, "c": [3]}, "d": 4, "e": 5}
    assert base == {"a": {"b": 1, "c": [1, 2]}, "d": 4}


def test_the_digest_ignores_the_order_of_keys_and_nothing_else() -> None:
    assert protocol.digest({"a": 1, "b": 2}) == protocol.digest({"b": 2, "a": 1})
    assert protocol.digest({"a": [1, 2]}) != protocol.digest({"a": [2, 1]})
    assert protocol.digest({"a": 1}) != protocol.digest({"a": "1"})


def test_an_unknown_strategy_or_option_is_a_key_error() -> None:
    read = protocol.parse(document())
    assert read.strategy_by_label("Restatement or Paraphrasing").key == "restatement_or_paraphrasing"
    for ask in (
        lambda: read.strategy("shouting"),
        lambda: read.strategy_by_label("Shouting"),
        lambda: protocol.find(read.problems, "weather"),
        lambda: read.rewards.row("unheard_of"),
    ):
        with pytest.raises(KeyError):
            ask()


def test_a_scale_counts_from_one() -> None:
    scale = protocol.parse(document()).scales.intensity
    assert [value for value, _label in scale.choices] == [1, 2, 3, 4, 5]
    assert scale.label(1) == scale.points[0]


EIGHT_THREADS = """
import sys, threading
from study import protocol_files
from study.domain import protocol

document = protocol_files.read_document("esconv-2021")
sys.setswitchinterval(1e-6)
barrier, read = threading.Barrier(8), []


def parse():
    barrier.wait()
    read.append(protocol.parse(document))


threads = [threading.Thread(target=parse) for _number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(0 if len(read) == 8 else 1)
"""


def test_the_first_requests_of_a_process_may_read_it_at_once() -> None:
    # In a process of its own: what is tested happens at a type's first use, and it crashed the interpreter.
    done = subprocess.run(
        [sys.executable, "-c", EIGHT_THREADS], env={"PYTHONPATH": os.pathsep.join(sys.path)}
    )
    assert done.returncode == 0
