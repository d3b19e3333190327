"""`manage.py calibrate`: from two files to Table 7, without a browser."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from corpus.esconv import to_esconv
from corpus.record import Survey
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations

HEAD = "conversation,annotator,judgement"
RECORDS = (
    make_record(),
    make_record(survey=Survey(4, 3, 2, 4, 3)),
    make_record(survey=Survey(4, 3, 2, 3, 3)),
    make_record(seeker_words=5),
)


def run(tmp_path: Path, *lines: str, options: tuple[str, ...] = ()) -> tuple[dict[str, Any], list[str]]:
    (tmp_path / "judged.csv").write_text("\n".join([HEAD, *lines]), encoding="utf-8")
    out, printed = tmp_path / "out.json", StringIO()
    call_command(
        "calibrate",
        "--judgements",
        str(tmp_path / "judged.csv"),
        "--json",
        str(out),
        *options,
        stdout=printed,
    )
    return json.loads(out.read_text(encoding="utf-8")), printed.getvalue().splitlines()


@pytest.fixture
def corpus(tmp_path: Path) -> tuple[str, str]:
    path = tmp_path / "corpus.json"
    path.write_text(json.dumps([to_esconv(record) for record in RECORDS]), encoding="utf-8")
    return ("--corpus", str(path))


def test_a_file_is_calibrated_without_the_database(tmp_path: Path, corpus: tuple[str, str]) -> None:
    ann = ["0,Ann,good", "1,Ann,good", "2,Ann,bad", "3,Ann,bad"]
    ben = ["0,Ben,good", "1,Ben,bad", "2,Ben,bad", "3,Ben,bad"]
    document, printed = run(tmp_path, *ann, *ben, options=corpus)
    assert document["base"] == {
        "rule": {
            "improvement": 1,
            "supporter_mean_length": 8.0,
            "empathy": 3,
            "relevance": 4,
            "detail": None,
            "seeker_mean_length": 6.0,
        },
        "kept": 2,
        "kappa": {"Ann": 1.0, "Ben": pytest.approx(0.5)},
        "average": pytest.approx(0.75),
    }
    assert document["judged"] == {"Ann": 4, "Ben": 4}
    assert len(document["one_factor"]) == 13
    assert len(document["grid"]) == 648
    assert document["highest"][0]["average"] >= document["base"]["average"]
    assert document["second_highest"][0]["average"] < document["highest"][0]["average"]
    assert printed[:2] == ["648 rules, 4 conversations", "base: (1, 8, 3, 4, -, 6) kappa 0.750, keeps 2"]


def test_the_steps_can_be_chosen(tmp_path: Path, corpus: tuple[str, str]) -> None:
    options = (*corpus, "--steps", "detail=-", "--steps", "improvement=0,1,2")
    document, _printed = run(tmp_path, "0,Ann,good", "2,Ann,bad", options=options)
    assert document["steps"]["detail"] == [None]
    assert len(document["grid"]) == 3 * 3 * 3 * 3 * 3


@pytest.mark.django_db
def test_the_databases_conversations_are_named_by_their_ids(tmp_path: Path) -> None:
    ids = [row.public_id for row in make_conversations(*RECORDS)]
    document, _printed = run(tmp_path, f"{ids[0]},Ann,good", f"{ids[3]},Ann,bad")
    assert (document["conversations"], document["base"]["average"]) == (4, 1.0)


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        (["9,Ann,good"], (), "line 2: there is no conversation '9'"),
        (["0,Ann,good"], ("--steps", "charm=1"), "expected one of improvement"),
        (["0,Ann,good"], ("--steps", "detail=many"), "are no steps"),
        (["0,Ann,good"], ("--protocol", "other"), "no protocol 'other'"),
    ],
)
def test_what_cannot_be_right_is_one_line_and_writes_nothing(
    tmp_path: Path, corpus: tuple[str, str], lines: list[str], options: tuple[str, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        run(tmp_path, *lines, options=(*corpus, *options))
    assert not (tmp_path / "out.json").exists()
