"""The forms of "Need help now?": report the partner, write to the study team."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from collection.domain.safety import ReportReason
from collection.services.reports import TEXT_MAX_LENGTH as REPORT_MAX_LENGTH
from collection.services.team_messages import TEXT_MAX_LENGTH as MESSAGE_MAX_LENGTH

REASONS = {
    ReportReason.HARASSMENT: _("My partner insults or threatens me"),
    ReportReason.SEXUAL: _("My partner writes something sexual that I do not want"),
    ReportReason.DANGEROUS: _("My partner encourages something dangerous"),
    ReportReason.PERSONAL: _("My partner wants to know who I am, or to meet me elsewhere"),
    ReportReason.OTHER: _("Something else"),
}


class ReportForm(forms.Form):
    """Why the partner is reported."""

    reason = forms.ChoiceField(
        label=_("What happened?"),
        choices=[(key.value, label) for key, label in REASONS.items()],
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )
    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=REPORT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TeamMessageForm(forms.Form):
    """A message to the study team."""

    client_uid = forms.SlugField(max_length=64, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Your message"),
        max_length=MESSAGE_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
