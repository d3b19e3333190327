"""Tests that a protocol is read together with its tutorial, its consent text and its crisis resources."""

from __future__ import annotations

from typing import Any

import pytest

from study import protocol_files
from study.domain import protocol
from study.domain.errors import ProtocolInvalid
from study.domain.tutorial_content import exam_items


def document() -> dict[str, Any]:
    return protocol_files.read_document(protocol_files.DEFAULT)


@pytest.mark.parametrize("name", protocol_files.names())
def test_every_protocol_that_comes_with_the_platform_has_its_content(name: str) -> None:
    read, _sha256 = protocol_files.read_protocol(name)
    assert all(exam_items(read.tutorial_content, page.key) for page in read.tutorial.subtasks)
    assert read.consent.version
    assert read.resources


def test_a_rehearsal_hurries_nobody_and_keeps_the_rest_of_the_rule() -> None:
    real, _sha256 = protocol_files.read_protocol("esconv-2021")
    rehearsal, _sha256 = protocol_files.read_protocol("esconv-2021-rehearsal")
    assert rehearsal.tutorial.exam.min_seconds_per_item == 0
    assert rehearsal.tutorial.exam.pass_subtask_correct == real.tutorial.exam.pass_subtask_correct


def test_an_unknown_key_of_an_item_is_named_with_its_path() -> None:
    changed = document()
    changed["items"][7]["hint"] = "Look closely."
    with pytest.raises(ProtocolInvalid, match=r"unknown field `hint` - at `\$\.items\[7\]`"):
        protocol.parse(changed)


def test_a_strategy_that_the_tutorial_does_not_teach_is_refused() -> None:
    changed = document()
    changed["strategies"][0]["name"] = "Asking"
    with pytest.raises(ProtocolInvalid, match=r"'Asking'.*at `\$\.tutorial\.subtasks`"):
        protocol.parse(changed)


def test_a_bank_that_the_rule_cannot_draw_from_is_refused() -> None:
    changed = document()
    changed["tutorial"]["exam"]["attempts"] = 5
    with pytest.raises(ProtocolInvalid, match=r"needs 5 exam items on 'exploration'; there are 4"):
        protocol.parse(changed)


def test_a_protocol_without_a_resource_for_everybody_is_refused() -> None:
    changed = document()
    changed["resources"] = [entry for entry in changed["resources"] if entry["country"] != "*"]
    with pytest.raises(ProtocolInvalid, match="No resource is for everybody"):
        protocol.parse(changed)
