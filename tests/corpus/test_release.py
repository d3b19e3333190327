from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from corpus import parquet
from corpus.details import NOT_STATED, ReleaseDetails, read_details
from corpus.errors import CorpusError
from corpus.features import ClassLabel, ListOf, Struct, Value, metadata
from corpus.jsonl import conversation_from_builtins
from corpus.record import Conversation
from corpus.release import write_release
from corpus.splits import Grouping, Split, assign_splits
from tests.corpus.factories import make_conversation, rich_conversation, small_corpus

CORPUS = [*small_corpus(), *(rich_conversation(number) for number in range(5))]
FULL = ReleaseDetails(**{field.name: f"the {field.name}" for field in fields(ReleaseDetails)})


def table_of(folder: Path, split: Split) -> Any:
    return pq.read_table(folder / f"data/{split}-00000-of-00001.parquet")


def record_of(row: dict[str, Any], features: dict[str, Any]) -> Conversation:
    """Undo the columns: labels from the names that `datasets` would use, criteria from their text."""

    def label(value: int | None, feature: dict[str, Any]) -> str | None:
        return None if value is None else feature["names"][value]

    inner = features["utterances"]["feature"]
    for name in ("experience", "emotion", "problem"):
        row[name] = label(row[name], features[name])
    for utterance in row["utterances"]:
        for name in ("speaker", "strategy", "original_strategy"):
            utterance[name] = label(utterance[name], inner[name])
        utterance["votes"] = [label(vote, inner["votes"]["feature"]) for vote in utterance["votes"]]
    row["criteria"] = json.loads(row["criteria"])
    row["flags"] = json.loads(row["flags"])
    return conversation_from_builtins(row)


def header_of(folder: Path) -> Any:
    return yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])


def test_every_record_is_in_its_part_and_nothing_is_lost(tmp_path: Path) -> None:
    sizes = write_release(CORPUS, tmp_path, seed=4)
    parts = assign_splits(CORPUS, seed=4)
    assert sizes == {Split.TRAIN: 7, Split.VALIDATION: 3, Split.TEST: 2}
    for split in Split:
        table = table_of(tmp_path, split)
        features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
        records = [record_of(row, features) for row in table.to_pylist()]
        assert records == [c for c, part in zip(CORPUS, parts, strict=True) if part is split]


def test_many_conversations_are_written_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_PER_BATCH", 2)
    monkeypatch.setattr(parquet, "BATCHES_PER_GROUP", 2)
    write_release(CORPUS, tmp_path / "small")
    monkeypatch.undo()
    write_release(CORPUS, tmp_path / "large")
    paths = [tmp_path / name / "data" / "train-00000-of-00001.parquet" for name in ("small", "large")]
    assert [pq.ParquetFile(path).num_row_groups for path in paths] == [2, 1]
    assert pq.read_table(paths[0]).equals(pq.read_table(paths[1]))


def test_columns_are_typed(tmp_path: Path) -> None:
    write_release(CORPUS, tmp_path)
    schema = table_of(tmp_path, Split.TRAIN).schema
    assert str(schema.field("experience").type) == "int64"
    assert str(schema.field("survey").type.field("empathy").type) == "int8"
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    assert features["emotion"] == {
        "names": ["anger", "anxiety", "depression", "fear", "sadness", "shame"],
        "_type": "ClassLabel",
    }
    assert features["utterances"]["_type"] == "List"
    assert features["utterances"]["feature"]["strategy"]["names"][7] == "Others"


def test_the_header_of_the_card_agrees_with_the_files(tmp_path: Path) -> None:
    write_release(CORPUS, tmp_path, details=FULL)
    header = header_of(tmp_path)
    table = table_of(tmp_path, Split.TRAIN)
    assert [feature["name"] for feature in header["dataset_info"]["features"]] == table.column_names
    assert header["dataset_info"]["features"][4]["dtype"]["class_label"]["names"]["1"] == "anxiety"
    assert [split["num_examples"] for split in header["dataset_info"]["splits"]] == [7, 3, 2]
    assert header["dataset_info"]["download_size"] == sum(
        p.stat().st_size for p in (tmp_path / "data").iterdir()
    )
    assert header["configs"][0]["data_files"][0] == {"split": "train", "path": "data/train-*"}
    assert header["license"] == "the licence"
    assert header["language"] == ["the language"]
    assert header["size_categories"] == ["n<1K"]


