"""Writes a whole Parquet release: data files, dataset card and datasheet."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus.details import ReleaseDetails
from corpus.documents import Release, ReleaseNumbers, dataset_card, datasheet
from corpus.files import replacing_folder, write_text
from corpus.parquet import Columns, data_file, write_data_files
from corpus.record import Conversation
from corpus.splits import DEFAULT_SEED, Grouping, Split, assign_splits

CARD = "README.md"
DATASHEET = "DATASHEET.md"


def write_release(
    conversations: Iterable[Conversation],
    folder: Path | str,
    *,
    details: ReleaseDetails | None = None,
    seed: int = DEFAULT_SEED,
    grouping: Grouping = Grouping.NONE,
) -> dict[Split, int]:
    """Write the Parquet release into `folder` and return the number of conversations in each part.

    `conversations` is gone through twice, first for labels, numbers and parts, then for the rows: give a
    list or a `corpus.formats.CorpusFile`, not an iterator. Memory does not grow with it.

    Raises:
        ValueError: `conversations` can be gone through only once.
    """
    if iter(conversations) is conversations:
        raise ValueError("conversations are read twice: an iterator is not enough")
    numbers = ReleaseNumbers()
    splits = assign_splits(_counted(conversations, numbers), seed=seed, grouping=grouping)
    columns = Columns.of(numbers.statistics.problem, numbers.statistics.emotion)
    with replacing_folder(Path(folder)) as partial:
        sizes = write_data_files(conversations, splits, columns, partial)
        release = Release(
            numbers=numbers,
            columns=columns,
            sizes=sizes,
            details=details or ReleaseDetails(),
            seed=seed,
            grouping=grouping,
            download_bytes=sum((partial / data_file(split)).stat().st_size for split in sizes),
        )
        write_text(partial / CARD, dataset_card(release))
        write_text(partial / DATASHEET, datasheet(release))
    return {split: size.num_examples for split, size in sizes.items()}


def _counted(conversations: Iterable[Conversation], numbers: ReleaseNumbers) -> Iterable[Conversation]:
    for conversation in conversations:
        numbers.add(conversation)
        yield conversation
