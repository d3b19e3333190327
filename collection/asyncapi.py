"""The socket's frames as an AsyncAPI document: the same definition as the reference page, for programs.

Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from __future__ import annotations

from typing import Any

import msgspec

from collection.domain import frames
from collection.frames_reference import CLIENT_STEPS, field_notes, refusal_codes

FRAMES: list[type[msgspec.Struct]] = [*frames.CLIENT_FRAMES, *frames.SERVER_FRAMES]
SCHEMAS = "#/components/schemas/{name}"


def asyncapi_document() -> dict[str, Any]:
    """Return the document. It speaks for the server: it receives the browser's frames and sends its own."""
    received, sent = _names(frames.CLIENT_FRAMES), _names(frames.SERVER_FRAMES)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "The chat's socket",
            "version": "1",
            "description": "One socket is one seat in one browser tab. Every frame is one JSON object in a text frame.\n\n"
            + CLIENT_STEPS,
        },
        "defaultContentType": "application/json",
        "channels": {"chat": _channel([*received, *sent])},
        "operations": {
            "fromBrowser": _operation("receive", received),
            "toBrowser": _operation("send", sent),
        },
        "components": {
            "messages": {str(struct.__struct_config__.tag): _message(struct) for struct in FRAMES},
            "schemas": _schemas(),
        },
    }


def _names(structs: tuple[type[msgspec.Struct], ...]) -> list[str]:
    return [str(struct.__struct_config__.tag) for struct in structs]


def _channel(messages: list[str]) -> dict[str, Any]:
    codes = {
        code: {"description": meaning, "retry": retry}
        for code, (meaning, retry) in sorted(refusal_codes().items())
    }
    return {
        "address": "/p/{participation}/chat/socket/",
        "description": "Opened with the participation's session cookie and an `Origin` of this very site.",
        "parameters": {
            "participation": {"description": "The participation's public id, as in its pages' addresses."}
        },
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        "x-max-frame-bytes": frames.MAX_FRAME_BYTES,
        "x-close-codes": {str(code): meaning for code, meaning in frames.CLOSE_CODES.items()},
        "x-refusal-codes": codes,
    }


def _operation(action: str, messages: list[str]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/chat"},
        "messages": [{"$ref": f"#/channels/chat/messages/{name}"} for name in messages],
    }


def _message(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        "name": struct.__struct_config__.tag,
        "summary": " ".join((struct.__doc__ or "").split()),
        "payload": {"$ref": SCHEMAS.format(name=struct.__name__)},
    }


def _schemas() -> dict[str, Any]:
    _references, schemas = msgspec.json.schema_components(FRAMES, ref_template=SCHEMAS)
    for name, schema in schemas.items():
        for field, note in field_notes(getattr(frames, name)).items():
            schema["properties"][field]["description"] = note
    return dict(sorted(schemas.items()))
