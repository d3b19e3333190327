"""Tests of plans of payment: each sum once, to the right id, with two decimals."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from study.domain.errors import PaymentRefused
from study.domain.recruitment import Arrival, Part
from study.models import ExternalIdentity, LedgerEntry, Participation, PaymentItem, PaymentPlan, Study
from study.models.ledger import AppendOnly
from study.models.participant import Outcome, Role
from study.services.ledger import ledger_book
from study.services.participations import consent_give, participation_end, participation_enter, role_choose
from study.services.payments import payment_mark_paid, payment_plan_make, payments_due
from study.services.recruitment import recruitment_set
from study.services.withdrawals import participant_withdraw
from tests.support.factories import make_study
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
COMPLETED = Decimal("6.80")


def ended(
    study: Study, number: int, *, outcome: str = Outcome.COMPLETED, wait: float = 0, part: Part | None = None
) -> Participation:
    """Somebody from Prolific whose part is over."""
    recruitment = study.recruitments.filter(part=part).first() if part else None
    arrival = Arrival("prolific", f"person{number}", f"submission{number}")
    participation = participation_enter(study, arrival=arrival, recruitment=recruitment)
    if outcome != Outcome.NO_CONSENT:
        consent_give(participation.pk, public_release=True, contact_again=False)
        role_choose(participation.pk, role=Role.SEEKER)
    return participation_end(participation.pk, outcome=outcome, wait_seconds=wait)


def test_the_file_is_id_and_amount_with_two_decimals(tmp_path: Path) -> None:
    study = make_study()
    ended(study, 1, wait=61)
    ended(study, 2, outcome=Outcome.LEFT_EARLY)
    ended(study, 3, outcome=Outcome.NO_CONSENT)
    out = tmp_path / "plan.csv"
    payment_plan_make(study, provider="prolific", path=out)
    assert out.read_text() == "submission1,7.20\nsubmission2,1.30\n"
    assert all(re.fullmatch(r"[^,]+,\d+\.\d\d", line) for line in out.read_text().splitlines())
    assert out.stat().st_mode & 0o077 == 0


def test_what_the_site_pays_by_its_code_is_taken_off_once(tmp_path: Path) -> None:
    study = make_study()
    recruitment_set(study, provider="prolific", part=Part.SEEKER, screen_out_pay=Decimal("0.50"))
    ended(study, 1, wait=61, part=Part.SEEKER)
    ended(study, 2, outcome=Outcome.LEFT_EARLY, part=Part.SEEKER)
    whole = ended(study, 3, part=Part.SEEKER)
    out = tmp_path / "plan.csv"
    payment_plan_make(study, provider="prolific", path=out)
    assert out.read_text() == "submission1,0.40\nsubmission2,0.80\n"
    assert PaymentItem.objects.get(participation=whole).paid_at is not None
    ledger_book(whole, reason="correction", amount=Decimal("1.00"))
    payment_plan_make(study, provider="prolific", path=tmp_path / "second.csv")
    assert (tmp_path / "second.csv").read_text() == "submission3,1.00\n"


def test_an_entry_is_planned_once(tmp_path: Path) -> None:
    study = make_study()
    ended(study, 1)
    payment_plan_make(study, provider="prolific", path=tmp_path / "a.csv")
    assert payments_due(study, provider="prolific") == []
    with pytest.raises(PaymentRefused, match="Nothing is due"):
        payment_plan_make(study, provider="prolific", path=tmp_path / "b.csv")
    assert not (tmp_path / "b.csv").exists()


@pytest.mark.django_db(transaction=True)
def test_ten_plans_at_once_are_one(tmp_path: Path) -> None:
    study = make_study()
    for number in range(3):
        ended(study, number)
    calls = [
        partial(payment_plan_make, study, provider="prolific", path=tmp_path / f"{n}.csv") for n in range(10)
    ]
    found = at_once(calls)
    assert sum(isinstance(item, PaymentPlan) for item in found) == 1, found
    assert len(list(tmp_path.iterdir())) == 1
    assert PaymentItem.objects.count() == 3


def test_a_file_that_stands_is_not_written_over_and_nothing_is_marked(tmp_path: Path) -> None:
    study = make_study()
    ended(study, 1)
    out = tmp_path / "plan.csv"
    out.write_text("mine")
    with pytest.raises(PaymentRefused, match="exists"):
        payment_plan_make(study, provider="prolific", path=out)
    with pytest.raises(OSError, match="Not a directory"):
        payment_plan_make(study, provider="prolific", path=out / "below.csv")
    assert out.read_text() == "mine"
    assert not PaymentPlan.objects.exists()


def test_an_id_that_would_be_paid_twice_is_refused(tmp_path: Path) -> None:
    study = make_study()
    for session in ("one", "two"):
        mine = participation_enter(study, arrival=Arrival("panel", f"person-{session}", session))
        consent_give(mine.pk, public_release=True, contact_again=False)
        participation_end(mine.pk, outcome=Outcome.COMPLETED)
    # Two rows of one submission can only come of a broken import; the file must not hide it.
    from study.identity import encrypt
    from study.models import ExternalSubmission

    ExternalSubmission.objects.update(encrypted=encrypt({"person_id": "same", "session_id": "same"}))
    with pytest.raises(PaymentRefused, match="1 ids stand twice"):
        payment_plan_make(study, provider="panel", path=tmp_path / "plan.csv")
    assert not PaymentPlan.objects.exists()


def test_people_without_a_site_are_paid_by_their_code(tmp_path: Path) -> None:
    study = make_study()
    mine = participation_enter(study, arrival=Arrival("invitation", "x", "x"))
    consent_give(mine.pk, public_release=True, contact_again=False)
    mine = participation_end(mine.pk, outcome=Outcome.COMPLETED)
    payment_plan_make(study, provider="invitation", path=tmp_path / "plan.csv")
    assert (tmp_path / "plan.csv").read_text() == f"{mine.completion_code},6.80\n"


def test_marking_as_paid_again_changes_nothing(tmp_path: Path) -> None:
    study = make_study()
    for number in range(3):
        ended(study, number)
    out = tmp_path / "plan.csv"
    payment_plan_make(study, provider="prolific", path=out)
    first, *rest = out.read_text().splitlines(keepends=True)
    assert payment_mark_paid(study, text=first) == (1, 0)
    assert payment_mark_paid(study, text=out.read_text()) == (2, 1)
    before = list(PaymentItem.objects.values_list("paid_at", flat=True))
    assert payment_mark_paid(study, text="\ufeff" + out.read_text().replace("\n", "\r\n")) == (0, 3)
    assert list(PaymentItem.objects.values_list("paid_at", flat=True)) == before
    assert rest


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "empty"),
        ("submission1;6.80\n", "Line 1 is not"),
        ("submission1,much\n", "Line 1 is not"),
        ("submission1,6.80\nsubmission1,6.80\n", "stands twice"),
        ("submission1,6.81\n", "No plan"),
        ("stranger,6.80\n", "No plan"),
        ("submission1,6.80\nstranger,6.80\n", "No plan"),
    ],
)
def test_a_file_that_fits_no_plan_marks_nothing(tmp_path: Path, text: str, because: str) -> None:
    study = make_study()
    ended(study, 1)
    payment_plan_make(study, provider="prolific", path=tmp_path / "plan.csv")
    with pytest.raises(PaymentRefused, match=because):
        payment_mark_paid(study, text=text)
    assert not PaymentItem.objects.filter(paid_at__isnull=False).exists()


def test_the_recruiting_ids_of_who_withdrew_go_with_the_last_payment(tmp_path: Path) -> None:
    study = make_study()
    mine = ended(study, 1)
    receipt = participant_withdraw(mine.participant_id)
    assert ExternalIdentity.objects.filter(participant=mine.participant_id).exists()
    out = tmp_path / "plan.csv"
    payment_plan_make(study, provider="prolific", path=out)
    assert ExternalIdentity.objects.filter(participant=mine.participant_id).exists()
    assert payment_mark_paid(study, text=out.read_text()) == (1, 0)
    assert not ExternalIdentity.objects.filter(participant=mine.participant_id).exists()
    receipt.refresh_from_db()
    assert receipt.identity_erased_at is not None
    assert payment_mark_paid(study, text=out.read_text()) == (0, 1)
    assert LedgerEntry.objects.get(participation=mine).amount == COMPLETED


def test_the_ledger_cannot_be_changed_by_any_way_through_the_models() -> None:
    mine = ended(make_study(), 1)
    entry = LedgerEntry.objects.get(participation=mine)
    entry.amount = Decimal("99.00")
    for forbidden in (
        entry.save,
        entry.delete,
        LedgerEntry.objects.all().delete,
        partial(LedgerEntry.objects.update, amount=Decimal("99.00")),
    ):
        with pytest.raises(AppendOnly):
            forbidden()
    assert LedgerEntry.objects.get().amount == COMPLETED


@pytest.mark.parametrize(
    "statement", ["UPDATE study_ledgerentry SET amount = 99", "DELETE FROM study_ledgerentry"]
)
def test_the_ledger_cannot_be_changed_in_the_database_either(statement: str) -> None:
    ended(make_study(), 1)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert LedgerEntry.objects.get().amount == COMPLETED
