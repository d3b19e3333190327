"""Who may open the training's pages, and the form that all its questions share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from study.access import participation_page
from study.models import Participation
from tutorial.domain.errors import NotASupporter
from tutorial.services.entrance import check_supporter

P = ParamSpec("P")


def supporter_page(
    view: Callable[Concatenate[HttpRequest, Participation, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponse]:
    """Give the view a supporter who has consented; send everybody else to where they stand."""

    @wraps(view)
    def wrapped(
        request: HttpRequest, participation: Participation, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            check_supporter(participation)
        except NotASupporter:
            return redirect("journey", participation.public_id)
        return view(request, participation, *args, **kwargs)

    return participation_page(wrapped)


class AnswerForm(forms.Form):
    """One question. The value of a choice is its place on the page, 1 first, and says nothing else."""

    answer = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the answers.")},
    )

    def __init__(
        self,
        data: object = None,
        *,
        stem: str,
        options: Sequence[str],
        prefix: str,
        chosen: int | None = None,
    ) -> None:
        # The prefix keeps ids apart where a page has several questions.
        super().__init__(data, prefix=prefix, initial={"answer": chosen})  # type: ignore[arg-type]
        field = self.fields["answer"]
        field.label = stem
        field.choices = list(enumerate(options, start=1))  # type: ignore[attr-defined]
