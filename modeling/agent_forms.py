"""The form that makes an agent's version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from modeling.domain.agent_config import AgentConfig, Decoding, Pace
from modeling.models import Agent, Checkpoint
from modeling.prompt_files import list_prompts
from modeling.services.agents import SERVED

_PACE, _DECODING = Pace(), Decoding()


class AgentForm(forms.Form):
    """A name, what answers, and how; what belongs to another kind is left out of the version."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("Participants never see it. The same name again makes its next version."),
    )
    kind = forms.ChoiceField(label=_("What answers"), choices=Agent.Kind.choices)
    checkpoint = forms.ModelChoiceField(
        label=_("Checkpoint"), queryset=Checkpoint.objects.none(), required=False
    )
    variant = forms.ChoiceField(
        label=_("Variant"),
        choices=[("", "–"), *((v.value, v.value) for v in SERVED)],
        required=False,
        help_text=_("A checkpoint trained as joint answers as joint or random."),
    )
    numbers = forms.ChoiceField(
        label=_("Numbers on a processor"),
        choices=[("int8", "int8"), ("fp32", "fp32")],
        initial="int8",
        help_text=_("int8 takes half the time; it is used only where it is no worse."),
    )
    base_url = forms.CharField(
        label=_("Address of the server"),
        max_length=300,
        required=False,
        help_text=_("Without /chat/completions, for example http://localhost:8000/v1."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    model = forms.CharField(label=_("Model of the server"), max_length=200, required=False)
    key = forms.CharField(
        label=_("Name of the key"),
        max_length=60,
        required=False,
        help_text=_("The variable ESC_AGENT_KEY_<name> holds the key. Empty: the server wants none."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    constraint = forms.ChoiceField(
        label=_("How the strategy comes first"),
        choices=[
            ("json_schema", _("JSON schema")),
            ("choice", _("choice, then text")),
            ("brackets", _("[Strategy] text")),
        ],
    )
    prompt = forms.ChoiceField(label=_("Prompt"))
    pause_seconds = forms.FloatField(
        label=_("Pause before an answer, in seconds"), initial=_PACE.pause_seconds, min_value=0, max_value=10
    )
    characters_per_second = forms.FloatField(
        label=_("Typing speed, in characters per second"), initial=_PACE.characters_per_second, min_value=1
    )
    another = forms.FloatField(
        label=_("Chance of another message"), initial=_PACE.another, min_value=0, max_value=1
    )
    messages = forms.IntegerField(
        label=_("Messages in a row, at most"), initial=_PACE.messages, min_value=1, max_value=5
    )
    temperature = forms.FloatField(
        label=_("Temperature"), initial=_DECODING.temperature, min_value=0.01, max_value=2
    )
    top_p = forms.FloatField(label="top-p", initial=_DECODING.top_p, min_value=0.01, max_value=1)
    top_k = forms.IntegerField(label="top-k", initial=_DECODING.top_k, min_value=1, max_value=1000)
    repetition_penalty = forms.FloatField(
        label=_("Repetition penalty"), initial=_DECODING.repetition_penalty, min_value=1, max_value=2
    )
    max_new_tokens = forms.IntegerField(
        label=_("Tokens of a message, at most"), initial=_DECODING.max_new_tokens, min_value=8, max_value=256
    )
    goodbye = forms.CharField(
        label=_("Goodbye"),
        initial=AgentConfig().goodbye,
        max_length=300,
        required=False,
        help_text=_("Said when the seeker takes leave, or a minute before the longest time is over."),
    )

    SECTIONS = (
        (_("Agent"), ("name", "kind"), True),
        (_("Trained checkpoint"), ("checkpoint", "variant", "numbers"), True),
        (_("OpenAI-compatible server"), ("base_url", "model", "key", "constraint", "prompt"), False),
        (
            _("Pace and goodbye"),
            ("pause_seconds", "characters_per_second", "another", "messages", "goodbye"),
            False,
        ),
        (_("Decoding"), ("temperature", "top_p", "top_k", "repetition_penalty", "max_new_tokens"), False),
    )
    """The fields as the page shows them: title, names, and whether it is open at first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        checkpoint, prompt = self.fields["checkpoint"], self.fields["prompt"]
        assert isinstance(checkpoint, forms.ModelChoiceField)
        assert isinstance(prompt, forms.ChoiceField)
        checkpoint.queryset = Checkpoint.objects.select_related("run")
        prompt.choices = [(name, name) for name in list_prompts()]

    def sections(self) -> list[dict[str, Any]]:
        """Return the fields by section; one with an error is open."""
        return [
            {
                "title": title,
                "fields": [self[name] for name in names],
                "open": opened or any(name in self.errors for name in names),
            }
            for title, names, opened in self.SECTIONS
        ]

    def document(self) -> dict[str, Any]:
        """Return the configuration that the fields say."""
        said = self.cleaned_data
        document: dict[str, Any] = {
            "pace": {
                name: said[name] for name in ("pause_seconds", "characters_per_second", "another", "messages")
            },
            "decoding": {
                name: said[name]
                for name in ("temperature", "top_p", "top_k", "repetition_penalty", "max_new_tokens")
            },
            "numbers": said["numbers"],
            "goodbye": said["goodbye"],
        }
        if said["kind"] == Agent.Kind.OPENAI:
            document["server"] = {
                name: said[name] for name in ("base_url", "model", "key", "constraint", "prompt")
            }
        return document


def initial_of(agent: Agent) -> dict[str, Any]:
    """Return the fields' values of an agent, to make its next version from."""
    config = agent.settled
    values: dict[str, Any] = {
        "name": agent.name,
        "kind": agent.kind,
        "checkpoint": agent.checkpoint_id,
        "variant": agent.variant,
        "numbers": config.numbers,
        "goodbye": config.goodbye,
    }
    for part in (config.pace, config.decoding, config.server):
        if part is not None:
            values |= {name: getattr(part, name) for name in part.__struct_fields__}
    return values
