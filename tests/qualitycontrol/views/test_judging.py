"""Judging through the pages: each judge alone, all the same conversations, and the calibration has their word."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from collection.api import Conversation
from qualitycontrol.calibration_explorer import material
from qualitycontrol.models import AuditEvent, Judgement, JudgingItem, JudgingSample, ReviewerParticipant
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.judging import sample_draw
from study.models import Study
from study.services.withdrawals import participant_withdraw
from tests.qualitycontrol.collected import take_part
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.reading import make_reader
from tests.qualitycontrol.rows import make_conversations

pytestmark = pytest.mark.django_db
ITEM = re.compile(r'name="item" value="(\d+)"')


@pytest.fixture
def rows() -> list[Conversation]:
    """Three that the rule decides about, and one that the filter took out."""
    rows = make_conversations(make_record(), make_record(seeker_words=5), make_record(), make_record(pairs=2))
    for row in rows:
        assessment_make(row.pk)
    return rows


def signed_in(name: str) -> tuple[Client, User]:
    client, user = Client(), make_reader(name)
    client.force_login(user)
    return client, user


def look(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


def say(client: Client, page: str, word: str) -> str:
    """Judge the conversation that is shown, twice, as an impatient person does."""
    found = ITEM.search(look(client, page))
    assert found is not None
    for _twice in range(2):
        answer = client.post(f"{page}judgement/", {"item": found[1], "judgement": word})
        assert answer.status_code == 302
    return found[1]


def test_two_judges_judge_the_same_without_seeing_each_other(rows: list[Conversation]) -> None:
    ann, _ = signed_in("ann")
    ben, _ = signed_in("ben")
    assert "Nothing is drawn yet." in look(ann, "/research/judging/")
    answer = ann.post("/research/judging/draw/", {"study": "study", "size": "10", "seed": "4"})
    page = str(answer["Location"])
    assert {item.conversation_id for item in JudgingItem.objects.all()} == {row.pk for row in rows[:3]}
    for word in ("good", "bad", "good"):
        say(ann, page, word)
    assert "You have judged all" in look(ann, page)
    html = look(ben, page)
    assert "0 of 3 judged" in html
    assert "ann" not in html.replace("Cannot", "")
    assert "your word before" not in html
    for word in ("good", "bad"):
        say(ben, page, word)
    found = material(Study.objects.get(slug="study").protocol_version)
    assert {name: sorted(judged.values()) for name, judged in found.judgements.items()} == {
        "ann": [False, True, True],
        "ben": [False, True],
    }
    assert "Cohen's kappa, ann and ben" in look(ann, "/research/agreement/")
    assert AuditEvent.objects.filter(action="transcript_read", detail="judging").exists()


def test_a_judge_sees_neither_scores_nor_strategies_and_may_think_again(rows: list[Conversation]) -> None:
    ann, user = signed_in("ann")
    sample = sample_draw(rows[0].study, seed=1, size=3, user=user)
    page = f"/research/judging/{sample.pk}/"
    html = look(ann, page)
    assert "My work worries me." in html
    for hidden in ("Question", "feedback", "Empathy", "qualified"):
        assert hidden not in html
    first = say(ann, page, "good")
    back = re.search(r'href="(/research/judging/\d+/\?item=\d+)"', look(ann, page))
    assert back is not None
    html = look(ann, back[1])
    assert "your word before" in html
    assert f'name="item" value="{first}"' in html
    ann.post(f"{page}judgement/", {"item": first, "judgement": "bad"})
    assert [j.good for j in Judgement.objects.all()] == [False]


def test_the_same_draw_is_one_sample_and_another_seed_another(rows: list[Conversation]) -> None:
    user = make_reader()
    study = rows[0].study
    sample = sample_draw(study, seed=1, size=2, user=user)
    assert sample_draw(study, seed=1, size=2, user=make_reader()) == sample
    orders = {
        tuple(sample_draw(study, seed=seed, size=3, user=user).items.values_list("conversation", flat=True))
        for seed in range(2, 8)
    }
    assert len(orders) > 1
    assert JudgingItem.objects.filter(sample=sample).count() == 2


@pytest.mark.parametrize(
    "data",
    [{}, {"study": "none", "size": "1", "seed": "1"}, {"study": "study", "size": "0", "seed": "x"}],
)
def test_a_draw_that_makes_no_sense_is_told(rows: list[Conversation], data: dict[str, str]) -> None:
    ann, _ = signed_in("ann")
    answer = ann.post("/research/judging/draw/", data)
    assert answer.status_code == 200
    assert 'class="errors' in answer.content.decode()
    assert not JudgingSample.objects.exists()
    Conversation.objects.update(state="cancelled")
    answer = ann.post("/research/judging/draw/", {"study": "study", "size": "1", "seed": "1"}, follow=True)
    assert "No conversation of this study" in answer.content.decode()


def test_nonsense_is_no_judgement(rows: list[Conversation]) -> None:
    ann, user = signed_in("ann")
    page = f"/research/judging/{sample_draw(rows[0].study, seed=1, size=3, user=user).pk}/"
    for data in ({}, {"item": "x", "judgement": "good"}, {"item": "1", "judgement": "fine"}):
        assert "Please say good or bad." in ann.post(f"{page}judgement/", data, follow=True).content.decode()
    assert ann.post(f"{page}judgement/", {"item": "999999", "judgement": "good"}).status_code == 404
    shown = {ITEM.findall(look(ann, page + query))[0] for query in ("", "?item=999999999999", "?item=x")}
    assert len(shown) == 1, "an item that does not exist is the next one"
    User.objects.filter(pk=user.pk).update(is_staff=False)
    item = JudgingItem.objects.first()
    assert item is not None
    assert ann.post(f"{page}judgement/", {"item": item.pk, "judgement": "good"}).status_code == 404
    assert not Judgement.objects.exists()


def test_who_withdrew_is_judged_and_measured_no_more(rows: list[Conversation]) -> None:
    ann, user = signed_in("ann")
    participant = take_part(rows[0], read=False)
    sample = sample_draw(rows[0].study, seed=1, size=3, user=user)
    page = f"/research/judging/{sample.pk}/"
    for _each in range(2):
        say(ann, page, "good")
    item = JudgingItem.objects.get(sample=sample, conversation=rows[0])
    version = rows[0].protocol_version
    Judgement.objects.update_or_create(
        conversation=rows[0], annotator="ann", defaults={"good": True, "stored_at": sample.drawn_at}
    )
    assert rows[0].public_id in material(version).ids
    participant_withdraw(participant.pk)
    assert rows[0].public_id not in material(version).ids
    answer = ann.post(f"{page}judgement/", {"item": item.pk, "judgement": "bad"}, follow=True)
    assert "nothing was stored" in answer.content.decode()
    assert Judgement.objects.get(conversation=rows[0]).good
    assert "of 2 judged" in look(ann, page)


def test_nobody_judges_their_own(rows: list[Conversation]) -> None:
    ann, user = signed_in("ann")
    participant = take_part(rows[0], read=False)
    ReviewerParticipant.objects.create(reviewer=user, participant=participant)
    sample = sample_draw(rows[0].study, seed=1, size=3, user=user)
    assert "0 of 2 judged" in look(ann, f"/research/judging/{sample.pk}/")
