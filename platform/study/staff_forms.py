"""Forms of the researchers' pages about a study: shape only; the rules live in services and domain."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from study import protocol_files
from study.domain.completion import groups_of
from study.domain.recruitment import PROVIDERS, Part
from study.models import ProtocolVersion, Study
from study.models.participant import Role

SHIPPED = "shipped:"
"""Begins the choice of a protocol that comes with the platform and may not be stored yet."""


def _amount(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_digits=10, decimal_places=2, required=False, **more
    )


class DetailsForm(forms.Form):
    """What a study is called and whom it belongs to."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("Participants see it on every page.")
    )
    contact = forms.CharField(
        label=_("Contact"),
        max_length=200,
        help_text=_("Whom participants write to, for example an e-mail address."),
    )
    institution = forms.CharField(label=_("Institution"), max_length=200, required=False)
    review_board = forms.CharField(
        label=_("Ethics approval"), max_length=200, required=False, help_text=_("The board and its number.")
    )
    is_demo = forms.BooleanField(
        label=_("This is a demonstration"),
        required=False,
        help_text=_("Anyone may enter by an anonymous link and practise with a scripted partner."),
    )


class NewStudyForm(DetailsForm):
    """A new study."""

    slug = forms.SlugField(
        label=_("Short name"),
        max_length=50,
        help_text=_("It stands in the study's links and cannot be changed: letters, digits, hyphens."),
    )
    protocol = forms.ChoiceField(label=_("Protocol"), help_text=_("Another version can be chosen later."))
    field_order = ("title", "slug", "protocol", "contact")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = ProtocolVersion.objects.defer("document").order_by("name", "-version")
        field = self.fields["protocol"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (
                _("Come with the platform"),
                [(f"{SHIPPED}{name}", name) for name in protocol_files.names()],
            ),
            (_("Stored versions"), [(str(version.pk), str(version)) for version in stored]),
        ]

    def clean_slug(self) -> str:
        """Refuse a short name that is taken."""
        slug: str = self.cleaned_data["slug"]
        if slug == "new":
            raise forms.ValidationError(_("This word is the address of this page."))
        if Study.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("Another study has this short name."))
        return slug


class BudgetForm(forms.Form):
    """Both caps; an empty one is none."""

    soft = _amount(_("Soft cap"), help_text=_("Nobody new comes in once this much is booked."))
    hard = _amount(
        _("Hard cap"),
        help_text=_("Nobody new comes in whose pay, with everybody's inside, could exceed this."),
    )


class AssumptionsForm(forms.Form):
    """What the estimate of pay and costs assumes."""

    chat_minutes = forms.FloatField(label=_("Minutes of a conversation with its questions"), min_value=0.1)
    training_minutes = forms.FloatField(label=_("Minutes of the training"), min_value=0.1)
    passed_percent = forms.FloatField(label=_("Applicants who pass, per cent"), min_value=0.1, max_value=100)
    chats_per_supporter = forms.FloatField(label=_("Conversations of each supporter"), min_value=0.1)
    kept_percent = forms.FloatField(label=_("Conversations kept, per cent"), min_value=0.1, max_value=100)


class ProtocolUploadForm(forms.Form):
    """TOML, as a file or as text."""

    file = forms.FileField(label=_("TOML file"), required=False)
    text = forms.CharField(
        label=_("Or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "code"}),
    )


class RecruitmentForm(forms.Form):
    """One task at one recruiting site."""

    provider = forms.ChoiceField(
        label=_("Site"), choices=[(key, provider.name) for key, provider in PROVIDERS.items()]
    )
    part = forms.ChoiceField(
        label=_("Part of the study"),
        choices=[
            (Part.WHOLE, _("Everything in one submission")),
            (Part.TRAINING, _("The supporter's training only")),
            (Part.SUPPORTER, _("A conversation as a supporter")),
            (Part.SEEKER, _("A conversation as a seeker")),
        ],
    )
    reward = _amount(
        _("Reward at the site"),
        help_text=_("What the site itself pays for an approved submission; empty: what the part is worth."),
    )
    screen_out_pay = _amount(
        _("Screen-out pay"), help_text=_("What the site pays for the code of a partial submission.")
    )
    finish_url = forms.CharField(
        label=_("Page of return"),
        max_length=500,
        required=False,
        help_text=_("Empty: the site's own. It may hold {code}, {person} and {session}."),
    )
    person_parameter = forms.CharField(label=_("Parameter of the person"), max_length=60, required=False)
    session_parameter = forms.CharField(label=_("Parameter of the submission"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in groups_of(Part.WHOLE) | groups_of(Part.TRAINING):
            self.fields[f"code_{name}"] = forms.CharField(
                label=_("Code “%(group)s”") % {"group": name.replace("_", " ")}, max_length=64, required=False
            )

    def codes(self) -> dict[str, str]:
        """Return the codes that were given, by their groups' names."""
        return {
            name.removeprefix("code_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("code_") and value
        }


class InvitationForm(forms.Form):
    """New invitation links."""

    count = forms.IntegerField(label=_("Links"), min_value=1, max_value=200, initial=1)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("They choose")), *Role.choices])
    cohort = forms.CharField(label=_("Name of the group"), max_length=60, required=False)
    max_uses = forms.IntegerField(label=_("People for each link"), min_value=1, max_value=10_000, initial=1)
    days = forms.FloatField(label=_("Days until it expires"), min_value=0.01, max_value=3650, required=False)
