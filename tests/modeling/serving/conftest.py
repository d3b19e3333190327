"""A tiny trained checkpoint in a store's layout."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from modeling.corpus_file import CorpusFile


@pytest.fixture(scope="session")
def trained(corpus: CorpusFile, corpus_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `best` of a short training with strategies."""
    pytest.importorskip("torch", reason="the modeling extra is not installed")
    from modeling.neural.training import train
    from tests.modeling.runs import make_run

    store = tmp_path_factory.mktemp("store")
    (store / "corpora").mkdir()
    shutil.copy(corpus_path, store / "corpora" / f"{corpus.sha256}.json")
    train(make_run(), corpus, store / "runs" / "tiny")
    return store / "runs" / "tiny" / "best"
