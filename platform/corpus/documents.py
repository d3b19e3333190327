"""Fills the dataset card and the datasheet of a release from live numbers and the group's details."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from string import Template
from typing import Any

from corpus.details import ReleaseDetails, stated, unstated
from corpus.features import card_entries
from corpus.fields import normalise
from corpus.labels import STRATEGIES
from corpus.parquet import Columns, SplitSize
from corpus.record import Conversation
from corpus.splits import DEFAULT_SEED, Grouping, Split
from corpus.statistics import Statistics

_SIZE_CATEGORIES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_GROUPING_SENTENCES = {
    Grouping.NONE: "one by one",
    Grouping.SEEKER: "all conversations of one seeker in the same part",
    Grouping.SUPPORTER: "all conversations of one supporter in the same part",
    Grouping.WORKERS: "nobody's conversations in two parts",
}


@dataclass(slots=True)
class ReleaseNumbers:
    """What the documents tell of a release beyond its statistics, gathered in the same pass."""

    statistics: Statistics = field(default_factory=Statistics)
    corrected: int = 0
    """Utterances whose strategy a review changed."""
    revised: int = 0
    """Conversations whose final intensity a review changed."""
    without_survey: int = 0
    people: set[str] = field(default_factory=set)
    """The pseudonyms of participants."""

    def add(self, conversation: Conversation) -> None:
        """Count one more conversation."""
        self.statistics.add(conversation)
        self.corrected += sum(
            utterance.original_strategy is not None for utterance in conversation.utterances
        )
        self.revised += conversation.survey.original_intensity_after is not None
        self.without_survey += not conversation.survey.complete
        self.people.update(name for name in (conversation.seeker_id, conversation.supporter_id) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """All that the documents of one release are made from."""

    numbers: ReleaseNumbers
    columns: Columns
    sizes: Mapping[Split, SplitSize]
    details: ReleaseDetails
    seed: int = DEFAULT_SEED
    grouping: Grouping = Grouping.NONE
    download_bytes: int = 0
    """Bytes of the data files on disk."""


def dataset_card(release: Release) -> str:
    """Return the release's README.md: a header that `datasets` and the Hub read, then the card."""
    return f"---\n{as_yaml(_header(release))}---\n\n{_fill('dataset_card.md', release)}"


def datasheet(release: Release) -> str:
    """Return the release's datasheet."""
    return _fill("datasheet.md", release)


def _header(release: Release) -> dict[str, Any]:
    details = release.details
    count = release.numbers.statistics.conversations
    return {
        "language": [details.language],
        **({"license": details.licence} if details.licence else {}),
        "pretty_name": details.name,
        "annotations_creators": ["crowdsourced"],
        "language_creators": ["crowdsourced"],
        "source_datasets": ["original"],
        "size_categories": [next((name for limit, name in _SIZE_CATEGORIES if count < limit), "1M<n<10M")],
        "task_categories": ["text-generation", "text-classification"],
        "tags": ["dialogue", "emotional-support", "support-strategies"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": str(split), "path": f"data/{split}-*"} for split in release.sizes],
            }
        ],
        "dataset_info": {
            "features": card_entries(release.columns.features()),
            "splits": [
                {"name": str(split), "num_bytes": size.num_bytes, "num_examples": size.num_examples}
                for split, size in release.sizes.items()
            ],
            "download_size": release.download_bytes,
            "dataset_size": sum(size.num_bytes for size in release.sizes.values()),
        },
    }


def _fill(name: str, release: Release) -> str:
    text = resources.files("corpus").joinpath("texts", name).read_text(encoding="utf-8")
    return Template(text).substitute(_values(release))


def _values(release: Release) -> dict[str, str]:
    gathered, statistics = release.numbers, release.numbers.statistics
    numbers: Any = statistics.document()
    problem, problem_count = next(iter(numbers["problem"].items()), ("", 0))
    ratings = statistics.feedback.total()
    missing = ", ".join(name.replace("_", " ") for name in unstated(release.details))
    return {
        **stated(release.details),
        "unstated_notice": f"\n> **Still to be stated by the releasing group:** {missing}.\n"
        if missing
        else "",
        "count": f"{statistics.conversations:,}",
        "split_rule": f"{_GROUPING_SENTENCES[release.grouping]}, with the seed {release.seed}",
        "split_rows": _rows((str(split), size.num_examples) for split, size in release.sizes.items()),
        "size_rows": _size_rows(numbers),
        **{f"utterances_{side}": f"{n:,}" for side, n in numbers["utterances"].items()},
        "intensity_before": _decimal(numbers["intensity"]["before_mean"]),
        "intensity_after": _decimal(numbers["intensity"]["after_mean"]),
        "after_n": f"{numbers['intensity']['after_n']:,}",
        "strategy_rows": _rows(
            (
                label,
                numbers["strategy"][label],
                _share(numbers["strategy"][label], statistics.strategy.total()),
            )
            for label in STRATEGIES
        ),
        "problem_rows": _rows(numbers["problem"].items()),
        "emotion_rows": _rows(numbers["emotion"].items()),
        "top_problem": problem,
        "top_problem_share": _share(problem_count, statistics.conversations),
        "high_feedback_share": _share(statistics.feedback[4] + statistics.feedback[5], ratings),
        "feedback_total": f"{ratings:,}",
        "corrected": f"{gathered.corrected:,}",
        "revised": f"{gathered.revised:,}",
        "without_survey": f"{gathered.without_survey:,}",
        "relation": _relation(gathered),
    }


def _relation(numbers: ReleaseNumbers) -> str:
    if not numbers.people:
        return "Pseudonyms of participants are not part of these records."
    return f"By their participants: {len(numbers.people):,} people took part, some more than once, under one pseudonym each."


def _size_rows(numbers: Any) -> str:
    sides = ("total", "supporter", "seeker")
    return _rows(
        [
            ("messages", *(numbers["utterances"][side] for side in sides)),
            (
                "messages per conversation",
                *(_decimal(numbers["mean_conversation_length"][side]) for side in sides),
            ),
            ("words per message", *(_decimal(numbers["mean_utterance_length"][side]) for side in sides)),
        ]
    )


def _rows(rows: Any) -> str:
    return "\n".join(
        f"| {' | '.join(f'{c:,}' if isinstance(c, int) else _cell(c) for c in row)} |" for row in rows
    )


def _cell(text: str) -> str:
    return normalise(text).replace("|", "\\|")


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def as_yaml(value: Mapping[str, Any], *, margin: str = "") -> str:
    """Return nested mappings and lists as YAML, with every text quoted as JSON quotes it."""
    return "".join(
        f"{margin}{key if key.isidentifier() else json.dumps(key)}:{_yaml(inner, margin)}"
        for key, inner in value.items()
    )


def _yaml(value: Any, margin: str) -> str:
    if isinstance(value, Mapping):
        return "\n" + as_yaml(value, margin=margin + "  ")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n" + "".join(_yaml_item(item, margin) for item in value)
    return f" {json.dumps(value, ensure_ascii=False)}\n"


def _yaml_item(item: Any, margin: str) -> str:
    if isinstance(item, Mapping):
        # The first key stands behind the dash, the others under it.
        return f"{margin}- " + as_yaml(item, margin=margin + "  ").removeprefix(margin + "  ")
    return f"{margin}- {json.dumps(item, ensure_ascii=False)}\n"