def test_the_documents_hold_live_numbers(tmp_path: Path) -> None:
    write_release(CORPUS, tmp_path, details=FULL)
    card, sheet = (tmp_path / "README.md").read_text(), (tmp_path / "DATASHEET.md").read_text()
    messages = sum(len(c.utterances) for c in CORPUS)
    assert f"12 conversations with {messages} messages" in sheet
    assert f"| messages | {messages} |" in card
    assert "| job crisis | 7 |" in card
    assert "5 strategy labels and 5 intensity answers" in sheet
    assert "5 people took part" in sheet
    assert "1 conversations have no complete post-chat survey" in sheet


def test_what_was_not_stated_is_flagged(tmp_path: Path) -> None:
    write_release(CORPUS, tmp_path / "bare")
    write_release(CORPUS, tmp_path / "full", details=FULL)
    for name in ("README.md", "DATASHEET.md"):
        bare, full = ((tmp_path / folder / name).read_text() for folder in ("bare", "full"))
        assert "Still to be stated by the releasing group:** licence, version, creators" in bare
        assert NOT_STATED in bare
        assert "stated by the releasing group" not in full
        assert "$" not in full
    assert "license" not in header_of(tmp_path / "bare")


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_release(CORPUS, tmp_path / name)
    for path in sorted((tmp_path / "one").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_grouping_is_told_in_the_documents(tmp_path: Path) -> None:
    write_release(CORPUS, tmp_path, grouping=Grouping.WORKERS, seed=3)
    assert "nobody's conversations in two parts, with the seed 3" in (tmp_path / "README.md").read_text()


def test_an_iterator_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="read twice"):
        write_release(iter(CORPUS), tmp_path)


def test_details_are_read_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "details.toml"
    path.write_text('name = "Our corpus"\nlicence = "cc-by-4.0"\n')
    assert read_details(path) == ReleaseDetails(name="Our corpus", licence="cc-by-4.0")


@pytest.mark.parametrize(
    ("text", "because"), [("colour = 1", "colour"), ("name = 1", "str"), ("name", "Expected")]
)
def test_damaged_details_are_refused(tmp_path: Path, text: str, because: str) -> None:
    path = tmp_path / "details.toml"
    path.write_text(text)
    with pytest.raises(CorpusError, match=because):
        read_details(path)


def test_a_struct_inside_a_list_keeps_its_types() -> None:
    feature = ListOf(Struct({"a": Value("int8"), "b": ClassLabel(("x", "y"))}))
    assert metadata(feature) == {
        "feature": {
            "a": {"dtype": "int8", "_type": "Value"},
            "b": {"names": ["x", "y"], "_type": "ClassLabel"},
        },
        "_type": "List",
    }


def test_a_label_with_marks_of_its_own_breaks_no_document(tmp_path: Path) -> None:
    label = 'a "b" | $c: {d}\n- é'
    write_release([make_conversation(problem=label)], tmp_path)
    features = {feature["name"]: feature for feature in header_of(tmp_path)["dataset_info"]["features"]}
    assert features["problem"]["dtype"]["class_label"]["names"] == {"0": label}
    assert '| a "b" \\| $c: {d} - é | 1 |' in (tmp_path / "README.md").read_text()


def test_a_part_without_conversations_has_no_file(tmp_path: Path) -> None:
    assert write_release([make_conversation()], tmp_path) == {Split.TRAIN: 1}
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["train-00000-of-00001.parquet"]
    assert header_of(tmp_path)["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*"}]
