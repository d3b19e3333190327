"""Readings for the tests of the human pass."""

from __future__ import annotations

import itertools

from django.contrib.auth.models import User

from collection.api import Conversation, conversation_facts
from qualitycontrol.domain.deidentify import texts_digest, texts_of
from qualitycontrol.models import DeidentificationPass
from qualitycontrol.services.deidentification import Purpose, pass_begin, pass_complete, words_mark
from tests.support.staff import make_staff

_numbers = itertools.count(1)


def make_reader(name: str = "") -> User:
    """Return a staff account."""
    return make_staff(name or f"reader-{next(_numbers)}")


def digest_of(conversation: Conversation) -> str:
    """Return what the page would send back about the texts it showed."""
    fresh = Conversation.objects.get(pk=conversation.pk)
    return texts_digest(texts_of(conversation_facts(fresh).record))


def read_through(
    conversation: Conversation,
    *,
    user: User | None = None,
    purpose: str = Purpose.REVIEW,
    marks: dict[str, str] | None = None,
) -> DeidentificationPass:
    """Let a person read a conversation and mark words (words to kind)."""
    user = user or make_reader()
    reading = pass_begin(conversation.pk, user=user, purpose=purpose)
    for words, kind in (marks or {}).items():
        words_mark(reading.pk, user=user, words=words, kind=kind)
    return pass_complete(reading.pk, user=user, seen_sha256=digest_of(conversation))
