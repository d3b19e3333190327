"""A client of the chat's socket that knows nothing but `docs/reference/frames.asyncapi.json`.

It reads the address, the frames and the codes from the document, refuses to send what the document does not allow,
and fails when it hears what the document does not say.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

DOCUMENT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "reference" / "frames.asyncapi.json").read_text(encoding="utf-8")
)
CHANNEL = DOCUMENT["channels"]["chat"]


def address(participation: str) -> str:
    """Return the path of a participation's socket."""
    path: str = CHANNEL["address"]
    return path.replace("{participation}", participation)


def looked_up(reference: str) -> dict[str, Any]:
    """Return what a reference within the document means."""
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return looked_up(found["$ref"]) if "$ref" in found else dict(found)


def _validators(operation: str) -> dict[str, Validator]:
    messages = [looked_up(item["$ref"]) for item in DOCUMENT["operations"][operation]["messages"]]
    return {
        message["name"]: Draft202012Validator(message["payload"] | {"components": DOCUMENT["components"]})
        for message in messages
    }


SAID, HEARD = _validators("fromBrowser"), _validators("toBrowser")


def say(kind: str, **fields: Any) -> str:
    """Return a frame as text.

    Raises:
        ValidationError: the document does not allow it.
    """
    frame = {"type": kind} | fields
    SAID[kind].validate(frame)
    return json.dumps(frame)


def hear(frame: dict[str, Any]) -> dict[str, Any]:
    """Return a frame that came, when the document knows it, its fields and its codes.

    Raises:
        ValidationError: a field is missing or of another type.
    """
    HEARD[frame["type"]].validate(frame)
    known = looked_up(HEARD[frame["type"]].schema["$ref"])["properties"]
    assert set(frame) <= set(known), set(frame) - set(known)
    if frame["type"] == "refused":
        assert CHANNEL["x-refusal-codes"][frame["code"]]["retry"] == frame["retry"]
    return frame
