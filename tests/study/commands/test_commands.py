"""Tests of the commands of recruiting, paying and erasing, as a researcher types them."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from collection.domain.lifecycle import State
from study.domain.withdrawal import TOMBSTONE
from study.models import InvitationLink, LedgerEntry, Participation, PaymentPlan, Recruitment, Withdrawal
from study.models.participant import Outcome, Role
from study.services.participations import participation_end
from tests.support.factories import make_conversation, make_participation, make_study

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_printed_link_filled_in_as_the_site_does_leads_to_the_printed_code() -> None:
    study = make_study()
    printed = run(
        "recruitment", study.slug, "prolific", "--part", "seeker", "--base-url", "https://lab.example"
    )
    link = next(line.split()[1] for line in printed.splitlines() if line.startswith("Link"))
    assert link.startswith("https://lab.example/go/prolific/")
    filled = (
        link.replace("{{%PROLIFIC_PID%}}", "p1")
        .replace("{{%STUDY_ID%}}", "st")
        .replace("{{%SESSION_ID%}}", "s1")
    )
    browser = Client()
    parts = urlsplit(filled)
    assert browser.get(f"{parts.path}?{parts.query}").status_code == 302
    mine = Participation.objects.get()
    browser.post(reverse("study:consent", args=[mine.public_id]), {"decline": "1"})
    page = browser.get(reverse("study:end", args=[mine.public_id])).content.decode()
    code = next(line.split()[1] for line in printed.splitlines() if line.startswith("no_consent"))
    assert code in page


def test_the_command_again_keeps_the_codes_and_changes_what_is_named() -> None:
    study = make_study()
    first = run("recruitment", study.slug, "prolific", "--part", "training")
    again = run("recruitment", study.slug, "prolific", "--part", "training", "--code", "passed=C1ABCDEF")
    assert "Reward  6.00 USD" in first
    assert "C1ABCDEF" in again
    other = [line for line in first.splitlines() if line.startswith(("complete", "failed", "partial"))]
    assert all(line in again for line in other)
    assert Recruitment.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "because"),
    [
        (["--code", "nothing=X"], "is not a code of this task"),
        (["--code", "complete"], "is not GROUP=CODE"),
        (["--code", "complete=A", "--code", "partial=A"], "stands for two groups"),
        (["--screen-out-pay", "6.80"], "must pay less than the reward"),
        (["--finish-url", "http://site.example/"], "https"),
        (["--reward", "much"], "not an amount"),
    ],
)
def test_what_cannot_work_is_refused_with_its_reason(arguments: list[str], because: str) -> None:
    study = make_study()
    with pytest.raises(CommandError, match=because):
        run("recruitment", study.slug, "prolific", "--part", "seeker", *arguments)
    assert not Recruitment.objects.exists()


def test_a_code_that_somebody_has_been_shown_stays() -> None:
    study = make_study()
    run("recruitment", study.slug, "prolific")
    mine = make_participation(study)
    Participation.objects.filter(pk=mine.pk).update(recruitment=Recruitment.objects.get())
    participation_end(mine.pk, outcome=Outcome.COMPLETED)
    with pytest.raises(CommandError, match="it stays as it is"):
        run("recruitment", study.slug, "prolific", "--code", "complete=NEW")
    run("recruitment", study.slug, "prolific", "--code", "partial=NEW")


def test_invitations_are_written_once_with_a_code_to_scan(tmp_path: Path) -> None:
    study = make_study()
    out, folder = tmp_path / "links.csv", tmp_path / "qr"
    arguments = ["invitations", study.slug, "--csv", str(out), "--base-url", "https://lab.example"]
    run(*arguments, "--count", "3", "--qr", str(folder), "--role", "supporter", "--cohort", "spring",
        "--max-uses", "5", "--days", "2")  # fmt: skip
    rows = list(csv.DictReader(out.open()))
    assert [(row["number"], row["role"], row["cohort"], row["max_uses"]) for row in rows] == [
        (str(number), "supporter", "spring", "5") for number in (1, 2, 3)
    ]
    assert {ET.parse(folder / f"{n}.svg").getroot().tag for n in (1, 2, 3)} == {
        "{http://www.w3.org/2000/svg}svg"
    }
    assert Client().get(urlsplit(rows[0]["url"]).path).status_code == 302
    assert InvitationLink.objects.filter(uses=1, cohort="spring").count() == 1
    with pytest.raises(CommandError, match="exists"):
        run(*arguments)
    assert InvitationLink.objects.count() == 3


def test_a_file_that_cannot_be_written_makes_no_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "links.csv"
    with pytest.raises(CommandError, match="No link was made"):
        run("invitations", make_study().slug, "--csv", str(out), "--base-url", "https://lab.example")
    assert not InvitationLink.objects.exists()


def test_a_dry_run_erases_nothing_and_counts_what_the_real_one_erases() -> None:
    pair = make_conversation(state=State.CHATTING)
    pair.say(Role.SEEKER, "My own words.")
    mine = pair.seeker.participation
    assert mine is not None
    dry = run("erase", mine.public_id, "--dry-run")
    assert pair.refresh().conversation.state == State.CHATTING
    assert pair.texts() == ["My own words."]
    assert not Withdrawal.objects.exists()
    real = run("erase", mine.public_id)
    assert pair.texts() == [TOMBSTONE]
    counts = [line for line in dry.splitlines() if line.startswith("   ")]
    assert counts
    assert all(line in real for line in counts)
    assert Withdrawal.objects.get().number in real
    assert Withdrawal.objects.get().number in run("erase", mine.participant.public_id)
    with pytest.raises(CommandError, match="nobody with the number"):
        run("erase", "made-up")


def test_a_preview_of_payments_marks_nothing(tmp_path: Path) -> None:
    study = make_study()
    for _person in range(2):
        participation_end(make_participation(study).pk, outcome=Outcome.COMPLETED, wait_seconds=30)
    preview = run("payments", "plan", study.slug, "--provider", "panel")
    assert "together                   2       14.00        0.00       14.00  USD" in preview
    assert "largest single payment is 7.00" in preview
    assert not PaymentPlan.objects.exists()
    out = tmp_path / "plan.csv"
    assert "2 lines written" in run("payments", "plan", study.slug, "--provider", "panel", "--csv", str(out))
    assert "2 marked as paid; 0" in run("payments", "plan", study.slug, "--mark-paid", str(out))
    assert "0 marked as paid; 2" in run("payments", "plan", study.slug, "--mark-paid", str(out))
    assert "together                   0" in run("payments", "plan", study.slug, "--provider", "panel")


def test_rates_below_the_floor_are_named() -> None:
    study = make_study()
    from datetime import timedelta

    from django.db.models import F

    for minutes, outcome in ((32, Outcome.COMPLETED), (60, Outcome.LEFT_EARLY)):
        mine = participation_end(make_participation(study).pk, outcome=outcome)
        Participation.objects.filter(pk=mine.pk).update(entered_at=F("ended_at") - timedelta(minutes=minutes))
    lines = run("payments", "rates", study.slug).splitlines()
    assert lines[1].split() == ["seeker", "completed", "1", "32.0", "6.80", "12.75"]
    assert lines[2].split()[:6] == ["seeker", "left_early", "1", "60.0", "1.30", "1.30"]
    assert lines[2].endswith("below 12.00 USD")
    assert LedgerEntry.objects.count() == 2


def test_the_budget_is_set_shown_and_taken_away() -> None:
    study = make_study()
    make_participation(study)
    shown = run("payments", "budget", study.slug, "--soft", "100", "--hard", "200")
    assert "committed          6.80  hard cap 200.00" in shown
    assert "soft cap none" in run("payments", "budget", study.slug, "--soft", "none")
    for wrong in ("much", "-1", "300"):
        with pytest.raises(CommandError, match=r"cap|amount"):
            run("payments", "budget", study.slug, "--soft", wrong)
    study.refresh_from_db()
    assert (study.budget_soft, str(study.budget_hard)) == (None, "200.00")
