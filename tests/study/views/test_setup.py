"""A study from nothing to open, through the pages: what stands in the way, and what a change leaves alone."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from study.domain.protocol import text_digest
from study.domain.staff_roles import StaffRole
from study.models import ProtocolVersion, ResourceCheck, Study, StudyEvent
from study.research_urls import urlpatterns
from study.services.protocols import protocol_load
from study.services.studies import study_create
from tests.support.factories import make_participation, make_study
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
NEW = {
    "title": "Worries at work",
    "slug": "worries",
    "protocol": "shipped:esconv-2021",
    "contact": "team@example.org",
    "institution": "",
    "review_board": "",
}


@pytest.fixture(autouse=True)
def staff(client: Client) -> Any:
    user = make_staff("ann")
    client.force_login(user)
    return user


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode())


def lights(client: Client, slug: str = "worries") -> dict[str, str]:
    return dict(
        re.findall(r'data-item="(\w+)" data-light="(\w+)"', page(client, f"/research/studies/{slug}/"))
    )


def step(client: Client, name: str, slug: str = "worries") -> str:
    answer = client.post(f"/research/studies/{slug}/state/", {"step": name}, follow=True)
    return unescape(answer.content.decode())


def check_resources(study: Study, user: Any, *, days: int = 30) -> None:
    today = study.created_at.date()
    for entry in study.protocol_version.protocol.resources:
        ResourceCheck.objects.create(
            study=study,
            entry_sha256=text_digest(entry),
            name=entry.name,
            checked_on=today,
            expires_on=today + timedelta(days=days),
            by=user,
            at=study.created_at,
        )


def test_a_study_is_set_up_from_nothing_and_opened(client: Client, staff: Any) -> None:
    assert client.post("/research/studies/new/", NEW)["Location"] == "/research/studies/worries/"
    study = Study.objects.get(slug="worries")
    assert study.state == "draft"
    red = {key for key, light in lights(client).items() if light == "red"}
    assert red == {"consent", "recruitment", "resources", "budget"}
    assert "cannot open" in step(client, "open")
    study.refresh_from_db()
    assert study.state == "draft", "a study with red items cannot be opened, button or not"

    details = {key: NEW[key] for key in ("title", "contact")}
    client.post(
        "/research/studies/worries/details/",
        details | {"institution": "A university", "review_board": "Board 7"},
    )
    assert "A university" in page(client, "/research/studies/worries/details/")
    client.post("/research/studies/worries/pay/", {"soft": "900", "hard": "1000"})
    client.post("/research/studies/worries/recruitment/", {"provider": "prolific", "part": "whole"})
    check_resources(study, staff)
    assert set(lights(client).values()) == {"green", "amber"}
    assert lights(client)["preview"] == "amber", "what nobody tried does not stand in the way"
    assert "The study is now: Open" in step(client, "open")
    assert [event.kind for event in StudyEvent.objects.order_by("pk")] == [
        "created",
        "details",
        "details",
        "budget",
        "recruitment",
        "state",
    ]
    assert set(StudyEvent.objects.values_list("by", flat=True)) == {"ann"}


def test_pausing_and_closing_are_always_possible_and_nobody_inside_is_touched(client: Client) -> None:
    study = make_study()
    inside = make_participation(study)
    assert "is now: Paused" in step(client, "pause", study.slug)
    assert "is now: Closed" in step(client, "close", study.slug)
    inside.refresh_from_db()
    assert not inside.ended
    assert "cannot pause" in step(client, "pause", study.slug)
    assert client.post(f"/research/studies/{study.slug}/state/", {"step": "sell"}).status_code == 404


def test_a_check_that_expires_or_an_entry_that_changes_is_red_again(client: Client, staff: Any) -> None:
    version = protocol_load("esconv-2021")
    study = study_create("worries", title="W", protocol_version=version, contact="us", state="draft")
    check_resources(study, staff, days=1)
    assert lights(client)["resources"] == "green"
    ResourceCheck.objects.update(
        expires_on=study.created_at.date(), checked_on=study.created_at.date() - timedelta(1)
    )
    assert lights(client)["resources"] == "red"


def test_a_demonstration_opens_with_what_only_a_real_study_needs_in_amber(client: Client) -> None:
    client.post(
        "/research/studies/new/", NEW | {"is_demo": "on", "protocol": "shipped:esconv-2021-rehearsal"}
    )
    found = lights(client)
    assert "red" not in found.values()
    assert found["resources"] == found["budget"] == "amber"
    assert "is now: Open" in step(client, "open")


@pytest.mark.parametrize(
    "wrong", [{"slug": "new"}, {"slug": "a b"}, {"title": ""}, {"protocol": "shipped:none"}]
)
def test_a_study_that_cannot_be_is_not_created(client: Client, wrong: dict[str, str]) -> None:
    answer = client.post("/research/studies/new/", NEW | wrong)
    assert answer.status_code == 400
    assert 'class="errors"' in answer.content.decode()
    assert not Study.objects.exists()


def test_a_short_name_is_taken_once(client: Client) -> None:
    client.post("/research/studies/new/", NEW)
    answer = client.post("/research/studies/new/", NEW | {"title": "Other"})
    assert "Another study has this short name." in answer.content.decode()
    assert Study.objects.get().title == "Worries at work"


CHANGE = """extends = "esconv-2021"
name = "worries-at-work"
version = {version}

