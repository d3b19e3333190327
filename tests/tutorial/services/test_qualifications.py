"""Qualifications: granted, expired, revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from study import protocol_files
from study.clock import database_now
from study.services.protocols import protocol_store
from tests.support.training import finish_tutorial, make_study, make_supporter, take_exam
from tutorial.api import is_qualified
from tutorial.domain.errors import AttemptsUsedUp, ReasonMissing
from tutorial.domain.standing import TrainingState
from tutorial.models import Qualification
from tutorial.selectors import training_state
from tutorial.services.attempts import attempt_start
from tutorial.services.qualifications import qualification_grant, qualification_revoke

pytestmark = pytest.mark.django_db


def test_a_grant_is_good_until_it_expires() -> None:
    participation = make_supporter()
    who, version = participation.participant, participation.protocol_version
    assert not is_qualified(who, version, now=database_now())
    granted = qualification_grant(who, protocol_version=version)
    assert is_qualified(who, version, now=database_now())
    assert is_qualified(who, version, now=granted.expires_at - timedelta(microseconds=1))
    assert not is_qualified(who, version, now=granted.expires_at)
    assert not is_qualified(make_supporter().participant, version, now=database_now())


def test_a_revoked_supporter_is_out_until_the_study_team_grants_anew() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    take_exam(participation)
    qualification = Qualification.objects.get()
    revoked = qualification_revoke(qualification.pk, reason=" asked for a phone number ")
    assert revoked.revoked_reason == "asked for a phone number"
    assert training_state(participation) is TrainingState.FAILED
    with pytest.raises(AttemptsUsedUp):
        attempt_start(participation.pk, number=2)
    qualification_grant(participation.participant, protocol_version=participation.protocol_version)
    assert training_state(participation) is TrainingState.PASSED


def test_the_first_reason_stands() -> None:
    participation = make_supporter()
    granted = qualification_grant(participation.participant, protocol_version=participation.protocol_version)
    first = qualification_revoke(granted.pk, reason="one")
    second = qualification_revoke(granted.pk, reason="two")
    assert (second.revoked_reason, second.revoked_at) == ("one", first.revoked_at)


def test_nothing_is_revoked_without_a_reason() -> None:
    participation = make_supporter()
    granted = qualification_grant(participation.participant, protocol_version=participation.protocol_version)
    with pytest.raises(ReasonMissing):
        qualification_revoke(granted.pk, reason="  ")
    with pytest.raises(IntegrityError, match="qualification_revoked_with_reason"), transaction.atomic():
        Qualification.objects.update(revoked_at=database_now())


def test_an_attempt_earns_one_qualification() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    attempt = take_exam(participation)
    again = qualification_grant(
        participation.participant, protocol_version=participation.protocol_version, attempt=attempt
    )
    assert again == Qualification.objects.get()


def test_a_version_with_the_same_training_honours_the_qualification() -> None:
    participation = make_supporter()
    qualification_grant(participation.participant, protocol_version=participation.protocol_version)
    document = protocol_files.read_document("esconv-2021")
    dearer = protocol_store(
        document | {"version": 1001, "rewards": document["rewards"] | {"training": "7.00"}}
    )
    changed = protocol_store(document | {"version": 1002, "items": document["items"][:-1]})
    rehearsal = make_study("rehearsal", protocol="esconv-2021-rehearsal").protocol_version
    now = database_now()
    assert is_qualified(participation.participant, dearer, now=now)
    assert not is_qualified(participation.participant, changed, now=now)
    assert not is_qualified(participation.participant, rehearsal, now=now)
