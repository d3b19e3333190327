"""Tests of what looks like a contact detail. The same cases run against the browser's module."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from study.domain.contact_details import PATTERNS, contact_details, masked, masked_id

CASES = json.loads(
    (Path(__file__).parents[2] / "javascript" / "contact-details.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("text", "kinds"), CASES["cases"])
def test_the_kinds_of_a_text(text: str, kinds: list[str]) -> None:
    assert [detail.kind for detail in contact_details(text)] == kinds


def test_every_kind_has_a_case() -> None:
    assert {kind for _text, kinds in CASES["cases"] for kind in kinds} == set(PATTERNS)


def test_masking_leaves_the_rest_as_it_is() -> None:
    assert masked("Write to ada@example.org, please.") == "Write to [email], please."
    assert masked("Nothing here.") == "Nothing here."
    assert masked_id("abcdefghijkl") == "…ijkl"


def test_a_long_text_without_details_is_quick() -> None:
    text = "a.b-c " * 600 + "1 2 3 4 5 " * 100
    assert contact_details(text) is not None


def test_the_browser_looks_for_the_same() -> None:
    module = Path(__file__).parents[3] / "static" / "collection" / "contact-details.js"
    source = module.read_text(encoding="utf-8")
    assert [kind for kind, pattern in PATTERNS.items() if f"/{pattern}/g" not in source] == []
