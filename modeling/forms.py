"""The form that starts a training."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from modeling.released_folders import ReleasedFolder
from modeling.run_files import RunFile
from modeling.services.trainings import LARGEST_SEED


class TrainingForm(forms.Form):
    """A corpus, a run file and a seed. The corpus is a release of the list or an uploaded file, never a path."""

    release = forms.ChoiceField(label=_("Release"), required=False)
    upload = forms.FileField(
        label=_("Or a corpus file"),
        required=False,
        help_text=_("ESConv JSON, such as the published ESConv.json."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    run_file = forms.ChoiceField(label=_("Run file"))
    seed = forms.IntegerField(
        label=_("Seed"),
        required=False,
        min_value=0,
        max_value=LARGEST_SEED,
        help_text=_("Of the weights, the dropout and the order of the data. Empty: the run file's."),
    )
    all_variants = forms.BooleanField(
        label=_("Evaluate as Oracle and Random too"),
        required=False,
        help_text=_("Of a Joint training; a Vanilla training is evaluated as Vanilla only."),
    )

    def __init__(
        self, *args: Any, releases: list[ReleasedFolder], run_files: list[RunFile], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._releases = {release.key: release for release in releases}
        self._choose("release", [("", "–"), *((r.key, _release_words(r)) for r in releases)])
        self._choose("run_file", [(f.name, f"{f.name} ({f.run.variant}): {f.summary}") for f in run_files])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Check that there is one corpus and not two."""
        cleaned = super().clean() or {}
        given = [name for name in ("release", "upload") if cleaned.get(name)]
        if not self.errors and len(given) != 1:
            raise forms.ValidationError(_("Choose a release or upload a corpus file, one of the two."))
        return cleaned

    def chosen_release(self) -> ReleasedFolder | None:
        """Return the release that was chosen; None where a file was uploaded."""
        return self._releases.get(self.cleaned_data["release"])


def _release_words(release: ReleasedFolder) -> str:
    rehearsal = f", {_('rehearsal')}" if release.rehearsal else ""
    return f"{release.number}: {release.name} ({release.conversations}{rehearsal})"
