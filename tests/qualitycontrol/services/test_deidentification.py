"""A person reads a conversation: who may, what is stored, and what a release does with it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from collection.api import Conversation, Utterance
from corpus.esconv import read_esconv
from qualitycontrol.deidentification import readings, recalled, waiting
from qualitycontrol.domain.deidentify import KEEP
from qualitycontrol.models import AuditEvent, DeidentificationMark, DeidentificationPass, ReviewerParticipant
from qualitycontrol.release_snapshot import Scope, release_snapshot
from qualitycontrol.services import releases
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.deidentification import (
    MarkInvalid,
    Purpose,
    ReadingClosed,
    ReadingRefused,
    mark_remove,
    mark_set,
    pass_begin,
    pass_complete,
    words_mark,
)
from qualitycontrol.services.releases import ReleaseRefused, release_make
from study.clock import database_now
from study.services.withdrawals import participant_withdraw
from tests.qualitycontrol.collected import take_part
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.reading import digest_of, make_reader, read_through
from tests.qualitycontrol.rows import make_conversations
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> Conversation:
    """A collected, qualified conversation whose first messages name people."""
    (row,) = make_conversations(make_record())
    assert assessment_make(row.pk).state == "qualified"
    say(row, 1, "Anna left me.\r\nAnd anna took the dog, jo@example.org knows.")
    say(row, 2, "Did Anna say why?")
    return row


def say(row: Conversation, ordinal: int, text: str) -> None:
    assert Utterance.objects.filter(conversation=row, ordinal=ordinal).update(text=text) == 1


def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str = "out") -> list[str]:
    monkeypatch.setattr(releases, "one_snapshot", nullcontext)
    release_make(name, folder=tmp_path / name)
    (record,) = read_esconv(tmp_path / name / "esconv.json")
    return [utterance.text for utterance in record.utterances[:2]]


def test_a_release_waits_for_the_reading_and_follows_it(
    row: Conversation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_part(row, read=False)
    assert release_snapshot(Scope()).left_out == {"not_deidentified": 1}
    ann = make_reader("ann")
    reading = pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW)
    assert release_snapshot(Scope()).left_out == {"under_review": 1}
    words_mark(reading.pk, user=ann, words="anna", kind="name")
    done = pass_complete(reading.pk, user=ann, seen_sha256=digest_of(row))
    assert released(tmp_path, monkeypatch) == [
        "[NAME] left me. And [NAME] took the dog, [EMAIL] knows.",
        "Did [NAME] say why?",
    ]
    manifest = (tmp_path / "out/manifest.json").read_text(encoding="utf-8")
    assert '"read_by_a_person": 1' in manifest
    assert AuditEvent.objects.get(action="deidentified").user == ann
    assert pass_complete(reading.pk, user=ann, seen_sha256="").completed_at == done.completed_at
    assert AuditEvent.objects.filter(action="deidentified").count() == 1, (
        "completing twice is completing once"
    )


def test_a_protocol_that_does_not_ask_for_it_releases_without_a_reading(row: Conversation) -> None:
    """An import is public already; its marks are followed all the same."""
    assert len(release_snapshot(Scope()).candidates) == 1
    read_through(row, marks={"Anna": "name"})
    (candidate,) = release_snapshot(Scope()).candidates
    assert candidate.record.utterances[1].text == "Did [NAME] say why?"
    assert list(waiting()) == []


def test_reading_again_begins_with_the_marks_and_leaves_the_first_reading_alone(
    row: Conversation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_part(row, read=False)
    first = read_through(row, marks={"Anna": "name"})
    released(tmp_path, monkeypatch, "a")
    ben = make_reader()
    again = pass_begin(row.pk, user=ben, purpose=Purpose.REVIEW)
    assert (again.number, again.marks.count()) == (2, 1)
    words_mark(again.pk, user=ben, words="the dog", kind="other")
    with pytest.raises(ReleaseRefused, match="1 under review"):
        released(tmp_path, monkeypatch, "b")
    pass_complete(again.pk, user=ben, seen_sha256=digest_of(row))
    assert (
        released(tmp_path, monkeypatch, "c")[0] == "[NAME] left me. And [NAME] took [OTHER], [EMAIL] knows."
    )
    assert [mark.kind for mark in first.marks.all()] == ["name"]


def test_a_reading_that_is_completed_during_a_release_makes_it_fail(
    row: Conversation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_part(row)

    def write_and_read(*args: object) -> None:
        write(*args)  # type: ignore[arg-type]
        read_through(row, marks={"Anna": "name"})

    write = releases.write_esconv
    monkeypatch.setattr(releases, "write_esconv", write_and_read)
    with pytest.raises(ReleaseRefused, match="or read again meanwhile"):
        released(tmp_path, monkeypatch)
    assert not list(tmp_path.iterdir())


def test_texts_that_came_later_have_to_be_read(row: Conversation) -> None:
    take_part(row)
    assert [entry.done for entry in waiting()] == [True]
    type(row.seeker_survey).objects.filter(conversation=row).update(liked="Anna's friend helped")
    (entry,) = waiting()
    assert (entry.done, entry.stale, entry.demanded) == (False, True, True)
    assert release_snapshot(Scope()).left_out == {"not_deidentified": 1}
    ann = make_reader()
    reading = pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW)
    with pytest.raises(ReadingRefused, match="texts have changed"):
        pass_complete(reading.pk, user=ann, seen_sha256="of what the page showed before")
    pass_complete(reading.pk, user=ann, seen_sha256=digest_of(row))
    assert len(release_snapshot(Scope()).candidates) == 1


def test_a_mark_is_stored_once_by_numbers_and_the_newer_kind_counts(row: Conversation) -> None:
    ann = make_reader()
    reading = pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW)
    # Shown, the line break is one character; the blanks around a selection are not part of it.
    for kind in ("name", "name", "other"):
        mark = mark_set(reading.pk, user=ann, place="u1", start=17, end=23, kind=kind)
    assert (mark.start, mark.end, mark.kind) == (19, 23, "other")
    text = Utterance.objects.get(conversation=row, ordinal=1).text
    assert text[mark.start : mark.end] == "anna"
    assert DeidentificationMark.objects.count() == 1
    mark_remove(reading.pk, user=ann, mark_id=mark.pk)
    mark_remove(reading.pk, user=ann, mark_id=mark.pk)
    assert not DeidentificationMark.objects.exists()


@pytest.mark.parametrize(
    ("place", "start", "end", "kind"),
    [
        ("u1", 0, 4, "nickname"),
        ("u1", 3, 3, "name"),
        ("u1", 0, 9999, "name"),
        ("u1", 4, 5, "name"),
        ("u1", 12, 14, "name"),
        ("u99", 0, 4, "name"),
        ("situation; drop", 0, 4, "name"),
    ],
    ids=["no such kind", "empty", "beyond the end", "a blank", "signs alone", "no such message", "nonsense"],
)
def test_what_is_no_mark_is_refused(row: Conversation, place: str, start: int, end: int, kind: str) -> None:
    ann = make_reader()
    reading = pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW)
    with pytest.raises(MarkInvalid):
        mark_set(reading.pk, user=ann, place=place, start=start, end=end, kind=kind)
    with pytest.raises(MarkInvalid, match="stand nowhere"):
        words_mark(reading.pk, user=ann, words="Bertha", kind="name")
    assert not DeidentificationMark.objects.exists()


def test_two_readers_do_not_read_one_conversation_at_once(row: Conversation) -> None:
    ann, ben = make_reader(), make_reader()
    reading = pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW)
    assert pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW) == reading, "coming back is no new reading"
    with pytest.raises(ReadingRefused, match="Somebody else"):
        pass_begin(row.pk, user=ben, purpose=Purpose.REVIEW)
    words_mark(reading.pk, user=ann, words="Anna", kind="name")
    DeidentificationPass.objects.update(held_until=database_now() - timedelta(seconds=1))
    assert pass_begin(row.pk, user=ben, purpose=Purpose.REVIEW).marks.count() == 1, "left alone: taken over"
    for act in (
        lambda: words_mark(reading.pk, user=ann, words="dog", kind="other"),
        lambda: mark_remove(reading.pk, user=ann, mark_id=1),
        lambda: pass_complete(reading.pk, user=ann, seen_sha256=digest_of(row)),
    ):
        with pytest.raises(ReadingClosed, match="took this conversation over"):
            act()
    pass_complete(reading.pk, user=ben, seen_sha256=digest_of(row))
    with pytest.raises(ReadingClosed, match="is complete"):
        words_mark(reading.pk, user=ben, words="dog", kind="other")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_once_one_has_it(row: Conversation) -> None:
    readers = [make_reader() for _ in range(4)]
    answers = at_once([partial(pass_begin, row.pk, user=user, purpose=Purpose.REVIEW) for user in readers])
    assert sum(isinstance(answer, DeidentificationPass) for answer in answers) == 1
    assert sum(isinstance(answer, ReadingRefused) for answer in answers) == 3
    assert DeidentificationPass.objects.count() == 1


def test_who_withdrew_is_read_by_nobody(row: Conversation) -> None:
    participant = take_part(row)
    ann = make_reader()
    reading = pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW)
    participant_withdraw(participant.pk)
    for act in (
        lambda: words_mark(reading.pk, user=ann, words="Anna", kind="name"),
        lambda: pass_complete(reading.pk, user=ann, seen_sha256=digest_of(row)),
        lambda: pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW),
    ):
        with pytest.raises(ReadingRefused, match="withdrew"):
            act()
    assert list(waiting()) == []
    assert release_snapshot(Scope()).left_out == {"no_public_release": 1}


def test_nobody_reads_their_own(row: Conversation) -> None:
    participant = take_part(row)
    ann = make_reader()
    ReviewerParticipant.objects.create(reviewer=ann, participant=participant)
    with pytest.raises(ReadingRefused, match="took part"):
        pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW)


def test_the_second_reader_is_another_person_and_finds_what_was_missed(row: Conversation) -> None:
    take_part(row, read=False)
    ann, ben = make_reader(), make_reader()
    read_through(row, user=ann, marks={"Anna": "name"})
    with pytest.raises(ReadingRefused, match="another person"):
        pass_begin(row.pk, user=ann, purpose=Purpose.RECALL)
    read_through(row, user=ben, purpose=Purpose.RECALL, marks={"Anna": "name", "the dog": "other"})
    with pytest.raises(ReadingRefused, match="another person"):
        pass_begin(row.pk, user=ben, purpose=Purpose.REVIEW)
    (found,) = recalled()
    assert [(m.span.kind, m.by_both) for m in found.mentions] == [
        ("name", True),
        ("name", True),
        ("other", False),
        ("name", True),
    ]
    (candidate,) = release_snapshot(Scope()).candidates
    assert candidate.record.utterances[0].text.endswith("took [OTHER], [EMAIL] knows."), "both count"
    read_through(row, user=make_reader(), marks={"the dog": "other"})
    assert len(recalled()[0].missed) == 1, "a later reading does not better the figure"


def test_the_sample_of_the_second_reader_is_drawn_by_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = make_conversations(*[make_record()] * 40)
    for row in rows:
        assessment_make(row.pk)
    Conversation.objects.update(origin="collected")
    drawn = [entry.facts.public_id for entry in waiting() if entry.second]
    assert 0 < len(drawn) < 15  # a tenth of forty
    assert drawn == [entry.facts.public_id for entry in waiting() if entry.second]


def test_kept_words_stay(row: Conversation) -> None:
    ann = make_reader()
    reading = pass_begin(row.pk, user=ann, purpose=Purpose.REVIEW)
    # "jo@example.org", as it is shown: the team's own address, say.
    mark_set(reading.pk, user=ann, place="u1", start=37, end=51, kind=KEEP)
    pass_complete(reading.pk, user=ann, seen_sha256=digest_of(row))
    (candidate,) = release_snapshot(Scope()).candidates
    assert "jo@example.org knows" in candidate.record.utterances[0].text
    assert len(readings([row.pk])[row.pk].marks) == 1
