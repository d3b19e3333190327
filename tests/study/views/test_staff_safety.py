"""Tests of a study's monitoring and of its verified resources: the rule, the page, and what participants are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from study.clock import database_now
from study.domain.protocol import text_digest
from study.models import ResourceCheck, Study
from study.services.resources import (
    ResourcesUnverified,
    ResourceUnknown,
    resource_statuses,
    resource_verify,
    resources_check,
)
from study.services.watching import WatchRefused, watch_set
from tests.support.factories import make_participation, make_study
from tests.support.staff import make_staff
from tests.support.training import browser_of

pytestmark = pytest.mark.django_db


def verify_all(study: Study) -> None:
    for resource in study.protocol_version.protocol.resources:
        resource_verify(study, sha256=text_digest(resource), by=make_staff())


def test_a_real_study_needs_every_entry_tried_and_tried_again_in_time() -> None:
    study = make_study()
    today = database_now().date()
    with pytest.raises(ResourcesUnverified, match="Samaritans"):
        resources_check(study, today=today)
    verify_all(study)
    resources_check(study, today=today)
    valid = study.protocol_version.protocol.safety.resource_check_days
    with pytest.raises(ResourcesUnverified):
        resources_check(study, today=today + timedelta(days=valid))


def test_a_demonstration_is_exempt_and_a_check_of_another_study_does_not_count() -> None:
    resources_check(make_study(is_demo=True), today=database_now().date())
    verify_all(make_study())
    with pytest.raises(ResourcesUnverified):
        resources_check(make_study(), today=database_now().date())


def test_a_check_of_an_entry_that_is_not_there_is_refused() -> None:
    with pytest.raises(ResourceUnknown):
        resource_verify(make_study(), sha256="0" * 64, by=make_staff())


def test_the_page_says_who_checked_and_a_double_click_is_one_check() -> None:
    study = make_study()
    browser = Client()
    browser.force_login(make_staff("ada"))
    url = reverse("safety:study", args=[study.slug])
    shown = browser.get(url).content.decode()
    assert "The study cannot open" in shown
    sha256 = text_digest(study.protocol_version.protocol.resources[0])
    for _click in range(2):
        assert browser.post(url, {"works": sha256}).status_code == 302
    assert ResourceCheck.objects.count() == 1
    shown = browser.get(url).content.decode()
    assert f"{database_now():%Y-%m-%d}, ada" in shown
    assert sum(status.verified for status in resource_statuses(study, today=database_now().date())) == 1
    assert "no such entry" in browser.post(url, {"works": "x"}, follow=True).content.decode()
    assert browser.post(url, {"mode": "live", "days": ""}).status_code == 400


def test_the_mode_is_set_on_the_page_while_nobody_can_come() -> None:
    study = make_study(state=Study.State.PAUSED)
    browser = Client()
    browser.force_login(make_staff("ada"))
    url = reverse("safety:study", args=[study.slug])
    hours = {
        "mode": "office_hours",
        "zone": "Europe/Berlin",
        "days": "12",
        "begins": "10:00",
        "ends": "12:30",
    }
    assert browser.post(url, hours).status_code == 302
    study.refresh_from_db()
    assert (study.monitoring, study.office_zone, study.office_days) == ("office_hours", "Europe/Berlin", "12")


def test_the_mode_is_part_of_the_agreement() -> None:
    study = make_study()
    with pytest.raises(WatchRefused, match="Pause"):
        watch_set(study.pk, mode="live")
    make_participation(study)
    Study.objects.filter(pk=study.pk).update(state=Study.State.PAUSED)
    with pytest.raises(WatchRefused, match="inside"):
        watch_set(study.pk, mode="live")


@pytest.mark.parametrize(
    "wrong",
    [{"mode": "always"}, {"zone": "Nowhere/Town"}, {"zone": "../../etc"}, {"days": "89"}, {"days": ""}],
)
def test_hours_that_make_no_sense_are_refused(wrong: dict[str, str]) -> None:
    study = make_study(state=Study.State.DRAFT)
    with pytest.raises(WatchRefused):
        watch_set(study.pk, **({"mode": "office_hours"} | wrong))


@pytest.mark.parametrize(
    ("mode", "agreed", "told"),
    [
        (
            "none",
            "Nobody of the study team reads along while you talk",
            "Nobody of the study team reads along.",
        ),
        ("live", "somebody of the study team may read along", "Somebody of the study team may read along."),
    ],
)
def test_the_mode_changes_the_consent_text_and_the_line(mode: str, agreed: str, told: str) -> None:
    study = make_study(state=Study.State.DRAFT)
    watch_set(study.pk, mode=mode)
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN)
    study.refresh_from_db()
    participation = make_participation(study)
    assert participation.consent is not None
    other = make_participation(make_study())
    assert other.consent is not None
    assert (participation.consent.text_sha256 == other.consent.text_sha256) is (mode == "none")
    shown = browser_of(participation).get(reverse("help", args=[participation.public_id])).content.decode()
    assert told in shown
    from study.monitoring import consent_sections

    study.refresh_from_db()
    text = " ".join(p for s in consent_sections(study, study.protocol_version.protocol) for p in s.paragraphs)
    assert agreed in text
