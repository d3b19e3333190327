"""`python manage.py calibrate --judgements FILE --json OUT`: how well approval rules agree with people."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from collection.api import Conversation, ConversationState, conversations_facts
from corpus.record import Conversation as Record
from qualitycontrol.domain.calibration import FACTORS, measure, rule_of
from qualitycontrol.domain.calibration_report import calibration_document, default_steps
from qualitycontrol.domain.judgements import JudgementsInvalid, read_judgements
from qualitycontrol.management.files import read_conversations, write_json
from study import protocol_files
from study.domain.errors import ProtocolInvalid


def steps_argument(text: str) -> tuple[str, tuple[float | None, ...]]:
    """Return factor and steps of `factor=step,step`; "-" asks nothing."""
    name, separator, values = text.partition("=")
    if name not in FACTORS or not separator:
        raise ArgumentTypeError(f"expected one of {', '.join(FACTORS)}, then = and the steps")
    try:
        return name, tuple(None if value == "-" else float(value) for value in values.split(","))
    except ValueError:
        raise ArgumentTypeError(f"{values!r} are no steps; expected numbers with commas between") from None


class Command(BaseCommand):
    """Calibrate the approval rule."""

    help = "Compare every rule of a grid with human judgements by Cohen's kappa (Table 7)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line."""
        parser.add_argument(
            "--judgements",
            type=Path,
            required=True,
            metavar="FILE",
            help="CSV with the columns conversation, annotator, judgement (good or bad)",
        )
        parser.add_argument(
            "--json", type=Path, required=True, metavar="OUT", help="where to write the result"
        )
        parser.add_argument(
            "--corpus",
            type=Path,
            metavar="FILE",
            help="an ESConv file; conversations are then named by their index in it. Default: the database's, by id",
        )
        parser.add_argument(
            "--protocol", default=protocol_files.DEFAULT, help="name of the protocol with the base rule"
        )
        parser.add_argument(
            "--steps",
            type=steps_argument,
            action="append",
            default=[],
            metavar="FACTOR=STEPS",
            help="steps of one threshold, as in detail=-,2,3; default: those of Table 7",
        )

    def handle(
        self, *args: Any, judgements: Path, json: Path, corpus: Path | None, protocol: str, **options: Any
    ) -> None:
        """Read everything, compute everything, then write."""
        records = _records(corpus)
        try:
            rules, sha256 = protocol_files.read_protocol(protocol)
            approval = rules.quality.approval
            base = rule_of(approval)
            document = calibration_document(
                base,
                default_steps(base) | dict(options["steps"]),
                measures=measure(list(records.values()), approval),
                judgements=_judgements(judgements, records),
                needed=approval.supporter_criteria_needed,
            )
        except ProtocolInvalid as error:
            raise CommandError(str(error)) from error
        identity = {"name": rules.name, "version": rules.version, "sha256": sha256}
        write_json({"protocol": identity} | document, json)
        self.stdout.write(f"{len(document['grid'])} rules, {document['conversations']} conversations")
        for title in ("base", "highest", "second_highest"):
            entries = [document[title]] if title == "base" else document[title]
            for entry in entries:
                self.stdout.write(f"{title.replace('_', ' ')}: {_line(entry)}")


def _records(corpus: Path | None) -> dict[str, Record]:
    if corpus is not None:
        return {str(index): record for index, record in enumerate(read_conversations(corpus))}
    closed = Conversation.objects.filter(state=ConversationState.CLOSED).order_by("pk")
    return {facts.public_id: facts.record for facts in conversations_facts(closed)}


def _judgements(path: Path, records: Mapping[str, Record]) -> dict[str, dict[int, bool]]:
    index_of = {name: index for index, name in enumerate(records)}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_judgements(lines, index_of=index_of)
    except (JudgementsInvalid, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}") from error
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def _line(entry: Mapping[str, Any]) -> str:
    thresholds = ", ".join("-" if value is None else f"{value:g}" for value in entry["rule"].values())
    average = "undefined" if entry["average"] is None else f"{entry['average']:.3f}"
    return f"({thresholds}) kappa {average}, keeps {entry['kept']}"
