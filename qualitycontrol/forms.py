"""Forms of the researchers' pages: shape only; the rules live in services and domain."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qualitycontrol.domain.intensity import Action
from qualitycontrol.domain.strategy_review import LONGEST_NOTE
from qualitycontrol.domain.strategy_review import Action as Decision
from study.models import Study


class IntensityForm(forms.Form):
    """A reviewer's decision on the final intensity."""

    action = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[
            (Action.KEEP, _("Keep: the seeker meant it")),
            (Action.REVERSE, _("Reverse: the seeker read the scale the other way round")),
            (Action.SET, _("Set another value")),
            (Action.EXCLUDE, _("Exclude the conversation")),
        ],
    )
    value = forms.TypedChoiceField(
        label=_("Value to set"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Only to set another value."),
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, values: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["value"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", "–"), *((value, f"{value} ({words})") for value, words in values)]


class VoteForm(forms.Form):
    """A reviewer's vote. Which strategies there are is the service's to know."""

    strategy = forms.CharField(max_length=50)
    client_uid = forms.CharField(max_length=64)
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)


class MarkForm(forms.Form):
    """A stretch of a text. Which texts and kinds there are is the service's to know."""

    place = forms.CharField(max_length=20)
    start = forms.IntegerField(min_value=0, max_value=1_000_000)
    end = forms.IntegerField(min_value=1, max_value=1_000_000)
    kind = forms.CharField(max_length=15)


class KindForm(forms.Form):
    """Words to look for, and what they are."""

    words = forms.CharField(max_length=200)
    kind = forms.CharField(max_length=15)


class SampleForm(forms.Form):
    """Which conversations are drawn for judging."""

    study = forms.ModelChoiceField(
        label=_("Study"), queryset=Study.objects.order_by("slug"), to_field_name="slug"
    )
    size = forms.IntegerField(label=_("Conversations"), min_value=1, max_value=2000, initial=100)
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=2**31, initial=1)


class DecisionForm(forms.Form):
    """An adjudicator's decision about one strategy."""

    action = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[
            (Decision.KEEP, _("Keep the author's strategy")),
            (Decision.CHANGE, _("Change it")),
            (Decision.AMBIGUOUS, _("Ambiguous: the author's stands")),
        ],
    )
    new = forms.ChoiceField(label=_("Change to"), required=False)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def __init__(self, *args: Any, strategies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["new"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *strategies]
