"""Flags from stored conversations. They never touch the verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from collection.api import Utterance
from qualitycontrol import tasks
from qualitycontrol.models import Assessment, ConversationFlag
from qualitycontrol.services.flags import flags_find, taught_sentences
from tests.qualitycontrol.factories import default_protocol, make_record
from tests.qualitycontrol.rows import make_conversations
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
OPENING = "I lost my job last week and I cannot sleep at night"


def opened_with(text: str) -> object:
    record = make_record()
    return replace(record, utterances=(replace(record.utterances[0], text=text), *record.utterances[1:]))


def test_a_closed_conversation_is_flagged_when_it_is_assessed(client: Client) -> None:
    one, other = make_conversations(opened_with(OPENING), opened_with(OPENING + " at all"))
    Utterance.objects.filter(conversation=one, ordinal=3).update(
        text="x" * 60, compose_ms=100, pasted_chars=0
    )
    Utterance.objects.filter(conversation=one, ordinal=2).update(text=taught_sentences(default_protocol())[0])
    tasks.assess(one.pk)
    found = {flag.name: (flag.ordinals, flag.explanation) for flag in ConversationFlag.objects.all()}
    assert found["duplicate_opening"] == ([1], f"The seeker began nearly as in {other.public_id}.")
    assert found["typed_too_fast"][0] == [3]
    assert found["copied_from_training"][0] == [2]
    assert found["one_strategy"][0] == []
    assert Assessment.objects.get().state == "qualified"

    client.force_login(make_staff("staff"))
    page = client.get(f"/research/conversations/{one.public_id}/").content.decode()
    assert 'faster than people type. <a href="#u3">3</a>' in page
    listed = client.get("/research/conversations/?flag=typed_too_fast").content.decode()
    assert one.public_id in listed
    assert other.public_id not in listed


def test_flags_are_found_once_and_never_taken_back() -> None:
    (row,) = make_conversations()
    first = flags_find(row.pk)
    assert [flag.name for flag in first] == ["one_strategy"]
    Utterance.objects.filter(conversation=row, ordinal=2).update(strategy="others")
    assert flags_find(row.pk) == []
    assert list(ConversationFlag.objects.all()) == first


def test_everything_that_supporters_read_as_an_answer_counts_as_taught() -> None:
    protocol = default_protocol()
    taught = taught_sentences(protocol)
    assert {example for strategy in protocol.strategies for example in strategy.examples} <= set(taught)
    assert {subtask.contrast.good for subtask in protocol.tutorial.subtasks} <= set(taught)
    assert not {subtask.contrast.poor for subtask in protocol.tutorial.subtasks} & set(taught)
