"""Rows and moves of the training, for tests of every room that needs a supporter."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Collection

from django.conf import settings
from django.test import Client

from study import protocol_files
from study.access import SESSION_KEY
from study.clock import database_now
from study.domain.recruitment import Arrival
from study.models import Participation, Study
from study.models.participant import Role
from study.services.participations import consent_give, participation_enter, role_choose
from study.services.protocols import protocol_store
from study.services.studies import study_create
from tutorial import api
from tutorial.models import Attempt, PageProgress
from tutorial.selectors import attempt_list, progress
from tutorial.services.attempts import attempt_answer, attempt_start, attempt_submit
from tutorial.services.progress import quiz_answer, subtask_complete

# TOML is slow to read, and every test wants the same document.
_document = functools.cache(protocol_files.read_document)


def make_study(slug: str = "training", *, protocol: str = "esconv-2021") -> Study:
    """Return an open study under a protocol that comes with the platform."""
    return study_create(
        slug,
        title="A study",
        protocol_version=protocol_store(_document(protocol)),
        contact="team@example.org",
    )


def make_supporter(
    *, study: Study | None = None, role: str = Role.SUPPORTER, person: str = ""
) -> Participation:
    """Return a participation with consent and role; a new person unless one is named."""
    arrival = Arrival(
        provider="invitation", person_id=person or secrets.token_hex(8), session_id=secrets.token_hex(8)
    )
    participation = participation_enter(study or make_study(), arrival=arrival)
    consent_give(participation.pk, public_release=True, contact_again=False)
    return role_choose(participation.pk, role=role)


def finish_page(participation: Participation, page: str) -> None:
    """Answer a page's quiz right and go on."""
    for question, place in enumerate(api.quiz_positions(participation)[page], start=1):
        quiz_answer(participation.pk, page=page, question=question, place=place)
    subtask_complete(participation.pk, page=page)


def finish_tutorial(participation: Participation) -> None:
    """Leave the rows of a tutorial that was worked through (`finish_page` goes by the services, and is slower)."""
    now = database_now()
    PageProgress.objects.bulk_create(
        PageProgress(
            participant=participation.participant,
            protocol_version=participation.protocol_version,
            page=step.page.key,
            opened_at=now,
            finished_at=now,
        )
        for step in progress(participation).steps
        if not step.opened
    )


def open_attempt(participation: Participation) -> Attempt:
    """Start the next attempt."""
    return attempt_start(participation.pk, number=len(attempt_list(participation)) + 1)


def answer_all(
    participation: Participation, attempt: Attempt, *, wrong: Collection[str] = (), all_wrong: bool = False
) -> None:
    """Answer every question right, but those about the sub-tasks in `wrong`."""
    subtasks = dict(attempt.items.values_list("item_key", "subtask"))
    sizes = {item.item_key: len(item.option_order) for item in attempt.items.all()}
    for ordinal, (key, place) in enumerate(api.correct_positions(attempt).items(), start=1):
        miss = all_wrong or subtasks[key] in wrong
        attempt_answer(
            participation.pk,
            number=attempt.number,
            ordinal=ordinal,
            place=place % sizes[key] + 1 if miss else place,
        )


def take_exam(
    participation: Participation, *, wrong: Collection[str] = (), all_wrong: bool = False
) -> Attempt:
    """Start, answer and hand in the next attempt."""
    attempt = open_attempt(participation)
    answer_all(participation, attempt, wrong=wrong, all_wrong=all_wrong)
    return attempt_submit(participation.pk, number=attempt.number)


def browser_of(participation: Participation, *, enforce_csrf_checks: bool = False) -> Client:
    """Return a browser that came by the participation's link."""
    browser = Client(enforce_csrf_checks=enforce_csrf_checks)
    session = browser.session
    session[SESSION_KEY] = [participation.public_id]
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser
