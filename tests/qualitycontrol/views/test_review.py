"""The strategy review as reviewers use it: through the real pages, with and without the page's script."""

from __future__ import annotations

import random
import re
from collections import Counter
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from qualitycontrol.domain.strategy_review import Mode
from qualitycontrol.models import (
    AuditEvent,
    ReviewAssignment,
    ReviewItem,
    ReviewStep,
    ReviewVote,
)
from qualitycontrol.rights import ADJUDICATORS
from qualitycontrol.services.review_claims import item_claim
from study.clock import database_now
from tests.qualitycontrol.review_rows import make_items, make_reviewer, take_part, vote
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
UID = re.compile(r'name="client_uid" value="(\w+)"')
ITEM = re.compile(r'data-item="(\d+)"')


@pytest.fixture
def ann() -> User:
    return make_reviewer("ann")


@pytest.fixture
def page(client: Client, ann: User) -> Client:
    """A browser in which ann is signed in."""
    client.force_login(ann)
    return client


def look(client: Client, address: str = "/research/review/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def send(
    client: Client, html: str, strategy: str, *, note: str = "", headers: dict[str, str] | None = None
) -> object:
    """Press a strategy's button on a page."""
    item, uid = (found.search(html) for found in (ITEM, UID))
    assert item is not None
    assert uid is not None
    data = {"strategy": strategy, "client_uid": uid[1], "note": note}
    return client.post(f"/research/review/{item[1]}/vote/", data, headers=headers or {})


@pytest.mark.slow
def test_five_reviewers_work_off_a_hundred_items_and_none_is_lost_or_doubled() -> None:
    items = make_items(100)
    clients = [Client() for _ in range(5)]
    for client in clients:
        client.force_login(make_reviewer())
    dice = random.Random(5)
    labels = {item.pk: dice.choice(["question", "others"]) for item in items}
    working = list(clients)
    while working:
        client = dice.choice(working)
        html = unescape(client.get("/research/review/").content.decode())
        found = ITEM.search(html)
        if found is None:
            assert "Nothing waits for you." in html
            working.remove(client)
            continue
        answer = send(client, html, labels[int(found[1])])
        assert answer.status_code == 302  # type: ignore[attr-defined]
    votes = Counter(ReviewVote.objects.values_list("item", flat=True))
    assert votes == {item.pk: 5 for item in items}
    assert ReviewAssignment.objects.filter(state="voted").count() == ReviewAssignment.objects.count() == 500
    states = dict(ReviewItem.objects.values_list("pk", "state"))
    assert states == {
        pk: "settled" if label == "question" else "adjudication" for pk, label in labels.items()
    }
    assert ReviewStep.objects.count() == 100


def test_verifying_shows_the_label_and_reading_is_written_down(page: Client) -> None:
    (item,) = make_items()
    html = look(page)
    assert "The author's choice is marked." in html
    assert html.count(" data-current>") == 1
    assert html.count('aria-current="true"') == 1
    assert "8 messages after" in html, "one before and six after the second of sixteen are shown"
    event = AuditEvent.objects.get()
    assert (event.conversation_id, event.detail) == (item.conversation_id, "strategy review")


def test_a_blind_item_shows_no_label_of_its_own(page: Client) -> None:
    make_items(mode=Mode.BLIND)
    html = look(page)
    assert "data-current" not in html
    target = html[html.index('aria-current="true"') :]
    target = target[: target.index("</li>")]
    assert "Question" not in target
    assert "Question" in html, "what is around it is shown as it is"


def test_a_plain_form_votes_and_leads_to_the_next(page: Client) -> None:
    first, second = make_items(2)
    html = look(page)
    answer = send(page, html, "question", note="clear")
    assert (answer.status_code, answer["Location"]) == (302, "/research/review/")  # type: ignore[attr-defined,index]
    assert f'data-item="{second.pk}"' in look(page)
    stored = ReviewVote.objects.get()
    assert (stored.item, stored.label, stored.note) == (first, "question", "clear")


def test_a_vote_sent_twice_is_one_and_another_is_a_conflict(page: Client) -> None:
    make_items(2)
    html = look(page)
    assert [send(page, html, "question", headers=JSON).status_code for _ in range(2)] == [200, 200]  # type: ignore[attr-defined]
    answer = send(page, html, "others", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "vote_differs")  # type: ignore[attr-defined]
    plain = send(page, html, "others")
    assert plain.status_code == 409  # type: ignore[attr-defined]
    assert "your first vote stands" in plain.content.decode()  # type: ignore[attr-defined]
    assert ReviewVote.objects.count() == 1


def test_the_next_one_is_fetched_ahead_without_changing_the_first(page: Client) -> None:
    first, second = make_items(2)
    look(page)
    ahead = look(page, f"/research/review/?besides={first.pk}")
    assert f'data-item="{second.pk}"' in ahead
    assert f'data-item="{first.pk}"' in look(page)


