"""Tests that what the protocol keeps no longer goes, that nothing else does, and that a second run finds nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.models import PreChatSurvey, SafetyCase, TeamMessage
from collection.services.conversations import conversation_stop
from collection.services.leaving import participation_leave
from collection.services.surveys import seeker_survey_submit, supporter_survey_submit
from collection.services.team_messages import team_message_write
from qualitycontrol.models import Release, ReleaseItem
from qualitycontrol.services.assessments import assessment_make
from study.clock import database_now
from study.domain.withdrawal import TOMBSTONE
from study.models import ExternalIdentity, LedgerEntry, Participation, RetentionRun
from study.models.participant import Role
from study.services.retention import LABELS, retention_run
from study.tasks import retention
from tests.support.factories import (
    SEEKER_ANSWERS,
    SUPPORTER_ANSWERS,
    Pair,
    make_conversation,
    make_participation,
    make_study,
)

pytestmark = pytest.mark.django_db
LATER = timedelta(days=4000)


def test_before_its_time_nothing_goes() -> None:
    make_conversation(state=State.CLOSED)
    assert retention_run() == {}
    assert not RetentionRun.objects.exists()


def test_drafts_of_seekers_who_never_talked_go() -> None:
    left = make_participation()
    participation_leave(left)
    inside = make_participation(left.study)
    found = retention_run(now=database_now() + timedelta(days=31))
    assert found == {left.study.slug: {"drafts": 1}}
    assert PreChatSurvey.objects.get(participation=left).situation == ""
    assert PreChatSurvey.objects.get(participation=inside).situation != ""


def test_words_that_no_release_holds_go_and_released_ones_stay() -> None:
    study = make_study()
    kept, gone = make_conversation(study), make_conversation(study)
    for pair in (kept, gone):
        pair.say(Role.SEEKER, "Something that was said.")
        _close(pair)
    assessment = assessment_make(kept.conversation.pk)
    _release(kept, assessment.pk)
    found = retention_run(now=database_now() + LATER)[study.slug]
    assert found["utterances"] == 1
    assert found["answers"] == 1
    assert kept.texts() == ["Something that was said."]
    assert gone.texts() == [TOMBSTONE]


def _close(pair: Pair) -> None:
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    seeker_survey_submit(pair.seeker.pk, SEEKER_ANSWERS)
    supporter_survey_submit(pair.supporter.pk, SUPPORTER_ANSWERS)


def _release(pair: Pair, assessment_id: int) -> None:
    release = Release.objects.create(number=1, name="one", created_at=database_now(), manifest={})
    ReleaseItem.objects.create(
        release=release, conversation=pair.conversation, assessment_id=assessment_id, position=0
    )


def test_identifiers_go_when_everything_is_paid_and_not_before() -> None:
    owed = make_participation(person="owed")
    paid = make_participation(person="paid")
    for participation in (owed, paid):
        participation_leave(participation)
    # Who came by an invitation is paid by no id.
    Participation.objects.filter(pk=paid.pk).update(provider="invitation")
    assert LedgerEntry.objects.filter(participation=owed, amount__gt=0).exists()
    retention_run(now=database_now() + timedelta(days=181))
    assert set(ExternalIdentity.objects.values_list("participant", flat=True)) == {owed.participant_id}


def test_a_person_who_is_still_inside_elsewhere_keeps_the_identifiers() -> None:
    first = make_participation(person="same")
    participation_leave(first)
    Participation.objects.filter(pk=first.pk).update(provider="invitation")
    make_participation(person="same")
    found = retention_run(now=database_now() + timedelta(days=181))
    assert found[first.study.slug]["submissions"] == 1
    assert "identities" not in found[first.study.slug]
    assert ExternalIdentity.objects.count() == 1


def test_messages_stay_while_their_case_is_open() -> None:
    participation = make_participation()
    team_message_write(participation.pk, text="Please help.", client_uid="one")
    later = database_now() + timedelta(days=400)
    assert retention_run(now=later) == {}
    SafetyCase.objects.update(state="closed", resolution="contacted", closed_at=database_now())
    assert retention_run(now=later) == {participation.study.slug: {"team_messages": 1}}
    assert TeamMessage.objects.get().text == TOMBSTONE


def test_a_dry_run_says_the_same_and_takes_nothing_and_a_second_run_finds_nothing() -> None:
    participation_leave(make_participation())
    later = database_now() + LATER
    would = retention_run(now=later, dry_run=True)
    assert not RetentionRun.objects.exists()
    assert retention_run(now=later) == would
    assert RetentionRun.objects.get().erased == next(iter(would.values()))
    assert set(RetentionRun.objects.get().erased) <= set(LABELS)
    assert retention_run(now=later) == {}
    assert RetentionRun.objects.count() == 1


def test_the_command_and_the_job() -> None:
    out = StringIO()
    call_command("retention", "--dry-run", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"dry_run": True, "studies": {}}
    out = StringIO()
    call_command("retention", stdout=out)
    assert "Nothing is older" in out.getvalue()
    participation = make_participation()
    participation_leave(participation)
    Participation.objects.filter(pk=participation.pk).update(ended_at=database_now() - LATER)
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert "Nothing was erased" in out.getvalue()
    retention()
    assert RetentionRun.objects.count() == 1
