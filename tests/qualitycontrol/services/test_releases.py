"""A release holds what it may hold, as of one instant, or nothing at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from collection.api import Conversation, Utterance
from corpus.esconv import read_esconv
from qualitycontrol import release_snapshot as snapshots
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.funnel import Funnel, funnel
from qualitycontrol.models import Assessment, Release, ReleaseItem
from qualitycontrol.services import releases
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.releases import ReleaseRefused, release_make
from study.models import Participant, Participation, Study, Withdrawal
from study.services.withdrawals import participant_withdraw
from tests.qualitycontrol.collected import take_part
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations, make_study

pytestmark = pytest.mark.django_db
real_snapshot = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _snapshot(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a test's own transaction nothing else is written, and its isolation cannot be set any more."""
    if request.node.get_closest_marker("django_db").kwargs.get("transaction"):
        return
    monkeypatch.setattr(releases, "one_snapshot", nullcontext)


def qualified(*, study: Study | None = None, text: str = "", count: int = 1) -> list[Conversation]:
    record = make_record()
    if text:
        record = replace(
            record, utterances=(replace(record.utterances[0], text=text), *record.utterances[1:])
        )
    rows = make_conversations(*[record] * count, study=study)
    for row in rows:
        assert assessment_make(row.pk).state == State.QUALIFIED
    return rows


def states() -> list[str]:
    return list(Assessment.objects.order_by("pk").values_list("state", flat=True))


@real_snapshot
def test_a_release_is_files_rows_and_a_step_of_every_assessment(tmp_path: Path) -> None:
    qualified(text="Mail me: jo@example.org", count=2)
    assessment_make(make_conversations(make_record(seeker_words=5))[0].pk)
    release = release_make("first", folder=tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "conversations.jsonl",
        "esconv.json",
        "manifest.json",
    ]
    records = read_esconv(tmp_path / "out" / "esconv.json")
    assert [record.utterances[0].text for record in records] == ["Mail me: [EMAIL]"] * 2
    assert release.number == 1
    assert [item.position for item in ReleaseItem.objects.filter(release=release)] == [0, 1]
    assert states() == ["released", "released", "unqualified"]
    assert Utterance.objects.filter(text="Mail me: jo@example.org").count() == 2, "the study's own text stays"


def test_the_manifest_says_where_everything_comes_from(tmp_path: Path) -> None:
    qualified(text="Please write to me: jo@example.org")
    release = release_make("first", folder=tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest == release.manifest
    content = (tmp_path / "out" / "esconv.json").read_bytes()
    rich = (tmp_path / "out" / "conversations.jsonl").read_bytes()
    assert manifest["files"] == [
        {"name": name, "sha256": sha256(data).hexdigest(), "size_bytes": len(data), "records": 1}
        for name, data in (("esconv.json", content), ("conversations.jsonl", rich))
    ]
    version = Study.objects.get().protocol_version
    assert manifest["protocols"] == [
        {"name": "esconv-2021", "version": version.version, "sha256": version.sha256, "conversations": 1}
    ]
    assert manifest["release"] == {"number": 1, "name": "first", "rehearsal": False, "negative": False}
    assert manifest["counts"]["utterances"] == 16
    assert manifest["counts"]["strategies"] == {"Question": 8}
    assert manifest["deidentification"]["replaced"] == {"email": 1}
    assert manifest["funnel"] == {
        "applicants": 0,
        "passed": 0,
        "conversations": 1,
        "finished_and_long_enough": 1,
        "qualified": 1,
    }
    assert set(manifest["code"]) == {"version", "commit"}
    assert manifest["created_at"].endswith("+00:00")


def test_the_same_snapshot_gives_the_same_bytes_and_the_next_number(tmp_path: Path) -> None:
    qualified(count=3)
    first = release_make("a", folder=tmp_path / "a")
    second = release_make("b", folder=tmp_path / "b")
    for name in ("esconv.json", "conversations.jsonl"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert (first.number, second.number) == (1, 2)
    assert second.manifest["changes"] == {"since": 1, "added": 0, "kept": 3, "removed": []}


def withdraw(conversation: Conversation) -> None:
    participant_withdraw(Participant.objects.get(participations__seats__conversation=conversation).pk)


def test_who_withdrew_is_not_in_the_next_release_and_can_be_found_in_the_last(tmp_path: Path) -> None:
    rows = qualified(count=3)
    for row in rows:
        take_part(row)
    release_make("a", folder=tmp_path / "a")
    withdraw(rows[1])
    assert Withdrawal.objects.get().erased["released_conversations"] == 1
    second = release_make("b", folder=tmp_path / "b")
    assert second.manifest["counts"]["conversations"] == 2
    assert second.manifest["left_out"] == {"no_public_release": 1}
    assert second.manifest["changes"] == {"since": 1, "added": 0, "kept": 2, "removed": [1]}


@pytest.mark.parametrize(
    ("hold_back", "reason"),
    [
        (lambda row: take_part(row, public_release=False), "no public release"),
        (lambda row: Conversation.objects.filter(pk=row.pk).update(origin="practice"), "practice"),
        (lambda row: (take_part(row), withdraw(row)), "no public release"),
    ],
    ids=["no consent to a release", "practice", "withdrawn"],
)
def test_what_may_not_be_released_stays(
    tmp_path: Path, hold_back: Callable[[Conversation], Any], reason: str
) -> None:
    (row,) = qualified()
    hold_back(row)
    with pytest.raises(ReleaseRefused, match=f"Nothing is ready.*1 {reason}"):
        release_make("none", folder=tmp_path / "out")
    assert not list(tmp_path.iterdir())
    assert not Release.objects.exists()


def test_rehearsals_never_mix_with_the_real(tmp_path: Path) -> None:
    qualified()
    qualified(study=make_study("rehearsal", protocol="esconv-2021-rehearsal"), count=2)
    real = release_make("real", folder=tmp_path / "real")
    played = release_make("played", folder=tmp_path / "played", rehearsal=True)
    assert (real.manifest["counts"]["conversations"], real.manifest["left_out"]) == (1, {"rehearsal": 2})
    assert (played.manifest["counts"]["conversations"], played.manifest["left_out"]) == (
        2,
        {"not_rehearsal": 1},
    )
    assert played.manifest["release"]["rehearsal"]
    assert [use["name"] for use in played.manifest["protocols"]] == ["esconv-2021-rehearsal"]
    assert played.manifest["changes"]["since"] is None


def test_a_release_is_never_written_over_anything(tmp_path: Path) -> None:
    qualified()
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ReleaseRefused, match="not empty"):
        release_make("x", folder=tmp_path)
    assert states() == ["qualified"]


def late_survey(row: Conversation) -> None:
    type(row.seeker_survey).objects.filter(conversation=row).update(empathy=1, relevance=1)
    assessment_make(row.pk)


@pytest.mark.parametrize("change", [late_survey, withdraw], ids=["judged anew", "withdrawn"])
def test_what_changes_during_a_release_makes_it_fail_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Conversation], None]
) -> None:
    rows = qualified(count=2)
    for row in rows:
        take_part(row)

    def write_and_change(*args: Any) -> None:
        write_esconv(*args)
        change(rows[0])

    write_esconv = releases.write_esconv
    monkeypatch.setattr(releases, "write_esconv", write_and_change)
    with pytest.raises(
        ReleaseRefused,
        match=r"1 of 2 conversations were withdrawn, judged anew, taken under review or read again",
    ):
        release_make("x", folder=tmp_path / "out")
    assert not list(tmp_path.iterdir())
    assert not Release.objects.exists()
    assert State.RELEASED not in states()


