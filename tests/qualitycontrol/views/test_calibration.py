"""The explorer: a file in, Table 7 out, a rule on to the next protocol version."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from collection.api import Conversation
from corpus.record import Survey
from qualitycontrol.calibration_explorer import heads, parse_steps
from qualitycontrol.domain.calibration import Rule
from qualitycontrol.models import Judgement
from qualitycontrol.services.assessments import assessment_make
from study.models import ProtocolVersion
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.rows import make_conversations
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
BASE = Rule(1, 8, 3, 4, None, 6)
RULE = "improvement=1&supporter_mean_length=8&empathy=3&relevance=5&seeker_mean_length=6"


@pytest.fixture
def rows(client: Client) -> list[Conversation]:
    client.force_login(make_staff("staff"))
    return make_conversations(
        make_record(), make_record(survey=Survey(4, 3, 2, 4, 3)), make_record(seeker_words=5), make_record()
    )


def upload(client: Client, *lines: str) -> str:
    file = SimpleUploadedFile("judged.csv", "\n".join(["conversation,annotator,judgement", *lines]).encode())
    return unescape(
        client.post("/research/calibration/judgements/", {"file": file}, follow=True).content.decode()
    )


def judged(client: Client, rows: list[Conversation]) -> str:
    words = ["good", "good", "bad", "bad"]
    return upload(client, *[f"{row.public_id},Ann,{word}" for row, word in zip(rows, words, strict=True)])


def test_an_empty_explorer_asks_for_judgements(client: Client, rows: list[Conversation]) -> None:
    assert "There are no judgements yet." in client.get("/research/calibration/").content.decode()


def test_judgements_become_a_table_and_a_heat_map(client: Client, rows: list[Conversation]) -> None:
    html = judged(client, rows)
    assert "4 judgements are stored." in html
    # Of four the base rule takes three, the annotator two of these: kappa (3/4 - 1/2) / (1 - 1/2).
    first = re.search(r"<caption>One threshold.*?<tbody>\s*<tr>(.*?)</tr>", html, re.DOTALL)
    assert first is not None
    assert re.findall(r'number">([^<]*)</td>', first[1]) == [
        "1",
        "8",
        "3",
        "4",
        "-",
        "6",
        "0.500",
        "0.500",
        "3",
    ]
    assert len(re.findall(r'class="number heat-\d"|class="number" title', html)) == 648
    assert "style=" not in html


def test_steps_can_be_chosen_and_nonsense_is_told(client: Client, rows: list[Conversation]) -> None:
    judged(client, rows)
    html = client.get(
        "/research/calibration/?detail=-&improvement=1&empathy=3&relevance=4,5"
    ).content.decode()
    assert len(re.findall(r'class="number heat-\d"|class="number" title', html)) == 2 * 3 * 3
    for nonsense in (
        "detail=many",
        "empathy=nan",
        "improvement=-",
        "empathy=" + ",".join(map(str, range(100))),
    ):
        assert (
            "These steps cannot be used" in client.get(f"/research/calibration/?{nonsense}").content.decode()
        )


@pytest.mark.parametrize("line", ["nobody,Ann,good", "{id},Ann,fine"])
def test_a_bad_file_is_told_and_stores_nothing(client: Client, rows: list[Conversation], line: str) -> None:
    assert "Nothing was stored. line 2" in upload(client, line.format(id=rows[0].public_id))
    answer = client.post(
        "/research/calibration/judgements/", {"file": SimpleUploadedFile("x.csv", b"\xff\xfe")}, follow=True
    )
    assert "not UTF-8" in answer.content.decode()
    assert (
        "choose a CSV file" in client.post("/research/calibration/judgements/", follow=True).content.decode()
    )
    assert not Judgement.objects.exists()


def test_a_rule_shows_what_it_changes_before_it_is_stored(client: Client, rows: list[Conversation]) -> None:
    """Also for conversations that nobody judged, with and without the survey."""
    (silent,) = make_conversations(
        make_record(survey=Survey(4), feedback=(5, 5), supporter_words=9), study=rows[0].study
    )
    for row in (*rows, silent):
        assessment_make(row.pk)
    address = f"/research/calibration/rule/?{RULE}"
    html = client.get(address).content.decode()
    assert "Compared: 5 conversations" in html
    assert "0 conversations would newly be taken" in html
    assert "1 conversation would no longer be taken" in html
    assert f'/research/conversations/{rows[1].public_id}/"' in html
    longer = client.get(
        address.replace("supporter_mean_length=8", "supporter_mean_length=10")
    ).content.decode()
    assert f'/research/conversations/{silent.public_id}/"' in longer
    assert ProtocolVersion.objects.count() == 1
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', html))
    fields.pop("csrfmiddlewaretoken", None)
    answer = client.post("/research/calibration/rule/", fields, follow=True)
    assert "esconv-2021 v1001 is stored" in answer.content.decode()
    stored = ProtocolVersion.objects.get(version=1001).protocol.quality.approval
    assert (stored.relevance_min, stored.empathy_min) == (5, 3)


@pytest.mark.parametrize("query", ["", "improvement=1", RULE + "&protocol=999", RULE + "&detail=x"])
def test_what_is_no_rule_is_told(client: Client, rows: list[Conversation], query: str) -> None:
    assert (
        "This is no rule." in client.get(f"/research/calibration/rule/?{query}", follow=True).content.decode()
    )


def test_the_heat_maps_sides_cover_the_grid() -> None:
    steps = parse_steps(BASE, {"detail": "-, 2", "relevance": "4"})
    assert heads(steps, ("relevance", "detail")) == ["4 -", "4 2"]


def test_the_annotators_agreement_is_shown_with_its_n(client: Client, rows: list[Conversation]) -> None:
    assert "There are no judgements yet." in client.get("/research/agreement/").content.decode()
    judged(client, rows)
    upload(
        client,
        *[f"{row.public_id},Ben,{word}" for row, word in zip(rows, ["good", "bad", "bad"], strict=False)],
    )
    html = re.sub(r"\s+", " ", unescape(client.get("/research/agreement/").content.decode()))
    # Three conversations that both judged, two of them alike: observed 2/3, expected 4/9.
    assert re.search(
        r"Cohen's kappa, Ann and Ben</th> <td class=\"number\">0\.400</td>.*?<td class=\"number\">3</td>",
        html,
    )
    assert re.search(r"Raw agreement</th> <td class=\"number\">0\.667</td>", html)
