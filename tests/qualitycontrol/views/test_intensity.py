"""The review page, as a reviewer uses it."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from corpus.record import Survey
from qualitycontrol.models import Assessment, AuditEvent, IntensityDecision
from qualitycontrol.services import intensity
from qualitycontrol.services.assessments import assessment_make
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessments(client: Client, monkeypatch: pytest.MonkeyPatch) -> list[Assessment]:
    monkeypatch.setattr(intensity.intensity, "needs_second", lambda _key, *, share: False)
    client.force_login(make_staff("staff"))
    record = make_record(survey=Survey(4, 5, 5, 5, 5, None, "The calm"), feedback=(3, 4))
    return [assessment_make(row.pk) for row in make_conversations(record, record)]


def page(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


def test_a_reviewer_sees_what_the_decision_needs(client: Client, assessments: list[Assessment]) -> None:
    html = page(client, f"/research/intensity/{assessments[0].pk}/")
    assert "Improvement as answered: -1. If reversed: 3." in html
    assert "3 (Average)" in html
    assert "The calm" in html
    assert html.count('class="turn turn-') == 8
    assert [(e.action, e.detail) for e in AuditEvent.objects.all()] == [
        ("transcript_read", "intensity review")
    ]


def test_deciding_leads_to_the_next_and_then_to_an_empty_queue(
    client: Client, assessments: list[Assessment]
) -> None:
    first, second = (f"/research/intensity/{assessment.pk}/" for assessment in assessments)
    assert first in page(client, "/research/intensity/")
    answer = client.post(first, {"action": "reverse", "reason": "Read it.", "value": "2"})
    assert answer["Location"] == second
    answer = client.post(second, {"action": "set", "value": "3", "reason": "Read it."})
    assert answer["Location"] == "/research/intensity/"
    assert "Nothing waits for you." in page(client, "/research/intensity/")
    assert list(IntensityDecision.objects.values_list("action", "intensity_after")) == [
        ("reverse", 1),
        ("set", 3),
    ]


def test_an_incomplete_form_keeps_what_was_written(client: Client, assessments: list[Assessment]) -> None:
    response = client.post(f"/research/intensity/{assessments[0].pk}/", {"reason": "Half a thought"})
    assert response.status_code == 200
    assert "Half a thought" in response.content.decode()
    assert not IntensityDecision.objects.exists()


def test_a_decision_that_came_too_late_is_told(client: Client, assessments: list[Assessment]) -> None:
    address = f"/research/intensity/{assessments[0].pk}/"
    client.post(address, {"action": "keep", "reason": "Read it."})
    client.force_login(make_staff("other"))
    answer = client.post(address, {"action": "reverse", "reason": "Read it."}, follow=True)
    assert "decided already" in answer.content.decode()
    assert "nothing for you to decide" in client.get(address, follow=True).content.decode()
    assert IntensityDecision.objects.count() == 1
