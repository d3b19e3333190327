"""Let a person read a conversation for what gives somebody away: begin, mark, take back, complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from collection.api import Conversation, ConversationState, conversation_facts, conversation_record
from qualitycontrol.domain.deidentify import KEEP, texts_digest, texts_of
from qualitycontrol.domain.spans import Kind
from qualitycontrol.models import AuditEvent, DeidentificationMark, DeidentificationPass
from qualitycontrol.review_queue import conversation_withdrawn, took_part
from qualitycontrol.services.audit import audit_add
from study.clock import database_now
from study.domain.errors import ApplicationError

Purpose = DeidentificationPass.Purpose
KINDS = frozenset({*(kind.value for kind in Kind), KEEP})


class ReadingRefused(ApplicationError):
    """This person cannot read this conversation for this purpose (now)."""

    code = "reading_refused"


class ReadingClosed(ReadingRefused):
    """The pass is complete, or somebody else took it over."""

    code = "reading_closed"


class MarkInvalid(ApplicationError):
    """There is nothing to mark here."""

    code = "mark_invalid"


@transaction.atomic
def pass_begin(conversation_id: int, *, user: AbstractBaseUser, purpose: str) -> DeidentificationPass:
    """Return the open pass of this purpose, now in this person's hands, or a new one.

    A new review begins with the marks of the one before. A pass that its reader left alone for the protocol's
    `lease_seconds` is taken over with its marks.

    Raises:
        ReadingRefused: the conversation is not closed, a participant withdrew, somebody else has it now, this person
            took part in it, or has read it for the other purpose: who saw the one must not do the other.
    """
    conversation = (
        Conversation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("protocol_version")
        .get(pk=conversation_id)
    )
    if conversation.state != ConversationState.CLOSED:
        raise ReadingRefused("This conversation is not closed yet.")
    _refuse_stranger(conversation, user, purpose)
    now = database_now()
    passes = DeidentificationPass.objects.filter(conversation=conversation, purpose=purpose)
    reading = passes.filter(completed_at=None).first()
    if reading is None:
        return _begin(conversation, user, purpose, before=passes.last(), now=now)
    if reading.by_id != user.pk and reading.held_until > now:
        raise ReadingRefused("Somebody else is reading this conversation now.")
    _hold(reading, user, now=now)
    return reading


def _refuse_stranger(conversation: Conversation, user: AbstractBaseUser, purpose: str) -> None:
    if conversation_withdrawn(conversation.pk).exists():
        raise ReadingRefused("A participant withdrew; nobody reads this conversation any more.")
    if took_part(user.pk, conversation.pk):
        raise ReadingRefused("You took part in this conversation.")
    other = DeidentificationPass.objects.filter(conversation=conversation).exclude(purpose=purpose)
    marked = DeidentificationMark.objects.filter(reading__in=other, by_id=user.pk)
    if other.filter(by_id=user.pk).exists() or marked.exists():
        raise ReadingRefused(
            "You have read this conversation before; the second reader has to be another person."
        )


def _begin(
    conversation: Conversation,
    user: AbstractBaseUser,
    purpose: str,
    *,
    before: DeidentificationPass | None,
    now: datetime,
) -> DeidentificationPass:
    reading = DeidentificationPass.objects.create(
        conversation=conversation,
        purpose=purpose,
        number=before.number + 1 if before else 1,
        by_id=user.pk,
        begun_at=now,
        held_until=now + _hold_for(conversation),
    )
    if before is not None and purpose == Purpose.REVIEW:
        marks = list(DeidentificationMark.objects.filter(reading=before))
        for mark in marks:
            mark.pk, mark.reading = None, reading
            mark._state.adding = True
        DeidentificationMark.objects.bulk_create(marks)
    return reading


def _hold_for(conversation: Conversation) -> timedelta:
    return timedelta(seconds=conversation.protocol_version.protocol.quality.review.lease_seconds)


def _hold(reading: DeidentificationPass, user: AbstractBaseUser, *, now: datetime) -> None:
    reading.by_id = user.pk
    reading.held_until = now + _hold_for(reading.conversation)
    reading.save(update_fields=["by", "held_until"])


@contextmanager
def _held(pass_id: int, user: AbstractBaseUser) -> Iterator[DeidentificationPass]:
    """Hold a SELECT FOR UPDATE lock on a pass that is in this person's hands.

    Raises:
        ReadingClosed: it is complete, or in somebody else's hands.
        ReadingRefused: a participant withdrew.
    """
    with transaction.atomic():
        reading = (
            DeidentificationPass.objects.select_for_update(no_key=True, of=("self",))
            .select_related("conversation__protocol_version")
            .get(pk=pass_id)
        )
        if conversation_withdrawn(reading.conversation_id).exists():
            raise ReadingRefused("A participant withdrew; nothing was stored.")
        if reading.by_id != user.pk:
            raise ReadingClosed("Somebody else took this conversation over; nothing was stored.")
        yield reading


def _refuse_complete(reading: DeidentificationPass) -> None:
    if reading.completed_at is not None:
        raise ReadingClosed("This reading is complete; begin it again to change something.")


def mark_set(
    pass_id: int, *, user: AbstractBaseUser, place: str, start: int, end: int, kind: str
) -> DeidentificationMark:
    """Mark a stretch of a text, without the blanks around it; what was said of the same stretch before is replaced.

    `start` and `end` count code points as a browser shows them: a line break is one, however it is stored.

    Raises:
        MarkInvalid: there is no such text, stretch or kind.
        ReadingClosed, ReadingRefused: see `_held`.
    """
    with _held(pass_id, user) as reading:
        text = texts_of(conversation_record(reading.conversation)).get(place, "")
        return _mark(reading, user, place, text, _stored(text, start), _stored(text, end), kind)


def _stored(text: str, shown: int) -> int:
    """Return the place in the stored text of a place in the shown one, whose line breaks are single characters."""
    at = 0
    for _character in range(shown):
        at += 2 if text.startswith("\r\n", at) else 1
    return at


def words_mark(pass_id: int, *, user: AbstractBaseUser, words: str, kind: str) -> DeidentificationMark:
    """Mark words where they first stand, whatever their case; they are replaced everywhere.

    Raises:
        MarkInvalid: they stand nowhere, or there is no such kind.
        ReadingClosed, ReadingRefused: see `_held`.
    """
    wanted = words.strip()
    with _held(pass_id, user) as reading:
        texts = texts_of(conversation_record(reading.conversation))
        for place, text in texts.items():
            if (at := _find(text, wanted)) >= 0:
                return _mark(reading, user, place, text, at, at + len(wanted), kind)
    raise MarkInvalid("These words stand nowhere in this conversation.")


def _mark(
    reading: DeidentificationPass,
    user: AbstractBaseUser,
    place: str,
    text: str,
    start: int,
    end: int,
    kind: str,
) -> DeidentificationMark:
    _refuse_complete(reading)
    # Signs alone name nobody, and a comma marked by a slip would be replaced in every text.
    if kind not in KINDS or not 0 <= start < end <= len(text) or not any(map(str.isalnum, text[start:end])):
        raise MarkInvalid("Please choose some words of a text, and what they are.")
    words = text[start:end]
    start, end = end - len(words.lstrip()), start + len(words.rstrip())
    now = database_now()
    mark, _created = DeidentificationMark.objects.update_or_create(
        reading=reading,
        place=place,
        start=start,
        end=end,
        defaults={"kind": kind, "by_id": user.pk, "at": now},
    )
    _hold(reading, user, now=now)
    return mark


def _find(text: str, wanted: str) -> int:
    """Return where `wanted` stands, by code points of `text`; -1 where it does not."""
    if not wanted:
        return -1
    exact = text.find(wanted)
    # Lowering may change the length of some letters; such a text is searched as it is.
    return exact if exact >= 0 or len(text.lower()) != len(text) else text.lower().find(wanted.lower())


def mark_remove(pass_id: int, *, user: AbstractBaseUser, mark_id: int) -> None:
    """Take a mark back; one that is gone already changes nothing.

    Raises:
        ReadingClosed, ReadingRefused: see `_held`.
    """
    with _held(pass_id, user) as reading:
        _refuse_complete(reading)
        DeidentificationMark.objects.filter(pk=mark_id, reading=reading).delete()
        _hold(reading, user, now=database_now())


def pass_complete(pass_id: int, *, user: AbstractBaseUser, seen_sha256: str) -> DeidentificationPass:
    """Store that this person has read every text; completing again changes nothing.

    `seen_sha256` is the digest of the texts that the page showed.

    Raises:
        ReadingClosed, ReadingRefused: see `_held`; also where the texts changed while they were read.
    """
    with _held(pass_id, user) as reading:
        if reading.completed_at is not None:
            return reading
        digest = texts_digest(texts_of(conversation_facts(reading.conversation).record))
        if digest != seen_sha256:
            raise ReadingRefused("The texts have changed meanwhile; please read them again.")
        reading.completed_at, reading.texts_sha256 = database_now(), digest
        reading.save(update_fields=["completed_at", "texts_sha256"])
        audit_add(
            reading.conversation, user=user, action=AuditEvent.Action.DEIDENTIFIED, detail=reading.purpose
        )
    return reading
