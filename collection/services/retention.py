"""Erase the words of this room whose time is over. Called in the transaction of a study's retention."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from collection.domain.lifecycle import State
from collection.models import (
    CheckIn,
    Conversation,
    PartnerReport,
    PreChatSurvey,
    SafetyCase,
    SeekerSurvey,
    SupporterSurvey,
    TeamMessage,
    Utterance,
)
from study.domain.withdrawal import TOMBSTONE

_EMPTY = {"situation": "", "problem": "", "emotion": "", "experience": ""}


def drafts_erase(study_id: int, *, before: datetime) -> dict[str, int]:
    """Erase the surveys of seekers whose participation ended without a conversation."""
    drafts = PreChatSurvey.objects.filter(
        participation__study=study_id, participation__ended_at__lt=before, conversation__isnull=True
    )
    return {"drafts": drafts.exclude(situation="").update(**_EMPTY)}


def messages_erase(study_id: int, *, before: datetime) -> dict[str, int]:
    """Erase threads with the study team, reports and check-ins, where no case about them is open."""
    open_cases = SafetyCase.objects.filter(study=study_id).exclude(state="closed")
    thread = TeamMessage.objects.filter(participation__study=study_id, at__lt=before).exclude(
        participation__in=open_cases.values("participation")
    )
    reports = PartnerReport.objects.filter(case__study=study_id, at__lt=before).exclude(case__in=open_cases)
    check_ins = CheckIn.objects.filter(participation__study=study_id, at__lt=before)
    erased = thread.exclude(text=TOMBSTONE).update(
        text=TOMBSTONE, client_uid=Concat(Value("kept-until-"), Cast(F("pk"), CharField()))
    )
    erased += reports.exclude(text="").update(text="") + check_ins.exclude(text="").update(text="")
    return {"team_messages": erased}


def conversations_closed_before(study_id: int, before: datetime) -> list[int]:
    """Return the collected conversations of a study that were closed, or called off, before an instant."""
    over = Conversation.objects.filter(study=study_id, state=State.CLOSED, closed_at__lt=before)
    return list(over.exclude(origin=Conversation.Origin.IMPORTED).values_list("pk", flat=True))


def conversations_erase(ids: Collection[int]) -> dict[str, int]:
    """Put tombstones where the words of these conversations stood; ratings, times and pay stay."""
    said = Utterance.objects.filter(conversation__in=ids).exclude(text=TOMBSTONE)
    utterances = said.update(
        text=TOMBSTONE,
        client_uid=Concat(Value("kept-until-"), Cast(F("pk"), CharField())),
        compose_ms=0,
        key_count=0,
        pasted_chars=0,
        focus_losses=0,
    )
    given = ~Q(liked="") | ~Q(improve="")
    answers = PreChatSurvey.objects.filter(conversation__in=ids).exclude(situation="").update(**_EMPTY)
    for survey in (SeekerSurvey, SupporterSurvey):
        answers += survey.objects.filter(given, conversation__in=ids).update(liked="", improve="")
    return {"utterances": utterances, "answers": answers}
