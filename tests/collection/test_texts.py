"""The browser's sentences: every key that a module asks for exists, and no sentence is kept for nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from collection.domain.exits import EndReason, end_word
from collection.texts import chat_texts

MODULES = Path(__file__).parents[2] / "static" / "collection"
_SAID = re.compile(r'\bsay\(\s*(?:this\.|options\.)*(?:options\.)?texts,\s*"(\w+)"')
_COUNTED = re.compile(r'\bsayCount\([^"`]*?texts,\s*(?:[^"`,]*\?\s*)?"(\w+)"(?:\s*:\s*"(\w+)")?')
# Keys that a module composes from a word of the protocol.
_COMPOSED = {"empty_seeker", "empty_supporter"} | {f"ended_{end_word(reason)}" for reason in EndReason}


def read_modules() -> str:
    return "\n".join(path.read_text() for path in sorted(MODULES.glob("*.js")))


def test_every_sentence_a_module_says_exists() -> None:
    said = set(_SAID.findall(read_modules()))
    assert len(said) > 20
    assert said <= chat_texts().keys()


def test_every_counted_sentence_has_one_and_other() -> None:
    counted = {key for pair in _COUNTED.findall(read_modules()) for key in pair if key}
    assert counted == {"new_messages", "characters_over", "characters_left"}
    for key in counted:
        assert {f"{key}_one", f"{key}_other"} <= chat_texts().keys()


def test_no_sentence_is_kept_for_nobody() -> None:
    source = read_modules()
    forms = re.compile(r"_(one|other)$")
    unused = {
        key for key in chat_texts() if f'"{key}"' not in source and f'"{forms.sub("", key)}"' not in source
    }
    assert unused <= _COMPOSED


def test_every_end_has_its_sentence() -> None:
    assert {f"ended_{end_word(reason)}" for reason in EndReason} <= chat_texts().keys()


def test_the_team_of_the_reducers_roles_has_a_name() -> None:
    # view.js says `line.role`, which is one of these.
    assert {"seeker", "supporter", "team"} <= chat_texts().keys()


@pytest.mark.parametrize("key", ["typing", "gate_closed", "not_sent"])
def test_a_sentence_with_something_to_fill_in_keeps_its_braces(key: str) -> None:
    with translation.override("en"):
        assert re.search(r"\{\w+\}", chat_texts()[key])
