"""The human pass through its pages: with and without the page's script both send the same forms."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from collection.api import Conversation, Utterance
from qualitycontrol.models import AuditEvent, DeidentificationMark, DeidentificationPass
from qualitycontrol.services.assessments import assessment_make
from study.services.withdrawals import participant_withdraw
from tests.qualitycontrol.collected import take_part
from tests.qualitycontrol.factories import make_record
from tests.qualitycontrol.reading import make_reader, read_through
from tests.qualitycontrol.rows import make_conversations

pytestmark = pytest.mark.django_db
QUEUE = "/research/deidentification/"


@pytest.fixture
def ann(client: Client) -> User:
    """A reader, signed in."""
    user = make_reader("ann")
    client.force_login(user)
    return user


@pytest.fixture
def row() -> Conversation:
    """A collected conversation that names somebody and a rule's finding."""
    (row,) = make_conversations(make_record())
    assessment_make(row.pk)
    Utterance.objects.filter(conversation=row, ordinal=1).update(text="<b>Anna</b> & jo@example.org")
    take_part(row, read=False)
    return Conversation.objects.get(pk=row.pk)


def begin(client: Client, row: Conversation, purpose: str = "review") -> str:
    answer = client.post(QUEUE + "begin/", {"conversation": row.public_id, "purpose": purpose})
    assert answer.status_code == 302
    return str(answer["Location"])


def look(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


def test_a_reader_marks_takes_back_keeps_and_completes(client: Client, ann: User, row: Conversation) -> None:
    assert "a release waits for it" in look(client, QUEUE)
    page = begin(client, row)
    html = client.get(page).content.decode()
    assert '&lt;b&gt;Anna&lt;/b&gt; &amp; <mark data-kind="email">jo@example.org</mark></p>' in html
    client.post(page + "mark/", {"place": "u1", "start": "3", "end": "7", "kind": "name", "words": "ignored"})
    mark = DeidentificationMark.objects.get()
    assert (mark.place, mark.start, mark.end, mark.kind, mark.by) == ("u1", 3, 7, "name", ann)
    assert "Anna → [NAME]" in look(client, page)
    client.post(page + "unmark/", {"mark": mark.pk})
    assert "Anna → [NAME]" not in look(client, page)
    client.post(page + "mark/", {"words": "anna", "kind": "name"})
    email = re.search(r'name="start" value="(\d+)">\s*<input[^>]*name="end" value="(\d+)"', html)
    assert email is not None
    client.post(page + "mark/", {"place": "u1", "start": email[1], "end": email[2], "kind": "keep"})
    html = look(client, page)
    assert "jo@example.org → kept" in html
    assert "replace after all" in html
    seen = re.search(r'name="seen_sha256" value="(\w+)"', html)
    assert seen is not None
    for _twice in range(2):
        answer = client.post(page + "done/", {"seen_sha256": seen[1], "next": "1"}, follow=True)
        assert "The reading is stored." in answer.content.decode()
    assert DeidentificationPass.objects.get().completed_at is not None
    assert "This reading is complete." in look(client, page)
    assert "Read again" in look(client, QUEUE)
    assert AuditEvent.objects.filter(action="transcript_read", detail="de-identification", user=ann).exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "name"},
        {"words": "   ", "kind": "name"},
        {"words": "Bertha", "kind": "name"},
        {"place": "u1", "start": "-1", "end": "4", "kind": "name"},
        {"place": "u1", "start": "0", "end": "99999999999999999999", "kind": "name"},
        {"place": "u1", "start": "0", "end": "2", "kind": "<script>"},
    ],
)
def test_nonsense_is_told_and_stores_nothing(
    client: Client, ann: User, row: Conversation, data: dict[str, str]
) -> None:
    page = begin(client, row)
    html = unescape(client.post(page + "mark/", data, follow=True).content.decode())
    assert "Please choose some words" in html or "stand nowhere" in html
    assert not DeidentificationMark.objects.exists()
    assert client.post(page + "unmark/", {"mark": "x"}).status_code == 404
    assert client.post(QUEUE + "begin/", {"conversation": "x", "purpose": "review"}).status_code == 404
    assert client.post(QUEUE + "begin/", {"conversation": row.public_id, "purpose": "x"}).status_code == 404


def test_a_stale_page_cannot_complete(client: Client, ann: User, row: Conversation) -> None:
    page = begin(client, row)
    html = unescape(client.post(page + "done/", {"seen_sha256": "0" * 64}, follow=True).content.decode())
    assert "The texts have changed meanwhile" in html
    assert DeidentificationPass.objects.get().completed_at is None


def test_losing_the_right_half_way_stores_nothing_more(client: Client, ann: User, row: Conversation) -> None:
    page = begin(client, row)
    User.objects.filter(pk=ann.pk).update(is_staff=False)
    assert client.post(page + "mark/", {"words": "Anna", "kind": "name"}).status_code == 404
    assert not DeidentificationMark.objects.exists()


def test_another_readers_page_and_a_withdrawn_conversation_are_not_shown(
    client: Client, ann: User, row: Conversation
) -> None:
    page = begin(client, row)
    other = Client()
    other.force_login(make_reader())
    assert "Anna" not in look(other, page)
    assert "Somebody else is reading" in unescape(
        other.post(
            QUEUE + "begin/", {"conversation": row.public_id, "purpose": "review"}, follow=True
        ).content.decode()
    )
    seat = row.seats.filter(participation__isnull=False).get()
    assert seat.participation is not None
    participant_withdraw(seat.participation.participant_id)
    html = look(client, page)
    assert "not in your hands" in html
    assert "Anna" not in html
    assert row.public_id not in html


def test_the_second_reader_sees_nothing_of_the_first_and_the_report_compares(
    client: Client, ann: User, row: Conversation
) -> None:
    assert "No conversation was read by two people yet." in look(client, QUEUE + "recall/")
    read_through(row, marks={"Anna": "name"})
    page = begin(client, row, "recall")
    html = look(client, page)
    assert "<mark" not in html
    assert "hidden from you" in html
    client.post(page + "mark/", {"words": "jo@example.org", "kind": "email"})
    client.post(page + "mark/", {"words": "Anna", "kind": "name"})
    seen = re.search(r'name="seen_sha256" value="(\w+)"', html)
    assert seen is not None
    client.post(page + "done/", {"seen_sha256": seen[1]})
    html = look(client, QUEUE + "recall/")
    cells = re.findall(r'<td class="number">([^<]*)</td>', html)
    assert [cell.strip() for cell in cells[:5]] == [
        "2",
        "1",
        "0.500 (0.095–0.905)",
        "2",
        "1.000 (0.342–1.000)",
    ]
    assert "nowhere" in html


def test_refused_conversations_have_a_list_of_their_own(client: Client, ann: User) -> None:
    (row,) = make_conversations(make_record(seeker_words=5))
    assert assessment_make(row.pk).state == "unqualified"
    take_part(row, read=False)
    assert row.public_id not in look(client, QUEUE)
    assert row.public_id in look(client, QUEUE + "?of=refused")
