from __future__ import annotations

from pathlib import Path

import pytest

from corpus.conversion import Options, convert
from corpus.errors import CorpusError, CorpusFormatError
from corpus.failed import is_failed
from corpus.formats import CorpusFile, Format, detect, read_corpus
from corpus.record import Conversation, Survey
from tests.corpus.factories import make_conversation, small_corpus

READABLE = [Format.ESCONV, Format.JSONL, Format.CONVOKIT]


@pytest.mark.parametrize("to", READABLE)
def test_every_readable_format_gives_the_same_records(tmp_path: Path, to: Format) -> None:
    assert convert(small_corpus(), to, tmp_path / "out") == 7
    assert detect(tmp_path / "out") is to
    assert read_corpus(tmp_path / "out") == small_corpus()


@pytest.mark.parametrize("to", READABLE)
def test_a_chain_of_conversions_ends_where_it_began(tmp_path: Path, to: Format) -> None:
    convert(small_corpus(), Format.ESCONV, tmp_path / "first")
    convert(CorpusFile(tmp_path / "first"), to, tmp_path / "second")
    convert(CorpusFile(tmp_path / "second"), Format.ESCONV, tmp_path / "third")
    assert (tmp_path / "third").read_bytes() == (tmp_path / "first").read_bytes()


@pytest.mark.parametrize("to", list(Format))
def test_every_format_can_be_written_from_a_file(tmp_path: Path, to: Format) -> None:
    convert(small_corpus(), Format.ESCONV, tmp_path / "in.json")
    assert convert(CorpusFile(tmp_path / "in.json"), to, tmp_path / "out") == 7
    assert (tmp_path / "out").exists()


@pytest.mark.parametrize("to", list(Format))
def test_a_damaged_source_leaves_nothing_behind(tmp_path: Path, to: Format) -> None:
    convert(small_corpus(), Format.JSONL, tmp_path / "in.jsonl")
    with (tmp_path / "in.jsonl").open("a") as stream:
        stream.write("{}\n")
    with pytest.raises(CorpusFormatError, match="record 7"):
        convert(CorpusFile(tmp_path / "in.jsonl"), to, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_only_conversations_that_did_not_help_are_chosen(tmp_path: Path) -> None:
    failed = make_conversation(survey=Survey(3, 4, 2, 2))
    source = [*small_corpus(), failed]
    assert [c for c in source if is_failed(c)] == [failed]
    assert convert(source, Format.FAILED, tmp_path / "out", options=Options(only_failed=True)) == 1
    assert convert(source, Format.PARQUET, tmp_path / "parquet", options=Options(only_failed=True)) == 1


def test_a_file_is_read_anew_at_every_pass(tmp_path: Path) -> None:
    convert(small_corpus(), Format.JSONL, tmp_path / "in.jsonl")
    source = CorpusFile(tmp_path / "in.jsonl")
    assert list(source) == list(source) == small_corpus()


def test_damaged_records_can_be_noted_and_passed(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    convert(small_corpus(), Format.JSONL, path)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "{}", lines[1], "[", lines[2]]))
    errors: list[CorpusFormatError] = []
    found: list[Conversation] = list(CorpusFile(path, refuse=errors.append))
    assert found == small_corpus()[:3]
    assert [error.index for error in errors] == [1, 3]


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text("[]")
    with pytest.raises(CorpusError, match="written only"):
        CorpusFile(tmp_path / "in.json", known=Format.CSV)
    with pytest.raises(CorpusError, match="no ConvoKit corpus"):
        CorpusFile(tmp_path)
    with pytest.raises(FileNotFoundError):
        CorpusFile(tmp_path / "absent.json")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[]", Format.ESCONV),
        ('\ufeff {"a": 1}', Format.JSONL),
        ("", Format.ESCONV),
        ("nonsense", Format.ESCONV),
    ],
)
def test_the_content_tells_the_format(tmp_path: Path, text: str, found: Format) -> None:
    (tmp_path / "file").write_text(text)
    assert detect(tmp_path / "file") is found
