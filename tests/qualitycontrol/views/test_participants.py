"""Participants, their erasure on request, and the audit log."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from collection.api import ConversationState, Utterance
from qualitycontrol import participant_list
from qualitycontrol.models import AuditEvent
from qualitycontrol.services.audit import audit_add
from qualitycontrol.views import audit
from study.models import Participation, StudyEvent, Withdrawal
from tests.qualitycontrol.rows import make_conversations
from tests.support.factories import make_conversation, make_participation, make_study
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def staff(client: Client) -> None:
    client.force_login(make_staff("ann"))


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_participations_are_listed_with_what_became_of_them_and_narrowed_down(client: Client) -> None:
    pair = make_conversation(state=ConversationState.CLOSED)
    study = pair.conversation.study
    inside = make_participation(study, role="supporter")
    make_participation()
    base = f"/research/studies/{study.slug}/participants/"

    def found(query: str = "") -> set[str]:
        return set(
            re.findall(r'<th scope="row"><a href="[^"]+/participants/([\w-]+)/"', page(client, base + query))
        )

    assert pair.seeker.participation is not None
    assert pair.supporter.participation is not None
    seeker, supporter = pair.seeker.participation.public_id, pair.supporter.participation.public_id
    assert found() == {seeker, supporter, inside.public_id}
    assert found("?role=seeker") == {seeker}
    assert found("?outcome=inside") == {inside.public_id}
    assert found("?outcome=completed&role=supporter") == {supporter}
    assert found("?exam=passed") == set(), "granted without an exam"
    assert found(f"?q={pair.seeker.participation.participant.public_id[:8]}") == {seeker}
    total = sum(line.amount for line in pair.seeker.participation.ledger.all())
    assert f'<td class="number">{total:.2f}</td>' in page(client, f"{base}?role=seeker")


def test_the_list_of_participations_pages_by_number(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participant_list, "PAGE_SIZE", 2)
    study = make_study()
    people = [make_participation(study).public_id for _number in range(3)]
    first = page(client, f"/research/studies/{study.slug}/participants/")
    older = re.search(r'rel="next" href="(\?[^"]+)"', first)
    assert older is not None
    second = page(client, f"/research/studies/{study.slug}/participants/{older[1]}")
    assert people[0] in second
    assert people[1] not in second


def test_an_erasure_is_previewed_confirmed_and_given_a_receipt(client: Client) -> None:
    pair = make_conversation()
    pair.say("seeker", "A secret.")
    study, person = pair.conversation.study, pair.seeker.participation
    assert person is not None
    url = f"/research/studies/{study.slug}/participants/{person.public_id}/"
    preview = page(client, url)
    assert "<li>1 messages</li>" in preview
    assert Utterance.objects.get().text == "A secret.", "a preview erases nothing"
    assert not Withdrawal.objects.exists()
    assert client.post(url, {"number": "another"}).status_code == 400
    assert not Withdrawal.objects.exists()
    for _click in range(2):
        answer = client.post(url, {"number": person.public_id}, follow=True)
    receipt = Withdrawal.objects.get()
    assert receipt.number in answer.content.decode()
    assert "A secret." not in Utterance.objects.get().text
    assert "Erase for ever" not in page(client, url)
    assert receipt.number in StudyEvent.objects.filter(kind="erasure").first().detail  # type: ignore[union-attr]


def test_somebody_of_another_study_is_not_found_here(client: Client) -> None:
    person, other = make_participation(), make_study()
    assert client.get(f"/research/studies/{other.slug}/participants/{person.public_id}/").status_code == 404
    assert Participation.objects.get(pk=person.pk).participant.withdrawn_at is None


def test_the_audit_log_is_filtered_and_pages_by_number(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    (row,) = make_conversations()
    other = make_staff("ben")
    page(client, f"/research/conversations/{row.public_id}/")
    audit_add(row, user=other, action=AuditEvent.Action.INTENSITY_DECIDED, detail="keep")

    def entries(query: str) -> int:
        return page(client, f"/research/audit/{query}").count('<th scope="row">')

    assert entries("") == 2
    assert entries("?user=ben") == 1
    assert entries("?action=transcript_read") == 1
    assert entries("?conversation=nobody") == 0
    today = row.created_at.date()
    assert entries(f"?since={today}&until={today}") == 2
    assert entries("?until=2020-01-01") == 0
    monkeypatch.setattr(audit, "PAGE_SIZE", 1)
    older = re.search(r'rel="next" href="(\?[^"]+)"', page(client, "/research/audit/"))
    assert older is not None
    assert "transcript read" in page(client, f"/research/audit/{older[1]}")