[chat]
max_seconds = {seconds}
"""


def upload(client: Client, slug: str, text: str, **more: str) -> Any:
    return client.post(f"/research/studies/{slug}/protocol/", {"text": text} | more, follow=True)


def test_a_new_version_is_checked_compared_stored_and_used(client: Client) -> None:
    study = make_study()
    inside = make_participation(study)
    address = f"/research/studies/{study.slug}/protocol/"
    stored = ProtocolVersion.objects.count()
    checked = unescape(
        upload(client, study.slug, CHANGE.format(version=1, seconds=2400), check="1").content.decode()
    )
    assert "worries-at-work v1 can be used" in checked
    assert re.search(r"chat\.max_seconds</code></th><td>3600</td><td>2400</td>", checked)
    assert ProtocolVersion.objects.count() == stored, "a check stores nothing"
    upload(client, study.slug, CHANGE.format(version=1, seconds=2400), store="1")
    version = ProtocolVersion.objects.get(name="worries-at-work")
    changed = upload(client, study.slug, CHANGE.format(version=1, seconds=2500), store="1").content.decode()
    assert "stored with other contents" in changed
    study.refresh_from_db()
    assert study.protocol_version != version, "storing does not use it"
    # The study is open and a real one: what lacks is said, and it keeps its version.
    refused = client.post(f"{address}{version.pk}/use/", follow=True).content.decode()
    assert "cannot use this version" in refused
    Study.objects.filter(pk=study.pk).update(state="paused")
    used = client.post(f"{address}{version.pk}/use/", follow=True).content.decode()
    assert "Who is inside keeps theirs" in used
    study.refresh_from_db()
    inside.refresh_from_db()
    assert study.protocol_version == version
    assert inside.protocol_version != version
    assert "worries-at-work v1" in StudyEvent.objects.get(kind="protocol").detail


def test_an_exported_version_is_imported_without_a_difference(client: Client) -> None:
    study = make_study()
    address = f"/research/studies/{study.slug}/protocol/"
    export = client.get(f"{address}{study.protocol_version_id}/protocol.toml")
    assert export["Content-Disposition"] == 'attachment; filename="esconv-2021-v2.toml"'
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("mine.toml", export.content)
    checked = client.post(address, {"file": file, "check": "1"}).content.decode()
    assert "It does not differ from esconv-2021 v2." in unescape(checked)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('name = "x"\nversion = = 1\n', 2, "not valid TOML"),
        (CHANGE.format(version=1, seconds='"an hour"'), 6, "Expected `int`, got `str`"),
        (CHANGE.format(version=1, seconds=2400) + "speed = 3\n", 7, "unknown field `speed`"),
        ('extends = "nothing"\n', 1, "There is no protocol"),
        ("", None, "missing required field"),
        ("\x01", 1, "not valid TOML"),
    ],
)
def test_a_text_that_is_no_protocol_is_refused_with_line_and_reason(
    client: Client, text: str, line: int | None, reason: str
) -> None:
    study = make_study()
    answer = upload(client, study.slug, text, store="1")
    html = unescape(answer.content.decode())
    fault = re.search(r'id="fault">(.*?)</div>', html, re.DOTALL)
    assert fault is not None
    assert answer.status_code == 400
    assert reason in fault[1]
    assert (f"Line {line}:" in fault[1]) == (line is not None)
    assert ProtocolVersion.objects.count() == 1


def test_a_task_at_a_site_has_a_link_codes_and_a_picture(client: Client) -> None:
    study = make_study()
    address = f"/research/studies/{study.slug}/recruitment/"
    client.post(address, {"provider": "prolific", "part": "whole", "code_complete": "CMPLT1"})
    html = page(client, address)
    assert f"http://testserver/go/prolific/{study.slug}/?PROLIFIC_PID={{{{%PROLIFIC_PID%}}}}" in html
    assert "<code>CMPLT1</code>" in html
    assert html.count('src="data:image/svg+xml') == 1
    refused = client.post(address, {"provider": "prolific", "part": "whole", "finish_url": "http://x"})
    assert refused.status_code == 400
    assert "must begin with https://" in unescape(refused.content.decode())


def test_invitations_are_shown_once_and_let_people_in(client: Client) -> None:
    study = make_study()
    address = f"/research/studies/{study.slug}/recruitment/"
    made = client.post(
        f"{address}invitations/", {"count": 2, "max_uses": 1, "role": "seeker"}
    ).content.decode()
    links = re.findall(r"http://testserver(/i/[\w-]+/)</code>", made)
    assert len(links) == 2
    assert not re.search(r"/i/[\w-]+/", page(client, address))
    assert Client().get(links[0], follow=True).status_code == 200
    assert study.invitations.filter(uses=1).count() == 1
    assert client.post(f"{address}invitations/", {"count": 0, "max_uses": 1}).status_code == 400


def test_the_estimate_follows_the_assumptions_and_impossible_ones_are_refused(client: Client) -> None:
    study = make_study()
    address = f"/research/studies/{study.slug}/pay/"
    values = "training_minutes=20&passed_percent=50&chats_per_supporter=4&kept_percent=40"
    assert 'data-figure="per_kept">41.50<' in page(client, f"{address}?chat_minutes=30&{values}")
    assert 'class="errors"' in page(client, f"{address}?chat_minutes=0&{values}")
    refused = client.post(address, {"soft": "10", "hard": "5"})
    assert "would never act" in refused.content.decode()
    assert client.post(address, {"soft": "-1"}).status_code == 400


def addresses(patterns: list[URLPattern], namespace: str) -> list[str]:
    """Return an address for each pattern; what it names does not exist."""
    return [
        reverse(
            f"{namespace}:{pattern.name}",
            kwargs={
                name: 999_999 if converter.__class__.__name__ == "IntConverter" else "nobody"
                for name, converter in pattern.pattern.converters.items()
            },
        )
        for pattern in patterns
    ]


@pytest.mark.parametrize("url", addresses(urlpatterns, "studies"))
def test_pages_are_for_researchers_only(url: str) -> None:
    stranger, visitor = Client(), Client()
    visitor.force_login(make_staff("reviewer", StaffRole.REVIEWER))
    for method in ("get", "post"):
        assert getattr(stranger, method)(url).status_code == 302
        assert getattr(visitor, method)(url).status_code == 404
