"""Reads and writes a corpus folder of ConvoKit.

The names are those of ConvoKit's own `emotional-support` corpus: utterances `utterance_<conversation>_<turn>`,
a conversation named after its first utterance, metadata under the published ESConv keys. On top of them come
what that corpus lacks: times, pseudonyms that stay the same across conversations, original annotations and
votes. `Corpus(filename=folder)` loads the result.
Source: convokit.cornell.edu, "Data Format" and "Emotional Support Conversation Corpus".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import IO, cast

import msgspec

from corpus.errors import CorpusFormatError
from corpus.esconv import (
    annotation_of,
    answers,
    score_from_esconv,
    strategy_from_esconv,
    survey_from_esconv,
    survey_scores,
)
from corpus.fields import Fields, as_fields, normalise
from corpus.files import JsonObjectFile, replacing_folder, write_text
from corpus.jsonl import conversation_from_builtins
from corpus.jsonstream import decode_value, iter_object
from corpus.labels import Speaker, canonical_speaker
from corpus.record import Conversation, Utterance

UTTERANCES = "utterances.jsonl"
SPEAKERS = "speakers.json"
CONVERSATIONS = "conversations.json"
CORPUS = "corpus.json"
INDEX = "index.json"


def write_convokit(conversations: Iterable[Conversation], folder: Path | str, *, name: str = "corpus") -> int:
    """Write a ConvoKit corpus folder and return the number of conversations written."""
    with replacing_folder(Path(folder)) as partial:
        writer = _Writer(partial)
        with (
            (partial / UTTERANCES).open("w", encoding="utf-8", newline="\n") as utterances,
            JsonObjectFile(partial / CONVERSATIONS) as entries,
        ):
            for index, conversation in enumerate(conversations):
                writer.add(conversation, index=index, utterances=utterances, entries=entries)
        writer.finish(name)
        return writer.count


class _Writer:
    """What has to be remembered over the whole corpus: speakers, and the types of the metadata."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self._folder = folder
        self._speakers: dict[str, dict[str, object]] = {}
        self._types: dict[str, dict[str, str]] = {"utterances": {}, "speakers": {}, "conversations": {}}

    def add(
        self, conversation: Conversation, *, index: int, utterances: IO[str], entries: JsonObjectFile
    ) -> None:
        names = _utterance_names(conversation, index)
        meta = _conversation_meta(conversation)
        entries.add(names[0], {"meta": meta, "vectors": []})
        self._note("conversations", meta)
        speakers = {
            Speaker.SEEKER: self._speaker(conversation.seeker_id, Speaker.SEEKER, index),
            Speaker.SUPPORTER: self._speaker(conversation.supporter_id, Speaker.SUPPORTER, index),
        }
        for position, utterance in enumerate(conversation.utterances):
            meta = _utterance_meta(utterance, names)
            self._note("utterances", meta)
            line: dict[str, object] = {
                "id": names[position],
                "conversation_id": names[0],
                "text": utterance.text,
                "speaker": speakers[utterance.speaker],
                "meta": meta,
                "reply-to": names[position - 1] if position else None,
                "timestamp": utterance.offset_seconds,
                "vectors": [],
            }
            utterances.write(_dump(line) + "\n")
        self.count += 1

    def _speaker(self, pseudonym: str | None, role: Speaker, index: int) -> str:
        """Return a speaker's name: the pseudonym, or one bound to the conversation where there is none."""
        name = pseudonym or f"{role}_{index}"
        known = self._speakers.setdefault(
            name, {"role": str(role), "dialog_index": [] if pseudonym else index}
        )
        if pseudonym:
            cast("list[int]", known["dialog_index"]).append(index)
            if known["role"] != str(role):
                known["role"] = "both"
        return name

    def _note(self, kind: str, meta: Mapping[str, object]) -> None:
        types = self._types[kind]
        for key, value in meta.items():
            if value is not None and key not in types:
                types[key] = str(type(value))

    def finish(self, name: str) -> None:
        """Write what is known only at the end."""
        with JsonObjectFile(self._folder / SPEAKERS) as speakers:
            for speaker, meta in self._speakers.items():
                self._note("speakers", meta)
                speakers.add(speaker, {"meta": meta, "vectors": []})
        overall = {"name": name, "timestamp_unit": "seconds since the conversation's first utterance"}
        index = {
            f"{kind}-index": {key: [shown] for key, shown in types.items()}
            for kind, types in self._types.items()
        }
        index["overall-index"] = {key: [str(type(value))] for key, value in overall.items()}
        write_text(self._folder / CORPUS, _dump(overall) + "\n")
        write_text(self._folder / INDEX, _dump({**index, "version": 1, "vectors": []}) + "\n")


def _utterance_names(conversation: Conversation, index: int) -> list[str]:
    stem = conversation.id or index
    return [f"utterance_{stem}_{position}" for position in range(len(conversation.utterances))]


def _conversation_meta(conversation: Conversation) -> dict[str, object]:
    return {
        "experience_type": conversation.experience,
        "emotion_type": conversation.emotion,
        "problem_type": conversation.problem,
        "situation": normalise(conversation.situation),
        "survey_score": survey_scores(conversation.survey),
        **answers(conversation.survey),
        "original_final_emotion_intensity": conversation.survey.original_intensity_after,
        "pseudonym": conversation.id,
        "seeker_pseudonym": conversation.seeker_id,
        "supporter_pseudonym": conversation.supporter_id,
        "minutes": conversation.minutes,
        "criteria": conversation.criteria,
        "intensity_review": conversation.survey.intensity_review,
        "flags": conversation.flags,
    }


