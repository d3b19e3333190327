"""The forms of comparison campaigns."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from modeling.domain.orders import LARGEST_BLOCK
from modeling.models import HUMAN, Agent
from study.protocol_files import names, read_protocol

HUMAN_KEY = "human"
LARGEST_SEED = 2**31 - 1
MOST_PARTNERS = 6


class CampaignForm(forms.Form):
    """Partners, quota and order of a new campaign."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("Participants see it: name no model.")
    )
    slug = forms.SlugField(
        label=_("Short name"), max_length=50, help_text=_("Part of the links. Participants see it as well.")
    )
    contact = forms.CharField(label=_("Whom participants write to"), max_length=200)
    protocol = forms.ChoiceField(label=_("Protocol"))
    arms = forms.MultipleChoiceField(
        label=_("Partners"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
        help_text=_(
            "Two or more. The first of the list that you choose is the system under test in the tables."
        ),
    )
    quota = forms.IntegerField(
        label=_("Completed pairs wanted"), min_value=1, max_value=10_000, help_text=_("100 in the paper.")
    )
    spare = forms.IntegerField(
        label=_("Places beyond the quota"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=_(
            "How many more may be inside at once, because some do not finish. Empty: a tenth of the quota."
        ),
    )
    block_size = forms.IntegerField(
        label=_("Size of a block"),
        min_value=2,
        max_value=LARGEST_BLOCK,
        help_text=_(
            "Each block holds every order equally often: with two partners an even number, with n a multiple of n × (n − 1)."
        ),
    )
    seed = forms.IntegerField(label=_("Seed of the order"), min_value=0, max_value=LARGEST_SEED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._agents = {agent.public_id: agent for agent in Agent.objects.filter(enabled=True)}
        self._choose("arms", [*((key, str(a)) for key, a in self._agents.items()), (HUMAN_KEY, HUMAN)])
        self._choose("protocol", [(name, name) for name in comparison_protocols()])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_arms(self) -> list[Agent | None]:
        """Return the agents, None for human supporters, in the order of the list."""
        chosen = self.cleaned_data["arms"]
        if not 2 <= len(chosen) <= MOST_PARTNERS:
            raise forms.ValidationError(_("Choose two to %(most)d partners.") % {"most": MOST_PARTNERS})
        return [self._agents.get(key) for key in chosen]

    def clean_slug(self) -> str:
        """Return the short name, which must not be that of a page."""
        slug: str = self.cleaned_data["slug"]
        if slug == "new":
            raise forms.ValidationError(_("Choose another short name: this one is a page's."))
        return slug

    def clean(self) -> dict[str, Any]:
        """Refuse a title or a short name that tells participants whom they talk with."""
        cleaned = super().clean() or {}
        names_given = [agent.name for agent in cleaned.get("arms") or [] if agent is not None]
        for field in ("title", "slug"):
            if told := [name for name in names_given if says(cleaned.get(field, ""), name)]:
                self.add_error(
                    field, _("Participants would read the name of a partner: %(name)s.") % {"name": told[0]}
                )
        return cleaned


def says(text: str, name: str) -> bool:
    """Return whether a text names an agent, whatever the case and the signs between words."""
    plain = re.sub(r"[\W_]+", " ", text.casefold()).strip()
    wanted = re.sub(r"[\W_]+", " ", name.casefold()).strip()
    return bool(wanted) and f" {wanted} " in f" {plain} "


def comparison_protocols() -> list[str]:
    """Return the protocols that come with the platform and have a comparison."""
    return [name for name in names() if read_protocol(name)[0].comparison is not None]


class PowerForm(forms.Form):
    """What the power calculation is asked, in per cent."""

    win = forms.FloatField(
        label=_("Share of wins to be found, %"),
        min_value=1,
        max_value=99,
        initial=65,
        help_text=_("Among the answers that are no ties."),
    )
    tie = forms.FloatField(label=_("Share of ties expected, %"), min_value=0, max_value=95, initial=13)
    power = forms.FloatField(label=_("Power wanted, %"), min_value=50, max_value=99, initial=80)
