"""Tests of arrival, consent, role and the end of a participation, on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from study.clock import database_now
from study.domain.errors import ConsentMissing, EntryRefused, RoleRefused, StudyClosed
from study.domain.recruitment import Arrival
from study.identity import decrypt
from study.models import (
    Consent,
    ExternalIdentity,
    InvitationLink,
    LedgerEntry,
    Participant,
    Participation,
    Study,
)
from study.models.participant import Outcome, Role
from study.selectors import ledger_total
from study.services.ledger import ledger_book
from study.services.participations import (
    consent_digest,
    consent_give,
    invitation_use,
    participation_end,
    participation_enter,
    role_choose,
)
from study.services.studies import invitation_create
from tests.support.factories import arrival, make_participation, make_study
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
FIRST = Arrival(provider="prolific", person_id="person-a", session_id="submission-1")
SECOND = Arrival(provider="prolific", person_id="person-a", session_id="submission-2")


def test_the_same_submission_comes_back_to_the_same_place() -> None:
    study = make_study()
    first = participation_enter(study, arrival=FIRST, device="d1")
    assert participation_enter(study, arrival=FIRST, device="d2") == first
    assert Participation.objects.count() == Participant.objects.count() == 1


def test_another_submission_of_the_same_person_is_the_same_participant() -> None:
    study = make_study()
    first, second = (participation_enter(study, arrival=a) for a in (FIRST, SECOND))
    assert first.pk != second.pk
    assert first.participant_id == second.participant_id
    assert Participant.objects.count() == 1


def test_the_same_id_at_two_sites_is_two_people() -> None:
    study = make_study()
    first = participation_enter(study, arrival=FIRST)
    other = participation_enter(study, arrival=Arrival("connect", "person-a", "submission-1"))
    assert first.participant_id != other.participant_id


def test_the_recruiting_id_stands_nowhere_in_clear() -> None:
    participation = participation_enter(make_study(), arrival=FIRST, device="device-7")
    identity = ExternalIdentity.objects.get()
    assert decrypt(identity.encrypted)["person_id"] == "person-a"
    stored = repr(list(Participation.objects.values())) + repr(list(Participant.objects.values()))
    stored += repr([identity.person_hash, bytes(identity.encrypted)])
    for clear in ("person-a", "submission-1", "device-7"):
        assert clear not in stored
    assert participation.device_hash


def test_a_study_that_is_not_open_takes_nobody_new_in_but_lets_people_come_back() -> None:
    study = make_study()
    known = participation_enter(study, arrival=FIRST)
    for state in (Study.State.DRAFT, Study.State.PAUSED, Study.State.CLOSED):
        Study.objects.filter(pk=study.pk).update(state=state)
        study.refresh_from_db()
        assert participation_enter(study, arrival=FIRST) == known
        with pytest.raises(StudyClosed):
            participation_enter(study, arrival=SECOND)


@pytest.mark.django_db(transaction=True)
def test_two_first_arrivals_at_once_are_one_participation() -> None:
    study = make_study()
    for number in range(5):
        who = Arrival("prolific", f"racer-{number}", f"race-{number}")
        found = at_once([partial(participation_enter, study, arrival=who)] * 8)
        assert all(isinstance(item, Participation) for item in found), found
        assert len({item.pk for item in found if isinstance(item, Participation)}) == 1
    assert (
        Participation.objects.count() == Participant.objects.count() == ExternalIdentity.objects.count() == 5
    )


@pytest.mark.django_db(transaction=True)
def test_two_submissions_of_one_new_person_at_once_are_one_participant() -> None:
    study = make_study()
    calls = [
        partial(participation_enter, study, arrival=Arrival("prolific", "one-person", f"submission-{n}"))
        for n in range(8)
    ]
    found = at_once(calls)
    assert {item.participant_id for item in found if isinstance(item, Participation)} == {
        Participant.objects.get().pk
    }
    assert Participation.objects.count() == 8


def test_an_invitation_lets_in_as_many_as_it_says_and_each_of_them_again() -> None:
    token = invitation_create(make_study(), role=Role.SUPPORTER, max_uses=2)
    first, role = invitation_use(token, visitor="browser-1")
    assert role == Role.SUPPORTER
    invitation_use(token, visitor="browser-2")
    assert invitation_use(token, visitor="browser-1") == (first, Role.SUPPORTER)
    with pytest.raises(EntryRefused, match="used already"):
        invitation_use(token, visitor="browser-3")
    assert InvitationLink.objects.get().uses == 2


def test_an_expired_or_unknown_invitation_is_refused() -> None:
    study = make_study()
    expired = invitation_create(study, expires_at=database_now() - timedelta(seconds=1))
    with pytest.raises(EntryRefused, match="expired"):
        invitation_use(expired, visitor="browser-1")
    with pytest.raises(EntryRefused, match="not known"):
        invitation_use("made-up", visitor="browser-1")
    assert not Participation.objects.exists()


def test_a_token_is_stored_as_a_hash_only() -> None:
    token = invitation_create(make_study())
    assert token not in repr(list(InvitationLink.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_an_invitation_for_three_lets_three_of_ten_in_at_once() -> None:
    token = invitation_create(make_study(), max_uses=3)
    found = at_once([partial(invitation_use, token, visitor=f"browser-{n}") for n in range(10)])
    assert sum(isinstance(item, EntryRefused) for item in found) == 7, found
    assert Participation.objects.count() == 3
    assert InvitationLink.objects.get().uses == 3


def test_consent_is_recorded_once_with_the_digest_of_what_was_read() -> None:
    participation = participation_enter(make_study(), arrival=FIRST)
    consent_give(participation.pk, public_release=True, contact_again=False)
    again = consent_give(participation.pk, public_release=False, contact_again=True)
    consent = Consent.objects.get()
    assert again.consent == consent
    assert (consent.public_release, consent.contact_again) == (True, False)
    assert consent.text_sha256 == consent_digest(again)


def test_the_digest_changes_with_the_study_s_contact() -> None:
    participation = participation_enter(make_study(), arrival=FIRST)
    before = consent_digest(participation)
    participation.study.contact = "somebody@example.org"
    assert consent_digest(participation) != before


def test_there_is_no_role_without_consent_not_even_in_the_database() -> None:
    participation = participation_enter(make_study(), arrival=FIRST)
    with pytest.raises(ConsentMissing):
        role_choose(participation.pk, role=Role.SEEKER)
    with pytest.raises(IntegrityError, match="participation_role_needs_consent"), transaction.atomic():
        Participation.objects.filter(pk=participation.pk).update(role=Role.SEEKER)


def test_a_role_is_chosen_once() -> None:
    participation = make_participation(role=Role.SEEKER)
    assert role_choose(participation.pk, role=Role.SEEKER).role == Role.SEEKER
    with pytest.raises(RoleRefused, match="already"):
        role_choose(participation.pk, role=Role.SUPPORTER)


def test_an_unknown_role_is_refused() -> None:
    participation = participation_enter(make_study(), arrival=FIRST)
    consent_give(participation.pk, public_release=True, contact_again=False)
    for role in ("", "team", "researcher"):
        with pytest.raises(RoleRefused):
            role_choose(participation.pk, role=role)


def test_who_has_ended_neither_consents_nor_chooses() -> None:
    participation = participation_enter(make_study(), arrival=FIRST)
    participation_end(participation.pk, outcome=Outcome.NO_CONSENT)
    with pytest.raises(RoleRefused, match="complete"):
        consent_give(participation.pk, public_release=True, contact_again=False)
    with pytest.raises(RoleRefused, match="complete"):
        role_choose(participation.pk, role=Role.SEEKER)


def test_there_is_no_completion_code_before_the_end() -> None:
    participation = make_participation()
    assert participation.completion_code == ""
    ended = participation_end(participation.pk, outcome=Outcome.COMPLETED)
    assert len(ended.completion_code) == 32
    assert ended.exit_status == "03"
    assert ended.ended_at is not None


def test_no_row_has_a_code_without_an_outcome_or_the_reverse() -> None:
    participation = make_participation()
    for values in ({"outcome": "completed"}, {"outcome": "completed", "ended_at": database_now()}):
        with (
            pytest.raises(IntegrityError, match="participation_outcome_and_code_together"),
            transaction.atomic(),
        ):
            Participation.objects.filter(pk=participation.pk).update(**values)


def test_the_first_outcome_stands_and_is_booked_once() -> None:
    participation = make_participation()
    first = participation_end(participation.pk, outcome=Outcome.COMPLETED, wait_seconds=61)
    again = participation_end(participation.pk, outcome=Outcome.LEFT_EARLY, wait_seconds=9999)
    assert (again.outcome, again.completion_code) == (Outcome.COMPLETED, first.completion_code)
    assert ledger_total(again) == Decimal("7.20")  # 6.80 and two begun minutes of waiting
    assert set(LedgerEntry.objects.values_list("reason", flat=True)) == {"outcome:completed", "wait"}


def test_an_outcome_that_pays_nothing_books_nothing() -> None:
    participation = participation_enter(make_study(), arrival=FIRST)
    participation_end(participation.pk, outcome=Outcome.NO_CONSENT)
    assert not LedgerEntry.objects.exists()


def test_the_ledger_takes_a_reason_once_and_no_negative_amount() -> None:
    participation = make_participation()
    first = ledger_book(participation, reason="training", amount=Decimal("6.00"))
    assert ledger_book(participation, reason="training", amount=Decimal("9.00")) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger_book(participation, reason="mistake", amount=Decimal("-1.00"))


@pytest.mark.django_db(transaction=True)
def test_twenty_ends_at_once_pay_once() -> None:
    participation = make_participation()
    calls = [partial(participation_end, participation.pk, outcome=Outcome.COMPLETED, wait_seconds=1)] * 20
    found = at_once(calls)
    assert len({item.completion_code for item in found if isinstance(item, Participation)}) == 1, found
    assert LedgerEntry.objects.filter(reason="outcome:completed").count() == 1
    assert ledger_total(participation) == Decimal("7.00")


def test_arrivals_made_up_by_tests_are_all_different() -> None:
    assert arrival() != arrival()
