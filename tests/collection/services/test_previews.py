"""A preview is the study as participants see it, and leaves no trace in it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from collection.models import Conversation
from collection.services.previews import AsWhom, preview_enter
from qualitycontrol.funnel import funnel
from study.models import LedgerEntry, Participation, Study, StudyEvent
from study.selectors import study_open_list
from tests.support.factories import make_participation, make_protocol, make_study, pair_up
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> None:
    client.force_login(make_staff("ann"))


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("as_whom", "ends_at"), [("seeker", "consent"), ("supporter", "consent"), ("bot", "chat")]
)
def test_the_team_enters_as_anybody(client: Client, as_whom: str, ends_at: str) -> None:
    study = make_study(state="draft")
    answer = client.post(f"/research/studies/{study.slug}/preview/enter/", {"as": as_whom}, follow=True)
    assert answer.status_code == 200
    assert re.search(rf"/p/[\w-]+/{ends_at}/$", answer.redirect_chain[-1][0])
    assert StudyEvent.objects.get().detail == f"{as_whom} under {study.protocol_version}"
    assert not Participation.objects.filter(study=study).exists()
    assert study_open_list() == []
    assert funnel().applicants == 0, "nothing of it counts anywhere"
    assert funnel().conversations == 0
    assert not LedgerEntry.objects.filter(participation__study=study).exists()


@pytest.mark.usefixtures("staff")
def test_a_preview_of_nobody_is_not_found(client: Client) -> None:
    study = make_study()
    assert client.post(f"/research/studies/{study.slug}/preview/enter/", {"as": "king"}).status_code == 404
    preview_enter(study, AsWhom.SEEKER, by="ann", device="")
    twin = Study.objects.get(preview_of=study)
    assert client.get(f"/research/studies/{twin.slug}/").status_code == 404, "a twin is no study of its own"
    assert twin.slug not in client.get("/research/studies/").content.decode()


def test_the_twin_follows_the_study(client: Client) -> None:
    study = make_study()
    preview_enter(study, AsWhom.SEEKER, by="ann", device="")
    study.protocol_version = make_protocol(max_seconds=4000)
    study.title = "Renamed"
    study.save()
    participation = preview_enter(study, AsWhom.SEEKER, by="ann", device="")
    assert participation.protocol_version == study.protocol_version
    assert Study.objects.get(preview_of=study).title == "Renamed"


def test_two_who_try_both_sides_practise() -> None:
    study = make_study()
    preview_enter(study, AsWhom.SEEKER, by="ann", device="")
    twin = Study.objects.get(preview_of=study)
    pair_up(make_participation(twin), make_participation(twin, role="supporter"))
    assert set(Conversation.objects.values_list("origin", flat=True)) == {"practice"}
