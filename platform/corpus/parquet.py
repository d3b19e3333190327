"""Writes the release as typed Parquet files in the layout that `datasets` loads.

    data/train-00000-of-00001.parquet  …validation…  …test…      one row per conversation
    README.md                          the dataset card, its header describing columns and splits
    DATASHEET.md                       the datasheet

`load_dataset(folder)` then gives the three splits with `ClassLabel` columns.
Source: huggingface.co/docs/datasets, "Structure your repository"; Liu et al. 2021, §6.1 for the split.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.features import ClassLabel, Feature, ListOf, Struct, Value, arrow_type, metadata
from corpus.labels import EXPERIENCES, STRATEGIES, Speaker
from corpus.record import Conversation, Survey, Utterance
from corpus.splits import Split

ROWS_PER_BATCH = 50
"""Conversations held as Python objects, ten times the size of Arrow's, before they become a batch."""
BATCHES_PER_GROUP = 8
"""Batches written together as one row group, which is what a reader of the file fetches at once."""

_INT = Value("int8")
_TEXT = Value("string")
_STRATEGY = ClassLabel(STRATEGIES)
_SPEAKER = ClassLabel(tuple(str(speaker) for speaker in Speaker))
_EXPERIENCE = ClassLabel(EXPERIENCES)

SURVEY_FEATURES: dict[str, Feature] = {
    "intensity_before": _INT,
    "intensity_after": _INT,
    "empathy": _INT,
    "relevance": _INT,
    "detail": _INT,
    "original_intensity_after": _INT,
    "intensity_review": _TEXT,
    "seeker_liked": _TEXT,
    "seeker_improve": _TEXT,
    "supporter_liked": _TEXT,
    "supporter_improve": _TEXT,
}
UTTERANCE_FEATURES: dict[str, Feature] = {
    "speaker": _SPEAKER,
    "text": _TEXT,
    "strategy": _STRATEGY,
    "feedback": _INT,
    "original_strategy": _STRATEGY,
    "votes": ListOf(_STRATEGY),
    "review": _TEXT,
    "rates": ListOf(Value("int32")),
    "offset_seconds": Value("float64"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one release; problems and emotions are the labels that occur in it, sorted."""

    problems: ClassLabel
    emotions: ClassLabel

    @classmethod
    def of(cls, problems: Iterable[str], emotions: Iterable[str]) -> Columns:
        """Return the columns for the labels that occur."""
        return cls(ClassLabel(tuple(sorted(set(problems)))), ClassLabel(tuple(sorted(set(emotions)))))

    def features(self) -> dict[str, Feature]:
        """Return the type of each column."""
        return {
            "id": _TEXT,
            "seeker_id": _TEXT,
            "supporter_id": _TEXT,
            "experience": _EXPERIENCE,
            "emotion": self.emotions,
            "problem": self.problems,
            "situation": _TEXT,
            "survey": Struct(SURVEY_FEATURES),
            "utterances": ListOf(Struct(UTTERANCE_FEATURES)),
            "minutes": Value("float64"),
            "criteria": _TEXT,
            "flags": _TEXT,
        }

    def schema(self) -> Any:
        """Return the Arrow schema, with the note that `datasets` reads its types from."""
        features = self.features()
        note = {"info": {"features": metadata(Struct(features))}}
        return pa.schema(
            [(name, arrow_type(feature)) for name, feature in features.items()],
            metadata={"huggingface": json.dumps(note)},
        )

    def row(self, conversation: Conversation) -> dict[str, object]:
        """Return one conversation as a row; criteria and flags, whose shape is the protocol's, as JSON text."""
        return {
            "id": conversation.id,
            "seeker_id": conversation.seeker_id,
            "supporter_id": conversation.supporter_id,
            "experience": _EXPERIENCE.position(conversation.experience),
            "emotion": self.emotions.position(conversation.emotion),
            "problem": self.problems.position(conversation.problem),
            "situation": conversation.situation,
            "survey": _survey_row(conversation.survey),
            "utterances": [_utterance_row(utterance) for utterance in conversation.utterances],
            "minutes": conversation.minutes,
            "criteria": msgspec.json.encode(conversation.criteria, order="deterministic").decode(),
            "flags": msgspec.json.encode(conversation.flags, order="deterministic").decode(),
        }


def _survey_row(survey: Survey) -> dict[str, object]:
    return {name: getattr(survey, name) for name in SURVEY_FEATURES}


def _utterance_row(utterance: Utterance) -> dict[str, object]:
    return {
        "speaker": _SPEAKER.position(str(utterance.speaker)),
        "text": utterance.text,
        "strategy": _STRATEGY.position(utterance.strategy),
        "feedback": utterance.feedback,
        "original_strategy": _STRATEGY.position(utterance.original_strategy),
        "votes": [_STRATEGY.position(vote) for vote in utterance.votes],
        "review": utterance.review,
        "rates": list(utterance.rates),
        "offset_seconds": utterance.offset_seconds,
    }


@dataclass(slots=True)
class SplitSize:
    """What the card's header says of one split."""

    num_examples: int = 0
    num_bytes: int = 0


def data_file(split: Split) -> str:
    """Return a split's file name as the Hub names the single shard of a split."""
    return f"data/{split}-00000-of-00001.parquet"


def write_data_files(
    conversations: Iterable[Conversation], splits: Sequence[Split], columns: Columns, folder: Path
) -> dict[Split, SplitSize]:
    """Write one Parquet file per split that has conversations, and return the sizes.

    `splits` names the part of each conversation, in order.
    """
    (folder / "data").mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        # An empty file would stop `load_dataset`.
        occurring = [split for split in Split if split in splits]
        shards = {
            split: stack.enter_context(_Shard(folder / data_file(split), columns)) for split in occurring
        }
        for conversation, split in zip(conversations, splits, strict=True):
            shards[split].add(conversation)
    return {split: shard.size for split, shard in shards.items()}


class _Shard:
    """One Parquet file, written a group of rows at a time."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self.size = SplitSize()
        self._columns = columns
        self._schema = columns.schema()
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[dict[str, object]] = []
        self._batches: list[Any] = []

    def __enter__(self) -> _Shard:
        return self

    def __exit__(self, *_: object) -> None:
        self._batch()
        self._write()
        self._writer.close()

    def add(self, conversation: Conversation) -> None:
        self._rows.append(self._columns.row(conversation))
        if len(self._rows) >= ROWS_PER_BATCH:
            self._batch()
        if len(self._batches) >= BATCHES_PER_GROUP:
            self._write()

    def _batch(self) -> None:
        if self._rows:
            self._batches.append(pa.RecordBatch.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def _write(self) -> None:
        if self._batches:
            table = pa.Table.from_batches(self._batches, schema=self._schema).combine_chunks()
            self._writer.write_table(table)
            self.size.num_examples += table.num_rows
            self.size.num_bytes += table.nbytes
            self._batches = []
