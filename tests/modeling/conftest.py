"""A corpus and tiny backbones that many tests read and none changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeling.corpus_file import CorpusFile, read_corpus
from tests.modeling.corpora import make_corpus, write_corpus


@pytest.fixture(scope="session")
def corpus_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty made-up conversations of eight utterances in a released file."""
    return write_corpus(make_corpus(20), tmp_path_factory.mktemp("corpus") / "corpus.json")


@pytest.fixture(scope="session")
def corpus(corpus_path: Path) -> CorpusFile:
    """The same, read."""
    return read_corpus(corpus_path)
