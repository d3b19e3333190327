"""Payments through the pages: preview, plan, file, paid; nothing is planned or paid twice."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from collection.domain.lifecycle import State
from study.models import LedgerEntry, PaymentItem, PaymentPlan, Study, StudyEvent
from tests.support.factories import make_conversation
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    client.force_login(make_staff("ann"))


@pytest.fixture
def study() -> Study:
    return make_conversation(state=State.CLOSED).conversation.study


def page(client: Client, study: Study) -> str:
    return unescape(client.get(f"/research/studies/{study.slug}/payments/").content.decode())


def post(client: Client, study: Study, what: str, values: dict[str, Any]) -> str:
    answer = client.post(f"/research/studies/{study.slug}/payments/{what}/", values, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_what_is_due_is_planned_downloaded_and_marked_as_paid(client: Client, study: Study) -> None:
    owed = sum(entry.amount for entry in LedgerEntry.objects.filter(participation__study=study))
    assert re.search(rf"Left to pay</dt><dd>{owed}</dd>", page(client, study))
    assert "Plan" in post(client, study, "plan", {"provider": "panel"})
    plan = PaymentPlan.objects.get()
    assert "Nothing is due." in page(client, study)
    assert "Nothing is due." in post(client, study, "plan", {"provider": "panel"}), (
        "a second click plans nothing"
    )
    assert PaymentPlan.objects.count() == 1
    file = client.get(f"/research/studies/{study.slug}/payments/plan/{plan.pk}.csv")
    lines = b"".join(file).decode().splitlines()  # type: ignore[arg-type]
    assert sum(Decimal(line.split(",")[1]) for line in lines) == owed
    assert "2 lines are marked as paid; 0 were before." in post(client, study, "paid", {"plan": plan.pk})
    assert not PaymentItem.objects.filter(paid_at__isnull=True).exists()
    assert client.get(f"/research/studies/{study.slug}/payments/plan/{plan.pk}.csv").status_code == 404
    assert "does not lie here" in post(client, study, "paid", {"plan": plan.pk})
    assert [event.detail for event in StudyEvent.objects.filter(kind="payment")] == [
        f"plan {plan.pk} for panel",
        f"file of plan {plan.pk} downloaded",
        "2 lines marked as paid",
    ]


def test_some_lines_of_a_plan_are_marked_by_a_file(client: Client, study: Study, tmp_path: Path) -> None:
    post(client, study, "plan", {"provider": "panel"})
    path = tmp_path / "payments" / f"plan-{PaymentPlan.objects.get().pk}.csv"
    first = path.read_text().splitlines()[0] + "\n"
    paid = post(client, study, "paid", {"file": SimpleUploadedFile("paid.csv", first.encode())})
    assert "1 lines are marked as paid" in paid
    assert path.exists(), "the file stays until everything is paid"
    assert path.stat().st_mode & 0o077 == 0, "it holds recruiting ids"


@pytest.mark.parametrize("content", [b"", b"nobody,1.00\n", b"a;b\n", b"\xff\xfe"])
def test_a_file_that_is_no_plan_marks_nothing(client: Client, study: Study, content: bytes) -> None:
    post(client, study, "plan", {"provider": "panel"})
    html = post(client, study, "paid", {"file": SimpleUploadedFile("x.csv", content)})
    assert "marked as paid" not in html
    assert not PaymentItem.objects.filter(paid_at__isnull=False).exists()
    assert "Choose the file" in post(client, study, "paid", {})


def test_another_studys_plan_is_not_found(client: Client, study: Study) -> None:
    post(client, study, "plan", {"provider": "panel"})
    other = make_conversation().conversation.study
    number = PaymentPlan.objects.get().pk
    assert client.get(f"/research/studies/{other.slug}/payments/plan/{number}.csv").status_code == 404
