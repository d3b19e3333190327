"""An imported file comes out of the database as it went in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from collection.api import (
    AlreadyImported,
    Conversation,
    ConversationEvent,
    FeedbackRequest,
    ImportSource,
    Seat,
    Utterance,
    conversation_facts,
    conversation_import,
    conversation_record,
)
from collection.domain.errors import StrategyUnknown
from corpus import record as corpus_record
from corpus.esconv import read_esconv
from corpus.labels import Speaker
from study.models import Study
from study.services.protocols import protocol_load
from study.services.studies import study_create

pytestmark = pytest.mark.django_db

CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.fixture
def study() -> Study:
    return study_create(
        "imports", title="Imports", protocol_version=protocol_load("esconv-2021"), contact="team@example.org"
    )


def store(
    records: list[corpus_record.Conversation],
    study: Study,
    *,
    sha256: str = "a" * 64,
    name: str = "file.json",
) -> list[Conversation]:
    ids = conversation_import(
        records, study=study, protocol_version=study.protocol_version, source=ImportSource(name, sha256)
    )
    found = Conversation.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def as_read(record: corpus_record.Conversation) -> corpus_record.Conversation:
    """Return a stored record without what the file did not say."""
    utterances = tuple(replace(utterance, rates=()) for utterance in record.utterances)
    return replace(record, id=None, utterances=utterances)


@pytest.mark.parametrize("name", ["esconv_small.json", "failed_small.json"])
def test_a_published_file_comes_out_as_it_went_in(study: Study, name: str) -> None:
    records = read_esconv(CORPUS / name)
    assert [as_read(conversation_record(row)) for row in store(records, study)] == records


def test_an_import_is_closed_finished_and_has_no_participants(study: Study) -> None:
    (row,) = store(read_esconv(CORPUS / "esconv_small.json")[:1], study)
    assert (row.origin, row.state, row.source_index) == ("imported", "closed", 0)
    assert row.source_name.startswith("file.json sha256:aaaa")
    assert conversation_facts(row).finished_by_seeker
    seats = Seat.objects.filter(conversation=row)
    assert {(seat.role, seat.participation_id) for seat in seats} == {("seeker", None), ("supporter", None)}
    assert all(seat.released_at for seat in seats)
    assert [event.event for event in ConversationEvent.objects.filter(conversation=row)] == ["import"]


def said(speaker: Speaker, *, feedback: int | None = None) -> corpus_record.Utterance:
    strategy = "Others" if speaker is Speaker.SUPPORTER else None
    return corpus_record.Utterance(speaker, "words", strategy=strategy, feedback=feedback)


def test_a_score_is_bound_to_the_supporters_messages_since_the_last_one(study: Study) -> None:
    seeker, supporter = Speaker.SEEKER, Speaker.SUPPORTER
    record = replace(
        read_esconv(CORPUS / "esconv_small.json")[0],
        utterances=(
            said(seeker, feedback=3),  # 1: a score about nothing
            said(supporter),  # 2
            said(supporter),  # 3
            said(seeker),  # 4
            said(seeker, feedback=5),  # 5: about 2 and 3
            said(supporter),  # 6
            said(seeker, feedback=4),  # 7: about 6
            said(supporter),  # 8: unrated
        ),
    )
    (row,) = store([record], study)
    requests = FeedbackRequest.objects.filter(conversation=row)
    assert [(r.number, r.score, r.answered_after_ordinal) for r in requests] == [
        (1, 3, 0),
        (2, 5, 4),
        (3, 4, 6),
    ]
    bound = Utterance.objects.filter(conversation=row).values_list("ordinal", "feedback_request__number")
    assert [pair for pair in bound if pair[1]] == [(2, 2), (3, 2), (6, 3)]
    rates = [u.rates for u in conversation_record(row).utterances if u.feedback]
    assert rates == [(), (1, 2), (5,)]


def test_the_same_bytes_are_refused_under_any_name(study: Study) -> None:
    records = read_esconv(CORPUS / "esconv_small.json")
    store(records, study)
    with pytest.raises(AlreadyImported, match=r"copy\.json was imported before"):
        store(records, study, name="copy.json")
    assert Conversation.objects.count() == len(records)


def test_an_unknown_strategy_leaves_nothing_behind(study: Study) -> None:
    records = read_esconv(CORPUS / "esconv_small.json")
    odd = corpus_record.Utterance(Speaker.SUPPORTER, "words", strategy="Persuasion")
    records[-1] = replace(records[-1], utterances=(*records[-1].utterances, odd))
    with pytest.raises(StrategyUnknown, match="'Persuasion'"):
        store(records, study)
    assert not Conversation.objects.exists()
