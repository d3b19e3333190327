"""Who of the team read which transcript, or did what in a conversation."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import django_filters as filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from qualitycontrol.access import page_context, staff_page
from qualitycontrol.models import AuditEvent

PAGE_SIZE = 100


class AuditFilter(filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """What the log may be narrowed down by."""

    user = filters.ModelChoiceFilter(
        label=_("Who"),
        queryset=get_user_model().objects.filter(is_staff=True).order_by("username"),
        to_field_name="username",
        empty_label=_("Anybody"),
    )
    action = filters.ChoiceFilter(
        label=_("What"), choices=AuditEvent.Action.choices, empty_label=_("Anything")
    )
    conversation = filters.CharFilter(
        label=_("Conversation"), field_name="conversation__public_id", max_length=32
    )
    since = filters.DateFilter(
        label=_("From day"), method="from_day", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = filters.DateFilter(
        label=_("To day"), method="to_day", widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def from_day(self, query: QuerySet[AuditEvent], _name: str, value: date) -> QuerySet[AuditEvent]:
        """Keep what happened on a day or later."""
        return query.filter(at__gte=timezone.make_aware(datetime.combine(value, time.min)))

    def to_day(self, query: QuerySet[AuditEvent], _name: str, value: date) -> QuerySet[AuditEvent]:
        """Keep what happened on a day or earlier."""
        end = datetime.combine(value + timedelta(days=1), time.min)
        return query.filter(at__lt=timezone.make_aware(end))


@staff_page
@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Show one page of the log, newest first; pages begin at an id, so nothing repeats or hides."""
    found = AuditFilter(request.GET, queryset=AuditEvent.objects.select_related("user", "conversation"))
    query, older = found.qs, request.GET.get("older", "")
    if older.isascii() and older.isdigit() and len(older) < 19:
        query = query.filter(pk__lt=int(older))
    rows = list(query.order_by("-pk")[: PAGE_SIZE + 1])
    context = page_context(request, section="audit") | {
        "form": found.form,
        "rows": rows[:PAGE_SIZE],
        "older_than": rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
    }
    return render(request, "research/audit.html", context)