def test_a_failure_at_the_last_step_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qualified()

    def disk_full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(releases, "_write_manifest", disk_full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("corpus_release", "x", "--out", str(tmp_path / "out"), stdout=StringIO())
    assert not list(tmp_path.iterdir())
    assert not Release.objects.exists()
    assert states() == ["qualified"]


@real_snapshot
def test_the_snapshot_does_not_see_what_is_written_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """One reader under REPEATABLE READ, one writer that commits in the middle of the reading."""
    rows = qualified(count=2)
    texts = []

    def write() -> None:
        Utterance.objects.filter(conversation=rows[1], ordinal=1).update(text="written meanwhile")
        connection.close()

    def redact_and_interfere(record: Any, marks: Any) -> Any:
        if not texts:
            writer = threading.Thread(target=write)
            writer.start()
            writer.join(timeout=10)
            assert not writer.is_alive(), "reading must not hold up the study"
        texts.append(record.utterances[0].text)
        return deidentify(record, marks)

    deidentify = snapshots.deidentify
    monkeypatch.setattr(snapshots, "deidentify", redact_and_interfere)
    monkeypatch.setattr(snapshots, "CHUNK", 1)
    with snapshots.one_snapshot():
        snapshots.release_snapshot(snapshots.Scope())
    assert texts == ["word word word word word word"] * 2
    assert Utterance.objects.get(conversation=rows[1], ordinal=1).text == "written meanwhile"


def test_the_command_names_the_studies_there_are(tmp_path: Path) -> None:
    qualified()
    with pytest.raises(CommandError, match="no study 'other'; there are: study"):
        call_command("corpus_release", "x", "--out", str(tmp_path / "out"), "--study", "other")
    out = StringIO()
    call_command("corpus_release", "x", "--out", str(tmp_path / "out"), "--study", "study", stdout=out)
    assert out.getvalue().startswith("release 1: 1 conversations")


def test_the_funnel_counts_people_and_conversations() -> None:
    study = make_study()
    rows = make_conversations(
        make_record(), make_record(pairs=2), make_record(seeker_words=5), make_record(), make_record()
    )
    for row in rows[:3]:
        assessment_make(row.pk)
    Conversation.objects.filter(pk=rows[3].pk).update(state="cancelled")
    Conversation.objects.filter(pk=rows[4].pk).update(origin="practice")
    for conversation in rows[:2]:
        take_part(conversation)
    Participation.objects.update(role="supporter")
    expected = Funnel(applicants=2, passed=0, conversations=3, finished_and_long_enough=2, qualified=1)
    assert funnel(study) == funnel() == expected
    assert funnel(make_study("other")) == Funnel(0, 0, 0, 0, 0)
