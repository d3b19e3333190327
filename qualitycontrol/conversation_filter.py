"""What the researchers' list of conversations may be narrowed down by.

Values that do not exist narrow nothing down; the form says what is wrong with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from collection.api import Conversation, ConversationState, EndReason, Seat, pre_chat_values
from qualitycontrol.domain.flags import RULES
from qualitycontrol.domain.lifecycle import State
from qualitycontrol.models import Assessment, ConversationFlag
from study.models import ProtocolVersion, Study

UNASSESSED = "none"
LONG_ENOUGH = "long_enough"
"""Whatever the preliminary filter left."""
KEPT = "kept"
"""Qualified, released ones included."""
BEGUN = "begun"
"""Everything but ready checks and what was cancelled in them."""
LIVE = "live"
"""Collected or imported, as the funnel counts: neither practice nor tests of models."""
Conversations = QuerySet[Conversation]
Names = dict[str, dict[str, str]]


def words(name: str) -> str:
    """Return a stored name as words."""
    return name.replace("_", " ").capitalize()


class ConversationFilter(filters.FilterSet):  # type: ignore[misc]  # the library has no types
    """The filters; every one of them may be combined with every other."""

    q = filters.CharFilter(label=_("Id begins with"), field_name="public_id", lookup_expr="startswith")
    person = filters.CharFilter(label=_("Participant"), method="of_person", max_length=32)
    study = filters.ModelChoiceFilter(
        label=_("Study"),
        queryset=Study.objects.order_by("title"),
        to_field_name="slug",
        empty_label=_("Any"),
    )
    state = filters.ChoiceFilter(
        label=_("State"),
        method="in_state",
        empty_label=_("Any"),
        choices=[(BEGUN, _("Begun")), *((s.value, words(s.value)) for s in ConversationState)],
    )
    outcome = filters.ChoiceFilter(
        label=_("Outcome"),
        field_name="end_reason",
        empty_label=_("Any"),
        choices=[(r.value, words(r.value)) for r in EndReason],
    )
    verdict = filters.ChoiceFilter(
        label=_("Verdict"),
        method="with_verdict",
        empty_label=_("Any"),
        choices=[
            (LONG_ENOUGH, _("Finished and long enough")),
            (KEPT, _("Qualified or released")),
            *((s.value, words(s.value)) for s in State if s is not State.PENDING),
            (UNASSESSED, _("Not assessed yet")),
        ],
    )
    origin = filters.ChoiceFilter(
        label=_("Origin"),
        method="of_origin",
        empty_label=_("Any"),
        choices=[(LIVE, _("Collected or imported")), *Conversation.Origin.choices],
    )
    problem = filters.ChoiceFilter(label=_("Problem"), method="with_label", empty_label=_("Any"))
    emotion = filters.ChoiceFilter(label=_("Emotion"), method="with_label", empty_label=_("Any"))
    flag = filters.ChoiceFilter(
        label=_("Flag"),
        method="with_flag",
        empty_label=_("Any"),
        choices=[(name, words(name)) for name in RULES],
    )
    since = filters.DateFilter(
        label=_("From day"), method="from_day", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = filters.DateFilter(
        label=_("To day"), method="to_day", widget=forms.DateInput(attrs={"type": "date"})
    )
    shortest = filters.NumberFilter(label=_("Utterances, at least"), method="at_least", min_value=0)
    longest = filters.NumberFilter(label=_("Utterances, at most"), method="at_most", min_value=0)

    class Meta:
        model = Conversation
        fields: list[str] = []

    def __init__(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.names = label_names()
        """Key to published label of "problem" and of "emotion"."""
        self._spellings = {name: _labels_in_use(name, names) for name, names in self.names.items()}
        for name, labels in self._spellings.items():
            self.filters[name].extra["choices"] = [(label, label) for label in labels]

    def of_person(self, query: Conversations, _name: str, value: str) -> Conversations:
        """Keep the conversations of somebody, by the pseudonym of a person or of one participation."""
        seats = Seat.objects.filter(
            Q(participation__participant__public_id=value) | Q(participation__public_id=value)
        )
        return query.filter(pk__in=list(seats.values_list("conversation", flat=True)))

    def in_state(self, query: Conversations, _name: str, value: str) -> Conversations:
        """Keep a state, or everything that began."""
        if value == BEGUN:
            return query.exclude(state__in=[ConversationState.READY_CHECK, ConversationState.CANCELLED])
        return query.filter(state=value)

    def of_origin(self, query: Conversations, _name: str, value: str) -> Conversations:
        """Keep an origin, or what may enter the corpus."""
        if value == LIVE:
            return query.exclude(origin__in=[Conversation.Origin.PRACTICE, Conversation.Origin.AGENT])
        return query.filter(origin=value)

    def with_verdict(self, query: Conversations, _name: str, value: str) -> Conversations:
        """Keep a verdict of the assessment that counts, or a group of them."""
        current = Assessment.objects.filter(
            conversation=OuterRef("pk"), protocol_version=OuterRef("protocol_version"), superseded_at=None
        )
        if value == UNASSESSED:
            return query.filter(~Exists(current))
        if value == LONG_ENOUGH:
            return query.filter(Exists(current.exclude(state=State.FILTERED_OUT)))
        states = [State.QUALIFIED, State.RELEASED] if value == KEPT else [value]
        return query.filter(Exists(current.filter(state__in=states)))

    def with_label(self, query: Conversations, name: str, value: str) -> Conversations:
        """Keep a problem or an emotion, however it is spelt in the rows."""
        return query.filter(**{f"pre_chat_survey__{name}__in": self._spellings[name][value]})

    def with_flag(self, query: Conversations, _name: str, value: str) -> Conversations:
        """Keep what carries a flag."""
        return query.filter(Exists(ConversationFlag.objects.filter(conversation=OuterRef("pk"), name=value)))

    def from_day(self, query: Conversations, _name: str, value: date) -> Conversations:
        """Keep what was created on a day or later."""
        return query.filter(created_at__gte=_midnight(value))

    def to_day(self, query: Conversations, _name: str, value: date) -> Conversations:
        """Keep what was created on a day or earlier."""
        return query.filter(created_at__lt=_midnight(value + timedelta(days=1)))

    def at_least(self, query: Conversations, _name: str, value: int) -> Conversations:
        """Keep what has so many utterances or more."""
        return query.filter(last_ordinal__gte=value)

    def at_most(self, query: Conversations, _name: str, value: int) -> Conversations:
        """Keep what has so many utterances or fewer."""
        return query.filter(last_ordinal__lte=value)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def label_names() -> Names:
    """Return key to published label of problems and emotions, over all stored protocols."""
    names: Names = {"problem": {}, "emotion": {}}
    # Parsed once per process; the document itself need not come with every page.
    for version in ProtocolVersion.objects.defer("document"):
        names["problem"] |= {option.key: option.corpus_label for option in version.protocol.problems}
        names["emotion"] |= {option.key: option.corpus_label for option in version.protocol.emotions}
    return names


def _labels_in_use(name: str, names: Mapping[str, str]) -> dict[str, set[str]]:
    """Return the published labels of "problem" or "emotion" in use, each with its stored spellings.

    A collected conversation stores the protocol's key, an imported one the label as published.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for value in pre_chat_values(name):
        found[names.get(value, value)].add(value)
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))
