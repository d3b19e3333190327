from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus import progress
from corpus.cli import main
from corpus.convokit import read_convokit
from corpus.esconv import read_esconv
from corpus.formats import Format
from corpus.jsonl import write_jsonl
from corpus.lexical import compute_lexical
from corpus.statistics import compute_statistics
from corpus.strategies import compute_strategies
from tests.corpus.factories import rich_conversation, small_corpus

HERE = Path(__file__).parent
SMALL = str(HERE / "esconv_small.json")
COMPUTED = {"statistics": compute_statistics, "strategies": compute_strategies, "lexical": compute_lexical}


@pytest.mark.parametrize("verb", COMPUTED)
def test_the_json_document_is_what_the_library_computes(verb: str, tmp_path: Path) -> None:
    out = tmp_path / "made" / "out.json"
    assert main([verb, SMALL, "--json", str(out)]) == 0
    assert json.loads(out.read_text()) == COMPUTED[verb](read_esconv(SMALL))


@pytest.mark.parametrize("verb", COMPUTED)
def test_the_json_document_can_go_to_standard_output(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, SMALL, "--json", "-"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out) == COMPUTED[verb](read_esconv(SMALL))
    assert output.err == ""


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("statistics", "Mean words per utterance"),
        ("strategies", "Most frequent transitions"),
        ("lexical", "Restatement or Paraphrasing  RP"),
    ],
)
def test_without_json_a_reader_gets_tables(
    verb: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, SMALL]) == 0
    assert expected in capsys.readouterr().out


def test_the_contract_of_statistics(tmp_path: Path) -> None:
    main(["statistics", SMALL, "--json", str(tmp_path / "out")])
    document: Any = json.loads((tmp_path / "out").read_text())
    sides = {"total", "supporter", "seeker"}
    assert list(document) == [
        "conversations", "utterances", "mean_conversation_length", "mean_utterance_length", "problem", "emotion",
        "experience", "feedback", "strategy", "intensity", "feedback_phases", "minutes_mean",
    ]  # fmt: skip
    for key in ("utterances", "mean_conversation_length", "mean_utterance_length"):
        assert set(document[key]) == sides
    assert list(document["feedback"]) == ["1", "2", "3", "4", "5"]
    assert set(document["intensity"]) == {"before_mean", "after_mean", "after_n"}
    assert [set(phase) for phase in document["feedback_phases"]] == [{"n", "mean"}] * 3


def test_the_contracts_of_strategies_and_lexical(tmp_path: Path) -> None:
    main(["strategies", SMALL, "--json", str(tmp_path / "s")])
    main(["lexical", SMALL, "--json", str(tmp_path / "l")])
    strategies: Any = json.loads((tmp_path / "s").read_text())
    assert [set(point) for point in strategies["progress"]] == [{"n", "counts"}] * 6
    assert list(strategies["transitions"]) == ["3", "4"]
    assert set(strategies["transitions"]["3"]) == {"total", "top"}
    assert set(strategies["transitions"]["4"]["top"][0]) == {"path", "count", "proportion"}
    lexical: Any = json.loads((tmp_path / "l").read_text())
    assert all(len(features) == 20 for features in lexical["features"].values())
    assert set(lexical["features"]["Information"][0]) == {"ngram", "z", "count"}


def test_the_number_of_entries_can_be_chosen(tmp_path: Path) -> None:
    main(["strategies", SMALL, "--json", str(tmp_path / "s"), "--top", "2"])
    main(["lexical", SMALL, "--json", str(tmp_path / "l"), "--top", "3"])
    assert len(json.loads((tmp_path / "s").read_text())["transitions"]["3"]["top"]) == 2
    assert len(json.loads((tmp_path / "l").read_text())["features"]["Others"]) == 3


def test_a_valid_file_is_said_to_be_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", SMALL]) == 0
    assert capsys.readouterr().out == f"{SMALL}: esconv, 7 conversations, 82 utterances, no errors\n"


