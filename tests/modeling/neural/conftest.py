"""Tiny prepared backbones: random weights and vocabularies learned from the made-up corpus."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the modeling extra is not installed")

from modeling.corpus_file import CorpusFile
from modeling.neural.setup import Prepared, prepare
from tests.modeling.runs import make_run


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    # The suite runs a process per core; a tiny model gains nothing from more threads, and loses by crowding.
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def blender(corpus: CorpusFile) -> Prepared:
    """A tiny BlenderBot with strategies."""
    return _prepared(corpus, architecture="blenderbot-small")


@pytest.fixture(scope="session")
def gpt2(corpus: CorpusFile) -> Prepared:
    """A tiny DialoGPT with strategies."""
    return _prepared(corpus, architecture="gpt2")


@pytest.fixture(scope="session", params=["blenderbot-small", "gpt2"])
def either(request: pytest.FixtureRequest, blender: Prepared, gpt2: Prepared) -> Prepared:
    """Each of the two backbones in turn."""
    return blender if request.param == "blenderbot-small" else gpt2


def _prepared(corpus: CorpusFile, *, architecture: str) -> Prepared:
    prepared = prepare(make_run(architecture=architecture), corpus)
    prepared.backbone.model.eval()
    return prepared
