"""Anyone can use the pages of quality control: axe finds nothing grave, and nothing scrolls sideways."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from corpus.record import Survey
from qualitycontrol.services.assessments import assessment_make
from tests.browser.conftest import CHROMIUM
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations
from tests.support.axe import grave_findings
from tests.support.staff import make_staff

RULE = "improvement=1&supporter_mean_length=8&empathy=3&relevance=5&seeker_mean_length=6"


@pytest.mark.django_db
def test_no_page_has_a_grave_finding() -> None:
    client = Client()
    client.force_login(make_staff("staff"))
    worse = make_record(survey=Survey(4, 5, 5, 5, 5, None, "The calm"), feedback=(3, 4))
    rows = make_conversations(
        make_record(), make_record(survey=Survey(4, 3, 2, 4, 3)), make_record(seeker_words=5), worse
    )
    assessments = [assessment_make(row.pk) for row in rows]
    words = zip(rows, ["good", "good", "bad", "bad"], strict=True)
    lines = ["conversation,annotator,judgement", *(f"{row.public_id},Ann,{word}" for row, word in words)]
    file = SimpleUploadedFile("judged.csv", "\n".join(lines).encode())
    client.post("/research/calibration/judgements/", {"file": file})
    addresses = {
        "/calibration/": "/research/calibration/",
        "/rule/": f"/research/calibration/rule/?{RULE}",
        "/intensity/": f"/research/intensity/{assessments[3].pk}/",
        "/conversation/": f"/research/conversations/{rows[3].public_id}/",
        "/conversations/": "/research/conversations/",
        "/agreement/": "/research/agreement/",
        "/recall/": "/research/deidentification/recall/",
        "/judging/": "/research/judging/",
    }
    answers = {name: client.get(address) for name, address in addresses.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(addresses, 200)
    shots = os.environ.get("ESC_SHOTS")
    assert CHROMIUM is not None, "CI installs Chromium"
    documents = {name: answer.content for name, answer in answers.items()}
    found = grave_findings(documents, browser_path=CHROMIUM, shots=Path(shots) if shots else None)
    assert found == []
