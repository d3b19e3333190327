"""Tests that the reference of the frames is what the code says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError

from collection.domain import frames
from collection.management.commands.frames_reference import reference_files
from tests.support import document_client as document

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "frames.md"


@pytest.mark.parametrize("name", ["frames.md", "frames.asyncapi.json"])
def test_the_reference_is_up_to_date(name: str) -> None:
    written = PAGE.with_name(name).read_text(encoding="utf-8")
    assert written == reference_files()[name], "run `python manage.py frames_reference`"


def test_every_frame_field_and_code_is_there() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for frame in (*frames.CLIENT_FRAMES, *frames.SERVER_FRAMES):
        section = page.split(f"### `{frame.__struct_config__.tag}`\n")[1].split("\n### ")[0]
        for field in frame.__struct_fields__:
            assert f"| `{field}` |" in section
    for code in frames.CLOSE_CODES:
        assert f"| {code} |" in page


def test_every_code_that_a_refusal_may_carry_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    codes = re.findall(r'code = "([a-z_]+)"', Path(frames.__file__).with_name("errors.py").read_text())
    codes += re.findall(
        r'code="([a-z_]+)"', (Path(frames.__file__).parents[1] / "realtime" / "socket.py").read_text()
    )
    assert len(codes) > 15
    for code in codes:
        assert f"| `{code}` |" in page, code


def test_every_frame_and_code_is_in_the_asyncapi_document() -> None:
    assert set(document.SAID) == {frame.__struct_config__.tag for frame in frames.CLIENT_FRAMES}
    assert set(document.HEARD) == {frame.__struct_config__.tag for frame in frames.SERVER_FRAMES}
    assert set(document.CHANNEL["x-close-codes"]) == {str(code) for code in frames.CLOSE_CODES}
    listed = re.findall(
        r"^\| `([a-z_]+)` \|", PAGE.read_text(encoding="utf-8").split("## Codes of")[1], re.MULTILINE
    )
    assert sorted(document.CHANNEL["x-refusal-codes"]) == listed


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("utterance.send", {"client_uid": "short", "text": "Hello."}),
        ("utterance.send", {"client_uid": "document-1"}),
        ("utterance.send", {"client_uid": "document-1", "text": "Hello.", "mood": 3}),
        ("feedback.give", {"number": 1, "score": 6}),
        ("conversation.end", {"manner": "vanish"}),
    ],
)
def test_the_document_refuses_what_the_server_refuses(kind: str, fields: dict[str, Any]) -> None:
    with pytest.raises(frames.BadFrame):
        frames.parse(json.dumps({"type": kind} | fields))
    with pytest.raises(ValidationError):
        document.say(kind, **fields)