def test_every_damaged_record_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = json.loads(Path(SMALL).read_text())
    entries[1]["dialog"][0]["content"] = ""
    entries[4]["survey_score"]["seeker"]["initial_emotion_intensity"] = "9"
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps(entries))
    assert main(["validate", str(path)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.splitlines() == [
        f"corpus: {path}: record 1, dialog[0].content: expected text that is not empty",
        f"corpus: {path}: record 4, survey_score.seeker.initial_emotion_intensity: "
        'expected a score as a string, "1" to "5", found \'9\'',
    ]


def test_many_errors_are_cut_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "damaged.jsonl"
    path.write_text('{"a": 1}\n' * 60)
    assert main(["validate", str(path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 51
    assert lines[-1] == f"corpus: {path}: 10 more errors"


@pytest.mark.parametrize("text", ["nonsense", "[", "{", "[{}", ""])
def test_a_file_that_is_no_corpus_is_refused_in_one_line(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    for arguments in (
        ["statistics", str(path)],
        ["convert", str(path), "--to", "csv", "--out", str(tmp_path / "o")],
    ):
        assert main(arguments) == 1
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "o").exists()


def test_a_path_that_cannot_be_used_is_another_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["statistics", str(tmp_path / "absent.json")]) == 2
    assert main(["statistics", SMALL, "--json", f"{SMALL}/out.json"]) == 2
    assert [line.split(":")[-1] for line in capsys.readouterr().err.splitlines()] == [
        " No such file or directory",
        " File exists",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance", SMALL],
        ["convert", SMALL],
        ["convert", SMALL, "--to", "xml", "--out", "x"],
        ["lexical", SMALL, "--top", "0"],
    ],
)
def test_wrong_usage_is_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage: corpus" in capsys.readouterr().err


def test_conversion_takes_its_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "rich.jsonl"
    write_jsonl([rich_conversation(n) for n in range(10)], source)
    (tmp_path / "details.toml").write_text('name = "Ours"\n')
    out = tmp_path / "release"
    options = ["--seed", "5", "--group-by", "workers", "--details", str(tmp_path / "details.toml")]
    assert main(["convert", str(source), "--to", "parquet", "--out", str(out), *options]) == 0
    assert capsys.readouterr().out == f"{out}: parquet, 10 conversations\n"
    card = (out / "README.md").read_text()
    assert "# Ours" in card
    assert "with the seed 5" in card
    assert "nobody's conversations in two parts" in card
    assert main(["convert", str(source), "--to", "csv", "--out", str(tmp_path / "csv"), "--no-bom"]) == 0
    assert (tmp_path / "csv" / "utterances.csv").read_bytes()[:12] == b"conversation"
    assert main(["convert", SMALL, "--to", "convokit", "--out", str(tmp_path / "kit")]) == 0
    assert read_convokit(tmp_path / "kit") == small_corpus()


def test_damaged_details_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "details.toml").write_text("colour = 1")
    arguments = ["--details", str(tmp_path / "details.toml"), "--out", str(tmp_path / "out")]
    assert main(["convert", SMALL, "--to", "parquet", *arguments]) == 1
    assert "'colour' is none of the details" in capsys.readouterr().err


def test_two_corpora_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed = str(HERE / "failed_small.json")
    assert main(["compare", SMALL, failed]) == 0
    assert "Only in A" in capsys.readouterr().out
    assert main(["compare", SMALL, failed, "--json", str(tmp_path / "out")]) == 0
    assert json.loads((tmp_path / "out").read_text())["conversations"] == {
        "both": 2,
        "only_a": 5,
        "only_b": 0,
    }


def run(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "corpus", *arguments]
    return subprocess.run(command, text=True, check=False, timeout=60, **more)


def test_the_module_runs_as_a_command() -> None:
    done = run("validate", SMALL, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "7 conversations" in done.stdout


def test_on_a_terminal_progress_moves() -> None:
    ours, theirs = pty.openpty()
    done = run("validate", SMALL, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.stdout.endswith("no errors\n")
    assert "validate: " in shown
    assert "\x1b[" in shown


def test_elsewhere_progress_is_plain_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "PLAIN_EVERY", 3)
    assert main(["convert", SMALL, "--to", Format.JSONL, "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().err == "convert: 3 conversations\nconvert: 6 conversations\n"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m corpus lexical {SMALL} --json - | head -c 5; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ('{\n  "', "")
