"""Anyone can take part: axe finds nothing grave on a participant's way, from the landing page to the receipt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.urls import reverse

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.services.lobby import ticket_open
from study.models import Participation, Study
from study.models.participant import Role
from study.services.participations import consent_give, participation_enter
from tests.browser.conftest import CHROMIUM
from tests.support.axe import VIEWS, grave_findings
from tests.support.factories import arrival, make_conversation, make_participation, make_study
from tests.support.training import browser_of, finish_tutorial, open_attempt, take_exam
from tutorial.selectors import progress

SHOTS = os.environ.get("ESC_SHOTS", "")
"""A folder for pictures of every page in every size and theme, where somebody wants to look at them."""
TWO_VIEWS = (("phone", "light"), ("desktop", "dark"))


def page_of(participation: Participation, name: str, *args: object) -> bytes:
    """Return a page as its participant gets it."""
    answer: HttpResponse = browser_of(participation).get(reverse(name, args=[participation.public_id, *args]))
    assert answer.status_code == 200, (name, answer.headers.get("Location"))
    return answer.content


def way_in(study: Study) -> dict[str, bytes]:
    """Return the pages before the training and the lobby."""
    stranger = participation_enter(study, arrival=arrival())
    agreed = participation_enter(study, arrival=arrival())
    consent_give(agreed.pk, public_release=True, contact_again=False)
    waiting = make_participation(study)
    ticket_open(waiting)
    return {
        "consent": page_of(stranger, "study:consent"),
        "role": page_of(agreed, "study:role"),
        "before": page_of(make_participation(study, surveyed=False), "collection:pre_chat"),
        "lobby": page_of(waiting, "collection:lobby"),
        "withdraw": page_of(waiting, "study:withdraw"),
    }


def training(study: Study) -> dict[str, bytes]:
    """Return the pages of the training and the exam."""
    learner = make_participation(study, role=Role.SUPPORTER, qualified=False)
    first = progress(learner).steps[0].page.key
    pages = {
        "training": page_of(learner, "tutorial:overview"),
        "subtask": page_of(learner, "tutorial:page", first),
    }
    reader = make_participation(study, role=Role.SUPPORTER, qualified=False)
    finish_tutorial(reader)
    pages["exam"] = page_of(reader, "tutorial:exam")
    attempt = open_attempt(reader)
    pages["question"] = page_of(reader, "tutorial:question", attempt.number, 1)
    failed = make_participation(study, role=Role.SUPPORTER, qualified=False)
    finish_tutorial(failed)
    number = take_exam(failed, all_wrong=True).number
    return pages | {"result": page_of(failed, "tutorial:result", number)}


def conversation(study: Study) -> dict[str, bytes]:
    """Return both sides' pages of a conversation and after it."""
    pages = {}
    for state, name in (
        (State.READY_CHECK, "ready"),
        (State.CHATTING, "chat"),
        (State.SURVEYING, "post_chat"),
    ):
        pair = make_conversation(study, state=state)
        for seat in (pair.seeker, pair.supporter):
            assert seat.participation is not None
            if name != "ready" or seat.role == Role.SEEKER:
                pages[f"{name}-{seat.role}"] = page_of(seat.participation, f"collection:{name}")
    closed = make_conversation(study, state=State.CLOSED, reason=EndReason.TIME_UP).seeker.participation
    assert closed is not None
    closed.refresh_from_db()
    pages["end"] = page_of(closed, "study:end")
    browser = browser_of(closed)
    receipt = browser.post(reverse("study:withdraw", args=[closed.public_id]), {"confirm": "on"}, follow=True)
    assert receipt.status_code == 200
    return pages | {"receipt": receipt.content}


@pytest.mark.django_db
def test_no_page_of_a_participant_has_a_grave_finding() -> None:
    study = make_study()
    pages = way_in(study) | training(study) | conversation(study)
    assert CHROMIUM is not None, "CI installs Chromium"
    documents = {f"/{name}/": content for name, content in pages.items()}
    found = grave_findings(
        documents,
        browser_path=CHROMIUM,
        shots=Path(SHOTS) if SHOTS else None,
        views=VIEWS if SHOTS else TWO_VIEWS,
    )
    assert found == []
