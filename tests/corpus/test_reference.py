"""The reference page names everything that the code offers."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

import pytest

from corpus import cli
from corpus.csvfiles import CONVERSATIONS, UTTERANCES
from corpus.details import ReleaseDetails
from corpus.formats import READABLE, Format
from corpus.record import Conversation, Survey, Utterance
from corpus.splits import DEFAULT_SEED, Grouping

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "corpus.md").read_text()


def verbs() -> dict[str, argparse.ArgumentParser]:
    actions = cli._parser()._actions
    return dict(next(a.choices for a in actions if isinstance(a, argparse._SubParsersAction)))


def test_every_verb_and_option_is_named() -> None:
    assert set(verbs()) == {
        "validate",
        "convert",
        "statistics",
        "strategies",
        "lexical",
        "figures",
        "compare",
    }
    for name, parser in verbs().items():
        assert f"| `{name} " in PAGE
        for action in parser._actions:
            for option in action.option_strings:
                assert option in PAGE or option in ("-h", "--help"), option


@pytest.mark.parametrize("name", list(Format))
def test_every_format_is_named_as_readable_or_not(name: Format) -> None:
    assert f"| `{name}` | {'yes' if name in READABLE else 'no'} | yes |" in PAGE


def test_every_exit_code_is_named() -> None:
    for code in (cli.DONE, cli.REFUSED, cli.UNUSABLE, cli.INTERRUPTED):
        assert f"\n| {code} | " in PAGE


@pytest.mark.parametrize("kind", [Conversation, Survey, Utterance])
def test_every_key_of_the_record_is_named(kind: type) -> None:
    assert all(f"`{field.name}`" in PAGE for field in fields(kind))


def test_every_detail_of_a_release_is_named() -> None:
    assert all(f"{field.name} = " in PAGE for field in fields(ReleaseDetails))


def test_defaults_and_file_names_are_those_of_the_code() -> None:
    assert f"{DEFAULT_SEED} unless given" in PAGE
    assert "|".join(Grouping).replace("|", "\\|") in PAGE
    assert CONVERSATIONS in PAGE
    assert UTTERANCES in PAGE
