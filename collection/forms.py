"""The surveys as forms. Choices and words come from the protocol; the services check the answers."""

from __future__ import annotations

from typing import Any

from django import forms

from collection.services.surveys import OPEN_ANSWER_MAX_LENGTH
from study.domain.protocol import Protocol, Scale


def _scale(label: str, scale: Scale, *, help_text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        choices=scale.choices,
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "segmented"}),
    )


def _open_question(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=OPEN_ANSWER_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PreChatForm(forms.Form):
    """The seeker's survey before the conversation (§4.2)."""

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts, surveys = protocol.surveys.pre_chat, protocol.surveys
        choices = forms.RadioSelect(attrs={"class": "choices"})
        self.fields["problem"] = forms.ChoiceField(
            label=texts.problem, choices=[(o.key, o.name) for o in protocol.problems], widget=choices
        )
        self.fields["emotion"] = forms.ChoiceField(
            label=texts.emotion, choices=[(o.key, o.name) for o in protocol.emotions], widget=choices
        )
        self.fields["intensity"] = _scale(texts.intensity, protocol.scales.intensity)
        self.fields["situation"] = forms.CharField(
            label=texts.situation,
            help_text=texts.situation_help,
            max_length=OPEN_ANSWER_MAX_LENGTH,
            widget=forms.Textarea(
                attrs={
                    "rows": 5,
                    "data-min-words": surveys.situation_min_words,
                    "data-max-words": surveys.situation_max_words,
                }
            ),
        )
        self.fields["experience"] = forms.ChoiceField(
            label=texts.experience,
            help_text=texts.experience_help,
            choices=[(o.key, o.name) for o in protocol.experiences],
            widget=choices,
        )


class SeekerSurveyForm(forms.Form):
    """The seeker's survey afterwards (§4.2). Intensity is a labelled scale, never stars (§4.3)."""

    def __init__(self, *args: Any, protocol: Protocol, before: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = protocol.surveys.post_chat_seeker
        self.fields["intensity"] = _scale(
            texts.intensity, protocol.scales.intensity, help_text=texts.intensity_help.format(before=before)
        )
        self.fields["empathy"] = _scale(texts.empathy, protocol.scales.empathy)
        self.fields["relevance"] = _scale(texts.relevance, protocol.scales.relevance)
        self.fields["ending"] = forms.ChoiceField(
            label=texts.ending,
            choices=[("natural", texts.ending_natural), ("sudden", texts.ending_sudden)],
            widget=forms.RadioSelect(attrs={"class": "choices"}),
        )
        self.fields["liked"] = _open_question(texts.liked)
        self.fields["improve"] = _open_question(texts.improve)


class SupporterSurveyForm(forms.Form):
    """The supporter's survey afterwards (§4.1)."""

    def __init__(self, *args: Any, protocol: Protocol, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = protocol.surveys.post_chat_supporter
        self.fields["detail"] = _scale(texts.detail, protocol.scales.detail)
        self.fields["liked"] = _open_question(texts.liked)
        self.fields["improve"] = _open_question(texts.improve)
