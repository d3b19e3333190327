"""Tests of a checkpoint in a process of its own: what it answers, and what it survives."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the modeling extra is not installed")

from corpus.labels import STRATEGIES
from modeling.checkpoint_files import weights_digest
from modeling.domain.agent_config import Decoding
from modeling.domain.turns import Said, TurnError, TurnReply, TurnRequest
from modeling.errors import EngineFailed
from modeling.serving import local
from modeling.serving.local import LocalEngine

DECODING = Decoding(max_new_tokens=12)


def request(number: int, *, variant: str = "joint", text: str = "i am worried about work") -> TurnRequest:
    history = (
        Said("seeker", text),
        Said("supporter", "what happened ?", "Question"),
        Said("seeker", "no idea"),
    )
    return TurnRequest(history=history, variant=variant, seed=(3, number), decoding=DECODING)


def engine_of(folder: Path, tmp_path: Path, *, numbers: str = "fp32", weights: str = "") -> LocalEngine:
    return LocalEngine(
        folder,
        weights_sha256=weights or weights_digest(folder),
        numbers=numbers,
        threads=1,
        log=tmp_path / "answer.txt",
    )


@pytest.fixture(scope="module")
def engine(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """One process for the tests that do not end it."""
    made = engine_of(trained, tmp_path_factory.mktemp("log"), numbers="int8")
    yield made
    made.close()


def replies(found: list[TurnReply | TurnError]) -> list[TurnReply]:
    assert all(isinstance(reply, TurnReply) for reply in found), found
    return [reply for reply in found if isinstance(reply, TurnReply)]


def test_a_batch_is_answered_in_order_with_strategies(engine: LocalEngine) -> None:
    found = replies(engine.respond([request(n, text="i am sad " * (n + 1)) for n in range(5)]))
    assert {r.strategy for r in found} <= set(STRATEGIES)
    assert all(0 < r.tokens <= 13 and r.batch == 5 for r in found)
    lengths = [r.prompt_tokens for r in found]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[-1]


def test_int8_was_measured_before_it_was_served(engine: LocalEngine, trained: Path) -> None:
    engine.warm_up()
    measured = json.loads((trained.parent / "int8.json").read_text())
    assert measured["weights_sha256"] == weights_digest(trained)
    assert measured["pieces"] > 0
    said = "int8" if measured["accepted"] else "fp32"
    assert engine.info["engine"] == f"transformers {said} cpu"
    ratio = measured["perplexity"]["int8"] / measured["perplexity"]["fp32"]
    assert measured["accepted"] == (ratio <= 1.01)


def test_random_draws_from_the_training_parts_proportions(engine: LocalEngine, trained: Path) -> None:
    found = replies(engine.respond([request(n, variant="random") for n in range(48)]))
    shares = json.loads((trained / "manifest.json").read_text())["strategy_proportions"]
    possible = {s for s, share in zip(STRATEGIES, shares, strict=True) if share > 0}
    assert {r.strategy for r in found} <= possible
    assert len({r.strategy for r in found}) > 3
    again = replies(engine.respond([request(7, variant="random")]))[0]
    assert again.strategy == found[7].strategy


def test_a_variant_that_it_was_not_trained_for_is_an_error_of_that_request(engine: LocalEngine) -> None:
    found = engine.respond([request(1), request(2, variant="hypnosis")])
    assert isinstance(found[0], TurnReply)
    assert isinstance(found[1], TurnError)


def test_a_killed_process_is_started_anew_and_says_the_same(trained: Path, tmp_path: Path) -> None:
    engine = engine_of(trained, tmp_path)
    # In fp32 a reply does not depend on its neighbours; int8's scales are the batch's.
    together = replies(engine.respond([request(n, text="i am sad " * (n + 1)) for n in range(3)]))
    assert engine._child is not None
    os.kill(engine._child.pid, signal.SIGKILL)
    engine._child.wait(5)
    alone = replies(engine.respond([request(1, text="i am sad " * 2)]))[0]
    assert (alone.text, alone.strategy) == (together[1].text, together[1].strategy)
    engine.close()


def test_a_process_that_hangs_is_ended(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = engine_of(trained, tmp_path)
    engine.warm_up()
    child = engine._child
    assert child is not None
    os.kill(child.pid, signal.SIGSTOP)
    monkeypatch.setattr(local, "BATCH_SECONDS", 0.3)
    with pytest.raises(EngineFailed, match="did not answer"):
        engine.respond([request(1)])
    assert child.poll() is not None


def test_weights_of_another_version_are_not_served(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="not those that the agent was made with"):
        engine_of(trained, tmp_path, weights="0" * 64).warm_up()


class Canary:
    """A pickle that leaves a file when it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (os.system, (f"touch {self.path}",))


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin"])
def test_a_pickle_is_refused_unopened(trained: Path, tmp_path: Path, name: str) -> None:
    folder, canary = tmp_path / "best", tmp_path / "canary"
    shutil.copytree(trained, folder)
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(pickle.dumps(Canary(canary)))
    weights = weights_digest(folder) if name.endswith("safetensors") else "0" * 64
    with pytest.raises(EngineFailed):
        engine_of(folder, tmp_path, weights=weights).warm_up()
    assert not canary.exists()


def test_a_link_in_the_place_of_weights_is_refused(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "best"
    shutil.copytree(trained, folder)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").symlink_to(trained / "model.safetensors")
    with pytest.raises(EngineFailed, match="no weights"):
        engine_of(folder, tmp_path, weights=weights_digest(trained)).warm_up()