def _utterance_meta(utterance: Utterance, names: list[str]) -> dict[str, object]:
    return {
        "role": str(utterance.speaker),
        "annotation": annotation_of(utterance),
        "original_strategy": utterance.original_strategy,
        "votes": list(utterance.votes),
        "review": utterance.review,
        "rates": [names[rated] for rated in utterance.rates],
    }


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_convokit(folder: Path | str) -> list[Conversation]:
    """Return every conversation of a ConvoKit folder.

    Raises:
        CorpusFormatError: the folder holds no emotional support corpus.
        OSError: a file cannot be read.
    """
    return list(iter_convokit(folder))


def iter_convokit(folder: Path | str) -> Iterator[Conversation]:
    """Yield the conversations of a ConvoKit folder one at a time, in the order of their utterances.

    Memory stays constant as long as both files name the conversations in the same order, as here.
    """
    folder = Path(folder)
    conversations = _Lookup(folder / CONVERSATIONS)
    speakers = _Lookup(folder / SPEAKERS, keep=True)
    seen: set[str] = set()
    lines = _lines(folder / UTTERANCES)
    for index, (name, group) in enumerate(
        groupby(lines, key=lambda line: str(line.values["conversation_id"]))
    ):
        if name in seen:
            raise CorpusFormatError(
                index, "conversation_id", "the utterances of a conversation together", name
            )
        seen.add(name)
        meta = _meta(as_fields(index, "", conversations.find(name, index=index)))
        yield _conversation(meta, list(group), speakers, index=index)


class _Lookup:
    """A JSON object read no further than needed: what is asked for in its own order is never held."""

    def __init__(self, path: Path, *, keep: bool = False) -> None:
        self._entries = iter_object(path)
        self._passed: dict[str, object] = {}
        self._keep = keep
        self._file = path.name

    def find(self, key: str, *, index: int) -> object:
        """Return the value of `key`; unless values are kept, each can be found once."""
        if key in self._passed:
            return self._passed[key] if self._keep else self._passed.pop(key)
        for passed, value in self._entries:
            if passed == key:
                if self._keep:
                    self._passed[key] = value
                return value
            self._passed[passed] = value
        raise CorpusFormatError(index, "", f"an entry in {self._file} for {key}")


def _lines(path: Path) -> Iterator[Fields]:
    """Yield the utterances as they stand; `index` in their errors is that of the line."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream):
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                raise CorpusFormatError(number, "", f"UTF-8 text ({error.reason})") from None
            fields = as_fields(number, "", decode_value(text, index=number))
            fields.text("conversation_id")
            yield fields


def _meta(fields: Fields) -> Fields:
    # Folders of early versions hold the metadata without a level of their own.
    return fields.fields("meta") if "meta" in fields.values else fields


def _conversation(meta: Fields, lines: list[Fields], speakers: _Lookup, *, index: int) -> Conversation:
    positions = {line.text("id"): position for position, line in enumerate(lines)}
    survey = msgspec.to_builtins(survey_from_esconv(meta))
    survey["original_intensity_after"] = meta.values.get("original_final_emotion_intensity")
    survey["intensity_review"] = meta.values.get("intensity_review")
    record = {
        "experience": meta.text("experience_type"),
        "emotion": meta.text("emotion_type"),
        "problem": meta.text("problem_type"),
        "situation": meta.text("situation", empty=True),
        "survey": survey,
        "utterances": [_utterance(line, positions, speakers, index=index) for line in lines],
        "id": meta.values.get("pseudonym"),
        "seeker_id": meta.values.get("seeker_pseudonym"),
        "supporter_id": meta.values.get("supporter_pseudonym"),
        "minutes": meta.values.get("minutes"),
        "criteria": meta.values.get("criteria") or {},
        "flags": meta.values.get("flags") or {},
    }
    return conversation_from_builtins(record, index=index)


def _utterance(
    line: Fields, positions: Mapping[str, int], speakers: _Lookup, *, index: int
) -> dict[str, object]:
    meta = _meta(line)
    annotation = (
        meta.fields("annotation") if "annotation" in meta.values else as_fields(index, "annotation", {})
    )
    given = {key for key, value in annotation.values.items() if value is not None}
    rates = meta.items("rates") if "rates" in meta.values else []
    return {
        "speaker": _role(line, meta, speakers, index=index),
        "text": line.text("text"),
        "strategy": strategy_from_esconv(annotation) if "strategy" in given else None,
        "feedback": score_from_esconv(annotation, "feedback") if "feedback" in given else None,
        "original_strategy": meta.values.get("original_strategy"),
        "votes": meta.values.get("votes") or [],
        "review": meta.values.get("review"),
        "rates": [positions.get(str(rated), -1) for rated in rates],
        "offset_seconds": line.values.get("timestamp"),
    }


def _role(line: Fields, meta: Fields, speakers: _Lookup, *, index: int) -> Speaker:
    """Return the utterance's role, or its speaker's where the utterance has none."""
    if "role" not in meta.values:
        name = line.text("speaker")
        meta = _meta(as_fields(index, f"{SPEAKERS}.{name}", speakers.find(name, index=index)))
    role = meta.text("role")
    try:
        return canonical_speaker(role)
    except ValueError:
        raise meta.refuse("role", "'seeker' or 'supporter'", role) from None
