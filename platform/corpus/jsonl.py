"""The platform's own format: one record per line, with everything the record knows.

The keys are the fields of `corpus.record`. Every key is written; a reader may find any of them absent that
has a default. Nothing is lost on the way: reading what was written gives equal records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import msgspec

from corpus.checks import check_record
from corpus.errors import CorpusFormatError, Refuse, raising
from corpus.files import replacing
from corpus.record import Conversation, Survey, Utterance

_CONVERSATION_KEYS = frozenset(field.name for field in fields(Conversation))
_SURVEY_KEYS = frozenset(field.name for field in fields(Survey))
_UTTERANCE_KEYS = frozenset(field.name for field in fields(Utterance))


def read_jsonl(path: Path | str) -> list[Conversation]:
    """Return every conversation of a JSONL file.

    Raises:
        CorpusFormatError: a line is no such record.
        OSError: the file cannot be read.
    """
    return list(iter_jsonl(path))


def iter_jsonl(path: Path | str, *, refuse: Refuse = raising) -> Iterator[Conversation]:
    """Yield the conversations of a JSONL file one at a time; empty lines are passed over.

    A damaged record goes to `refuse`, which raises, or notes the error and lets the reading go on.
    """
    index = 0
    with Path(path).open("rb") as stream:
        for line in filter(bytes.strip, stream):
            try:
                conversation = conversation_from_json(line, index=index)
            except CorpusFormatError as error:
                refuse(error)
            else:
                yield conversation
            index += 1


def conversation_from_json(line: bytes, *, index: int = 0) -> Conversation:
    """Return the record that one line holds.

    Raises:
        CorpusFormatError: the line is not JSON, has an unknown key, or is no possible record.
    """
    try:
        decoded = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CorpusFormatError(index, "", f"one JSON object on the line ({error})") from None
    return conversation_from_builtins(decoded, index=index)


def conversation_from_builtins(decoded: object, *, index: int = 0) -> Conversation:
    """Return the record that a decoded line holds; errors as in `conversation_from_json`."""
    _refuse_unknown_keys(decoded, index=index)
    try:
        conversation = msgspec.convert(decoded, Conversation)
    except msgspec.ValidationError as error:
        raise _located(error, index=index) from None
    return check_record(conversation, index=index)


def _refuse_unknown_keys(decoded: object, *, index: int) -> None:
    """Refuse a key that the record does not have: a misspelt one would be lost in silence."""
    if not isinstance(decoded, dict):
        return
    parts = [("", decoded, _CONVERSATION_KEYS), ("survey.", decoded.get("survey"), _SURVEY_KEYS)]
    utterances = decoded.get("utterances")
    if isinstance(utterances, list):
        parts += [(f"utterances[{at}].", entry, _UTTERANCE_KEYS) for at, entry in enumerate(utterances)]
    for path, part, known in parts:
        unknown = sorted(part.keys() - known) if isinstance(part, dict) else []
        if unknown:
            raise CorpusFormatError(index, path + unknown[0], "no such key")


def _located(error: msgspec.ValidationError, *, index: int) -> CorpusFormatError:
    """Return msgspec's error, "Expected X, got Y - at `$.path`", as the corpus's own."""
    sentence, _, path = str(error).partition(" - at `")
    expected = sentence.removeprefix("Expected ")
    return CorpusFormatError(index, path.rstrip("`").removeprefix("$").removeprefix("."), expected)


def to_json(conversation: Conversation) -> bytes:
    """Return the record as one line of JSON, without its newline; equal records give equal bytes."""
    return msgspec.json.encode(conversation, order="deterministic")


def write_jsonl(conversations: Iterable[Conversation], path: Path | str) -> int:
    """Write one record per line and return how many; an earlier file is replaced only at the end."""
    count = 0
    with replacing(Path(path)) as partial, partial.open("wb") as stream:
        for conversation in conversations:
            stream.write(to_json(conversation) + b"\n")
            count += 1
    return count
