from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.convokit import iter_convokit, read_convokit, write_convokit
from corpus.errors import CorpusFormatError
from tests.corpus.factories import rich_conversation, small_corpus


def lines_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "utterances.jsonl").read_text().splitlines()]


def test_nothing_is_lost(tmp_path: Path) -> None:
    conversations = [*small_corpus(), rich_conversation(7), rich_conversation(8)]
    assert write_convokit(conversations, tmp_path / "corpus") == 9
    assert read_convokit(tmp_path / "corpus") == conversations


def test_the_folder_is_what_convokit_expects(tmp_path: Path) -> None:
    write_convokit([rich_conversation()], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "conversations.json", "corpus.json", "index.json", "speakers.json", "utterances.jsonl",
    ]  # fmt: skip
    first, second, *_ = lines_of(tmp_path)
    assert first["id"] == first["conversation_id"] == "utterance_c0007_0"
    assert first["reply-to"] is None
    assert second == {
        "id": "utterance_c0007_1",
        "conversation_id": "utterance_c0007_0",
        "text": "How long do you wait?",
        "speaker": "p07",
        "meta": {
            "role": "supporter",
            "annotation": {"strategy": "Question"},
            "original_strategy": "Others",
            "votes": ["Question", "Question"],
            "review": "change",
            "rates": [],
        },
        "reply-to": "utterance_c0007_0",
        "timestamp": 12.5,
        "vectors": [],
    }
    index = json.loads((tmp_path / "index.json").read_text())
    assert index["utterances-index"]["annotation"] == ["<class 'dict'>"]
    assert index["conversations-index"]["minutes"] == ["<class 'float'>"]
    assert index["speakers-index"] == {"role": ["<class 'str'>"], "dialog_index": ["<class 'list'>"]}


def test_speakers_keep_their_pseudonym_across_conversations(tmp_path: Path) -> None:
    write_convokit([rich_conversation(7), rich_conversation(8), rich_conversation(3)], tmp_path)
    speakers = json.loads((tmp_path / "speakers.json").read_text())
    assert {name: entry["meta"] for name, entry in speakers.items()} == {
        "p03": {"role": "both", "dialog_index": [0, 1, 2, 2]},
        "p07": {"role": "supporter", "dialog_index": [0]},
        "p08": {"role": "supporter", "dialog_index": [1]},
    }


def test_speakers_without_a_pseudonym_are_bound_to_their_conversation(tmp_path: Path) -> None:
    write_convokit(small_corpus()[:1], tmp_path)
    speakers = json.loads((tmp_path / "speakers.json").read_text())
    assert speakers == {
        "seeker_0": {"meta": {"role": "seeker", "dialog_index": 0}, "vectors": []},
        "supporter_0": {"meta": {"role": "supporter", "dialog_index": 0}, "vectors": []},
    }


def test_a_folder_with_roles_only_on_speakers_and_another_order_reads_too(tmp_path: Path) -> None:
    write_convokit(small_corpus(), tmp_path)
    lines = lines_of(tmp_path)
    for line in lines:
        line["meta"] = {"annotation": {"feedback": None, **line["meta"]["annotation"]}}
    (tmp_path / "utterances.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    conversations = json.loads((tmp_path / "conversations.json").read_text())
    (tmp_path / "conversations.json").write_text(json.dumps(dict(reversed(conversations.items()))))
    assert read_convokit(tmp_path) == small_corpus()


def check_refuses(folder: Path, *, because: str) -> None:
    with pytest.raises(CorpusFormatError, match=because):
        list(iter_convokit(folder))


def test_a_conversation_without_an_entry_is_refused(tmp_path: Path) -> None:
    write_convokit(small_corpus()[:1], tmp_path)
    (tmp_path / "conversations.json").write_text("{}")
    check_refuses(tmp_path, because=r"record 0: expected an entry in conversations.json for utterance_0_0")


def test_scattered_utterances_are_refused(tmp_path: Path) -> None:
    write_convokit(small_corpus()[:2], tmp_path)
    lines = (tmp_path / "utterances.jsonl").read_text().splitlines()
    (tmp_path / "utterances.jsonl").write_text("\n".join([lines[-1], *lines[:-1]]))
    check_refuses(tmp_path, because="together")


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    write_convokit(small_corpus()[:1], tmp_path)
    path = tmp_path / "utterances.jsonl"
    path.write_text(path.read_text().replace('"role": "seeker"', '"role": "bot"', 1))
    check_refuses(tmp_path, because="'seeker' or 'supporter'")


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    write_convokit(small_corpus()[:1], tmp_path)
    path = tmp_path / "utterances.jsonl"
    path.write_bytes(path.read_bytes() + '{"text": "café"}'.encode("latin-1"))
    check_refuses(tmp_path, because="record 14: expected UTF-8 text")
