"""`python manage.py corpus_release NAME --out DIR`: the qualified conversations as ESConv JSON with a manifest."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpus.errors import CorpusError
from qualitycontrol.services.releases import ReleaseRefused, release_make
from study.models import Study


class Command(BaseCommand):
    """Release the corpus."""

    help = "Release what is qualified, consented and de-identified, as a numbered release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("name", metavar="NAME", help="a name for this release")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")
        parser.add_argument("--study", metavar="SLUG", help="only this study; default: all")
        parser.add_argument(
            "--rehearsal",
            action="store_true",
            help="release rehearsals, and only them; the manifest says so",
        )

        parser.add_argument(
            "--negative",
            action="store_true",
            help="release refused conversations that did not help, in the form of FailedESConv.json",
        )

    def handle(
        self,
        *args: Any,
        name: str,
        out: Path,
        study: str | None,
        rehearsal: bool,
        negative: bool,
        **options: Any,
    ) -> None:
        """Make the release and say what it holds."""
        chosen = self._study(study) if study else None
        try:
            release = release_make(name, folder=out, study=chosen, rehearsal=rehearsal, negative=negative)
        except (ReleaseRefused, CorpusError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out}: {error.strerror}") from error
        counts, left_out = release.manifest["counts"], release.manifest["left_out"]
        self.stdout.write(f"release {release.number}: {counts['conversations']} conversations in {out}")
        for reason, count in left_out.items():
            self.stdout.write(f"left out, {reason.replace('_', ' ')}: {count}")

    def _study(self, slug: str) -> Study:
        study = Study.objects.filter(slug=slug).first()
        if study is None:
            slugs = ", ".join(Study.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"There is no study {slug!r}; there are: {slugs or 'none'}.")
        return study
