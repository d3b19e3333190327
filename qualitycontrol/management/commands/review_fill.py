"""`python manage.py review_fill STUDY --seed N`: put utterances into the queue of the strategy review."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qualitycontrol.domain.gold import GoldFileInvalid, read_gold
from qualitycontrol.domain.strategy_review import Entry
from qualitycontrol.services.review_fill import GoldInvalid, review_fill
from study.models import Study


class Command(BaseCommand):
    """Fill the queue."""

    help = (
        "Let a study's approved conversations enter the strategy review: a share drawn by the seed, and what is "
        "flagged. Run again with the same seed, it adds only what is new."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument("study", metavar="STUDY", help="slug of the study")
        parser.add_argument("--seed", type=int, required=True, help="what the share is drawn by; keep it")
        parser.add_argument(
            "--gold",
            type=Path,
            metavar="FILE",
            help="CSV with known strategies: conversation, ordinal, strategy",
        )

    def handle(self, *args: Any, study: str, seed: int, gold: Path | None, **options: Any) -> None:
        """Fill, and say what entered."""
        chosen = Study.objects.filter(slug=study).first()
        if chosen is None:
            raise CommandError(f"There is no study {study!r}.")
        try:
            known = read_gold(gold.read_text(encoding="utf-8-sig").splitlines()) if gold else {}
            entered = review_fill(chosen, seed=seed, gold=known)
        except (GoldFileInvalid, GoldInvalid) as error:
            raise CommandError(str(error)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{gold}: cannot be read: {error}") from error
        for why in Entry:
            self.stdout.write(f"{why.value}: {entered[why]}")
