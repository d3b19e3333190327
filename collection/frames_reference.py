"""The reference of the socket's frames, written from their definition: `docs/reference/frames.md`."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import inspect as types

from collection.domain import errors, frames
from collection.domain.lifecycle import IllegalTransition
from study.domain.errors import ApplicationError

CLIENT_STEPS = """\
1. Connect, and send `hello` with the last ordinal that is on the screen, 0 at first.
2. `welcome` brings everything after it. With `reload` the client forgets what it has: it held something that was
   never stored.
3. Give every message a `client_uid` of its own and keep it until its `ack`. After each `welcome`, and after a
   `refused` with `retry`, send what is not acknowledged again, with the same `client_uid`: it is stored once.
4. Show `utterances` in the order of their `ordinal`. When one is missing before a new one, send `hello` again.
5. When the socket closes, connect again after a moment, a little longer each time, unless the code says otherwise.
"""
"""How a client goes about it."""

HEAD = """\
# Frames of the chat's socket

<!-- Written by `python manage.py frames_reference`; change `collection/domain/frames.py` instead. -->

One socket is one seat in one browser tab: `/p/<participation>/chat/socket/`, with the participation's session cookie
and an `Origin` of this very site. Every frame is one JSON object in a text frame, with a `type`. A frame from the
browser has at most {limit} bytes and no field that is not named here. Programs read the same in
[`frames.asyncapi.json`](frames.asyncapi.json).

## How a client goes about it

{steps}"""


def frames_reference() -> str:
    """Return the page as Markdown."""
    parts = [
        HEAD.format(limit=frames.MAX_FRAME_BYTES, steps=CLIENT_STEPS),
        "## From the browser\n",
        *(_frame(frame) for frame in frames.CLIENT_FRAMES),
        "## To the browser\n",
        *(_frame(frame) for frame in frames.SERVER_FRAMES),
        "## Parts of frames\n",
        *(_part(part) for part in (frames.UtteranceView, frames.FeedbackView, frames.Status)),
        "## Codes of `refused`\n",
        _codes(),
        "## Close codes\n",
        _table(("code", "meaning"), ((str(code), meaning) for code, meaning in frames.CLOSE_CODES.items())),
    ]
    return "\n".join(parts)


def _frame(frame: type[msgspec.Struct]) -> str:
    return _section(f"`{frame.__struct_config__.tag}`", frame)


def _part(part: type[msgspec.Struct]) -> str:
    return _section(part.__name__, part)


def _section(title: str, struct: type[msgspec.Struct]) -> str:
    info = types.type_info(struct)
    assert isinstance(info, types.StructType)
    notes = field_notes(struct)
    rows = [
        (f"`{field.encode_name}`", _type(field.type), _default(field), notes.get(field.name, ""))
        for field in info.fields
    ]
    table = _table(("field", "type", "default", ""), rows) if rows else "No fields.\n"
    return f"### {title}\n\n{inspect.getdoc(struct)}\n\n{table}"


def field_notes(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return the string under each field of a class."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(struct))).body[0]
    assert isinstance(tree, ast.ClassDef)
    notes: dict[str, str] = {}
    for field, after in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            assert isinstance(field.target, ast.Name)
            notes[field.target.id] = " ".join(str(after.value.value).split())
    return notes


def _default(field: types.Field) -> str:
    if field.required:
        return "required"
    return f"`{msgspec.json.encode(field.default).decode()}`"


def _type(kind: types.Type) -> str:
    match kind:
        case types.Metadata():
            return _type(kind.type)
        case types.StructType():
            return f"[{kind.cls.__name__}](#{kind.cls.__name__.lower()})"
        case types.VarTupleType() | types.ListType():
            return f"list of {_type(kind.item_type)}"
        case types.UnionType():
            return " or ".join(_type(member) for member in kind.types)
        case types.LiteralType():
            return ", ".join(f'"{value}"' for value in kind.values)
        case types.NoneType():
            return "null"
        case types.BoolType():
            return "boolean"
        case types.IntType() | types.FloatType():
            return "number" + _bounds(kind)
        case types.StrType():
            pattern = f", `{kind.pattern}`" if kind.pattern else ""
            return f"string{pattern}"
        case _:
            raise TypeError(f"The reference has no word for {kind!r}.")


def _bounds(kind: types.IntType | types.FloatType) -> str:
    if kind.ge is None and kind.le is None:
        return ""
    return f", {kind.ge} to {kind.le}"


def refusal_codes() -> dict[str, tuple[str, bool]]:
    """Return, for each code of `refused`, what it means and whether the same frame may succeed later."""
    own = {
        "bad_frame": ("The frame could not be read; `message` says why.", False),
        "error": ("Something broke.", True),
        "try_again": ("The database is away; the message is not stored yet.", True),
    }
    return own | {
        error.code: (_sentence(error), error.retry)
        for error in (*vars(errors).values(), IllegalTransition)
        if inspect.isclass(error) and issubclass(error, ApplicationError) and error is not ApplicationError
    }


def _codes() -> str:
    rows = (
        (f"`{code}`", meaning, "yes" if retry else "")
        for code, (meaning, retry) in sorted(refusal_codes().items())
    )
    return _table(("code", "meaning", "retry"), rows)


def _sentence(error: type[ApplicationError]) -> str:
    return " ".join((inspect.getdoc(error) or "").split())


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
