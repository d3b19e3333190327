"""Reads for the reviewers of safety cases: the queue, one case, its context."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from collection.domain.safety import OPEN_CASES, CaseState
from collection.models import (
    PreChatSurvey,
    SafetyCase,
    SafetySignal,
    SeekerSurvey,
    SupporterSurvey,
    Utterance,
)
from study.clock import database_now
from study.domain.contact_details import masked
from study.models import Study

PAGE = 100


def safety_cases(*, study: Study | None = None, closed: bool = False) -> QuerySet[SafetyCase]:
    """Return cases in the order in which they are looked at: escalated, then severe, then long waiting."""
    cases = SafetyCase.objects.select_related("study", "participation", "conversation", "taken_by")
    cases = cases.annotate(signal_count=Count("signals"))
    if study is not None:
        cases = cases.filter(study=study)
    if closed:
        return cases.filter(state=CaseState.CLOSED).order_by("-closed_at")
    first = Case(
        When(state=CaseState.ESCALATED, then=Value(0)),
        When(state=CaseState.OPEN, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return cases.filter(state__in=OPEN_CASES).order_by(first, "-severity", "raised_at", "pk")


def safety_open_counts(study: Study | None = None) -> dict[str, int]:
    """Return how many cases wait: `open` in all, `urgent` of them, `overdue` by the database's clock."""
    cases = SafetyCase.objects.filter(state=CaseState.OPEN)
    if study is not None:
        cases = cases.filter(study=study)
    counts: dict[str, int] = cases.aggregate(
        open=Count("pk"),
        urgent=Count("pk", filter=Q(severity=3)),
        overdue=Count("pk", filter=Q(due_at__lt=database_now())),
    )
    return counts


def safety_newest() -> int:
    """Return the id of the newest case, so that a page can tell whether there is a new one."""
    return SafetyCase.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class ContextLine:
    """One message of a case's conversation, with identifying details masked."""

    ordinal: int
    role: str
    text: str
    offset: timedelta
    """Since the conversation began."""
    rules: tuple[str, ...]
    """What it met."""


@dataclass(frozen=True, slots=True)
class Context:
    """What somebody reads behind the logged click."""

    lines: tuple[ContextLine, ...]
    answers: tuple[tuple[str, str], ...]
    """Heading and text of the survey answers that met a phrase."""
    thread: tuple[tuple[str, str, datetime], ...]
    """Author, text and time of the messages with the study team."""
    reports: tuple[tuple[str, str], ...]
    """Reason and words of the reports."""


def case_context(case: SafetyCase) -> Context:
    """Return the context of a case, contact details and names masked as far as they are found."""
    return Context(
        lines=tuple(_lines(case)),
        answers=tuple(_answers(case)),
        thread=tuple((m.author, masked(m.text), m.at) for m in case.participation.team_messages.all()),
        reports=tuple((r.reason, masked(r.text)) for r in case.reports.all()),
    )


def _lines(case: SafetyCase) -> Iterable[ContextLine]:
    if case.conversation is None:
        return
    rules: dict[int, list[str]] = {}
    met = SafetySignal.objects.filter(case__conversation=case.conversation, ordinal__isnull=False)
    for ordinal, rule in met.values_list("ordinal", "rule"):
        rules.setdefault(ordinal or 0, []).append(rule)
    said = Utterance.objects.filter(conversation=case.conversation).annotate(role=F("seat__role"))
    for row in said.order_by("ordinal"):
        begun = case.conversation.started_at
        yield ContextLine(
            ordinal=row.ordinal,
            role=row.role,
            text=masked(row.text),
            offset=row.sent_at - begun if row.sent_at and begun else timedelta(0),
            rules=tuple(rules.get(row.ordinal, ())),
        )


def _answers(case: SafetyCase) -> Iterable[tuple[str, str]]:
    sources = set(case.signals.values_list("source", flat=True))
    if "situation" in sources:
        for survey in PreChatSurvey.objects.filter(participation=case.participation):
            yield "situation", masked(survey.situation)
    if "open_answer" in sources and case.conversation is not None:
        model = SeekerSurvey if case.participation.role == "seeker" else SupporterSurvey
        for answers in model.objects.filter(conversation=case.conversation):
            yield from (("liked", masked(answers.liked)), ("improve", masked(answers.improve)))
    if case.kind == "check_in" or "check_in" in sources:
        for check_in in case.participation.check_ins.all():
            yield f"check_in {check_in.feeling}", masked(check_in.text)
