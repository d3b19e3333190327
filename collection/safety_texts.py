"""Words for safety cases on the reviewers' pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from collection.domain.safety import CaseKind, Resolution
from collection.models import CaseStep, SafetyCase
from study.domain.contact_details import masked_id


def kind_label(kind: str) -> str:
    """Return what a case is about, in words."""
    return {
        CaseKind.PHRASES: _("Phrases that ask for care"),
        CaseKind.REPORT: _("Reported by the partner"),
        CaseKind.MESSAGE: _("Message to the study team"),
        CaseKind.CHECK_IN: _("Check-in after a difficult chat"),
    }[CaseKind(kind)]


def severity_label(severity: int) -> str:
    """Return the words of a severity."""
    return {1: _("notice"), 2: _("concern"), 3: _("urgent")}[severity]


def state_label(state: str) -> str:
    """Return the words of a case's state."""
    return {
        "open": _("open"),
        "acknowledged": _("taken"),
        "escalated": _("escalated"),
        "closed": _("closed"),
    }[state]


def resolution_label(resolution: Resolution) -> str:
    """Return what closing a case in this way means."""
    return {
        Resolution.NO_ACTION: _("No action was needed"),
        Resolution.CONTACTED: _("The participant was written to"),
        Resolution.ENDED: _("The conversation was ended"),
        Resolution.KEPT_APART: _("The reported person is not paired again"),
    }[resolution]


def step_label(step: CaseStep) -> str:
    """Return a line of the journal in words."""
    return {
        "raised": _("raised"),
        "acknowledge": _("taken"),
        "escalate": _("escalated"),
        "close": _("closed"),
        "reopen": _("taken up again"),
        "read": _("read the context"),
        "wrote": _("wrote to the participant"),
        "ended": _("ended the conversation, both paid"),
    }.get(step.what, step.what)


def case_row(case: SafetyCase, *, now: datetime) -> dict[str, Any]:
    """Return what a list shows of a case: no words of anybody, identifiers masked."""
    waited = (case.closed_at or now) - case.raised_at
    open_and_late = case.state == "open" and case.due_at is not None and case.due_at < now
    return {
        "pk": case.pk,
        "kind": kind_label(case.kind),
        "severity": case.severity,
        "severity_label": severity_label(case.severity),
        "state": case.state,
        "state_label": state_label(case.state),
        "study": case.study.title,
        "participant": masked_id(case.participation.public_id),
        "role": case.participation.get_role_display() if case.participation.role else "",
        "conversation": masked_id(case.conversation.public_id) if case.conversation else "",
        "waited_minutes": int(waited.total_seconds() // 60),
        "overdue": open_and_late,
        "due_at": case.due_at,
        "taken_by": case.taken_by.get_username() if case.taken_by else "",
        "signals": getattr(case, "signal_count", None),
    }