def test_skipping_taking_up_again_and_flagging(page: Client) -> None:
    (item,) = make_items()
    look(page)
    assert page.post(f"/research/review/{item.pk}/skip/").status_code == 302
    assert "Take up the 1 message that you skipped" in look(page)
    page.post("/research/review/skipped/")
    assert f'data-item="{item.pk}"' in look(page)
    answer = page.post(f"/research/review/{item.pk}/flag/", {"note": "A name."}, headers=JSON)
    assert answer.json()["stored"]
    step = ReviewStep.objects.get()
    assert (step.event, step.by, step.reason) == ("flag", "ann", "A name.")


def test_taking_back_shows_the_message_again(page: Client) -> None:
    first, _second = make_items(2)
    answer = send(page, look(page), "others", headers=JSON)
    assert answer.json()["progress"]["undo_item"] == first.pk  # type: ignore[attr-defined]
    back = page.post(f"/research/review/{first.pk}/undo/", follow=True)
    assert f'data-item="{first.pk}"' in back.content.decode()
    send(page, unescape(back.content.decode()), "question")
    assert ReviewVote.objects.get(undone_at=None).label == "question"


def test_what_cannot_be_done_is_told(page: Client, ann: User) -> None:
    (item,) = make_items()
    assert (
        page.post("/research/review/999999/vote/", {"strategy": "question", "client_uid": "a"}).status_code
        == 404
    )
    assert page.post(f"/research/review/{item.pk}/vote/", {}, headers=JSON).status_code == 400
    given = {"strategy": "question", "client_uid": "a"}
    assert page.post(f"/research/review/{item.pk}/vote/", given, headers=JSON).status_code == 403
    html = look(page)
    participant = take_part(item.conversation)
    participant.withdrawn_at = database_now()
    participant.save()
    answer = send(page, html, "question", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "review_withdrawn")  # type: ignore[attr-defined]
    ann.groups.clear()
    assert send(page, html, "question", headers=JSON).status_code == 404  # type: ignore[attr-defined]


def test_only_reviewers_find_the_page(client: Client) -> None:
    client.force_login(make_staff())
    assert client.get("/research/review/").status_code == 404
    assert client.get("/research/adjudication/").status_code == 404
    assert "/research/review/" not in look(client, "/research/conversations/")
    client.force_login(make_reviewer(groups=(), superuser=True))
    assert "/research/adjudication/" in look(client, "/research/review/")


def test_an_adjudicator_sees_the_votes_and_decides(client: Client) -> None:
    items = make_items(2, reviewers=1)
    for label in ("others", "information"):
        vote(make_reviewer(), label)
    client.force_login(make_reviewer("judge", groups=(ADJUDICATORS,)))
    first, second = (f"/research/adjudication/{item.pk}/" for item in items)
    listed = look(client, "/research/adjudication/")
    assert "Others 1" in listed
    assert "Information 1" in listed
    html = look(client, first)
    assert "The author chose Question." in html
    assert '<meter id="bar-1" min="0" max="1" value="1">' in html
    incomplete = client.post(first, {"action": "change", "reason": "Read it."})
    assert (incomplete.status_code, ReviewItem.objects.filter(state="settled").count()) == (200, 0)
    answer = client.post(first, {"action": "change", "new": "others", "reason": "Read it."})
    assert answer["Location"] == second
    answer = client.post(second, {"action": "keep", "new": "others", "reason": "Read it."})
    assert answer["Location"] == "/research/adjudication/"
    assert "Nothing waits for you." in look(client, "/research/adjudication/")
    late = client.post(first, {"action": "keep", "reason": "Read it."}, follow=True)
    assert "decided otherwise already" in late.content.decode()


def test_a_lease_in_hand_that_another_took_over_is_told(page: Client) -> None:
    (item,) = make_items(reviewers=1)
    html = look(page)
    ReviewAssignment.objects.update(leased_until=database_now())
    item_claim(make_reviewer().pk)
    answer = send(page, html, "question")
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "others took it" in answer.content.decode()  # type: ignore[attr-defined]
    item.refresh_from_db()
    assert item.state == "open"


def test_the_agreement_page_counts_votes_and_keeps_the_modes_apart(client: Client) -> None:
    make_items(2, reviewers=2)
    make_items(2, reviewers=2, mode=Mode.BLIND)
    for name, label in (("ann", "question"), ("ben", "others")):
        reviewer = make_reviewer(name)
        for _ in range(4):
            vote(reviewer, label)
    client.force_login(make_staff())
    html = look(client, "/research/agreement/")
    assert "The author's strategy hidden" in html
    assert "The author's strategy shown" in html
    assert html.count("Cohen's kappa, ann and ben") == 2
    rows = re.findall(r"<th scope=.row.>(Question|Others|ann|ben)</th>(.*?)</tr>", html, re.DOTALL)
    cells = {name: re.findall(r">([^<>]+)</td>", row) for name, row in rows}
    assert cells["Question"] == ["4", "4"], "columns in the order of the rows: Others, Question"
    assert cells["ann"][:3] == ["4", "1.000", "0 / 0"]
    assert cells["ben"][:3] == ["4", "0.000", "0 / 0"]
