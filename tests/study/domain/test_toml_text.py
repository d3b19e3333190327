"""Documents as TOML text and back, and the lines of errors."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from study import protocol_files
from study.domain.toml_text import line_of, write_toml


@pytest.mark.parametrize("name", protocol_files.names())
def test_a_protocol_is_the_same_after_writing_and_reading(name: str) -> None:
    document = protocol_files.read_document(name)
    assert tomllib.loads(write_toml(document)) == document


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"a": [], "b": {"c": {}}, "d": [{"e": [{"f": 1}, {"f": 2}]}, {"e": []}]},
        {"text": 'quote " back \\ new\nline tab\t del\x7f nul\x00 ⚑', "weird key.": {"ü": True}},
        {"numbers": [1, -2], "float": 0.1, "big": 1e20, "no": False},
    ],
)
def test_everything_that_a_document_may_hold_survives(document: dict[str, Any]) -> None:
    assert tomllib.loads(write_toml(document)) == document


def test_a_value_that_toml_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        write_toml({"nothing": None})


TEXT = '''name = "x"
[chat]
max_seconds = "long"
note = """
max_seconds = 3
"""
feedback_every = 2

[[strategies]]
key = "one"
[[strategies]]
key = "two"
token = 5
[strategies.more]
deep = 1
[quality.filter]
min_utterances = "many"
'''


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("Expected `int`, got `str` - at `$.chat.max_seconds`", 3),
        ("Expected `int` - at `$.chat.feedback_every`", 7),
        ("Expected `str`, got `int` - at `$.strategies[1].token`", 13),
        ("Expected `str` - at `$.strategies[1].more.deep`", 15),
        ("Object contains unknown field `note` - at `$.chat`", 4),
        ("Object missing required field `burst` - at `$.chat`", 2),
        ("Expected `int` - at `$.quality.filter.min_utterances`", 17),
        ("'one' stands twice - at `$.strategies`", 9),
        ("Something - at `$.nowhere.at.all`", None),
        ("Something without a path", None),
    ],
)
def test_an_error_is_found_in_its_line(message: str, line: int | None) -> None:
    assert line_of(TEXT, message) == line
