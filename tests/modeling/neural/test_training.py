"""Training: it learns, it resumes to the same weights, and it says what is wrong."""

from __future__ import annotations

import errno
import json
import math
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from modeling.corpus_file import CorpusFile
from modeling.domain.runfile import parse_run
from modeling.errors import CheckpointUnusable, DiskFull, LossNotFinite, OutOfMemory
from modeling.neural import checkpoints, training
from modeling.neural.checkpoints import load_checkpoint
from modeling.neural.setup import prepare
from modeling.neural.steps import learning_rate, make_optimiser
from modeling.neural.training import fit, setup, train
from modeling.neural.validation import validate
from modeling.reports.log import read_log
from modeling.reports.progress import Reporter
from tests.modeling.runs import make_run


class Killed(BaseException):
    """Stands for a signal: nothing catches it."""


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "best" / "model.safetensors")


def kill_at(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Make training die just before an optimiser step."""
    take_step = training.take_step

    def dying(engine, examples, *, step, total):
        if step == at:
            raise Killed
        return take_step(engine, examples, step=step, total=total)

    monkeypatch.setattr(training, "take_step", dying)


@pytest.mark.parametrize("architecture", ["blenderbot-small", "gpt2"])
def test_a_tiny_model_overfits_32_pieces(corpus: CorpusFile, tmp_path: Path, architecture: str) -> None:
    # Shuffled: buckets would put the copies of a piece into one batch.
    run = make_run(architecture=architecture, epochs=4, learning_rate=0.01, batching="shuffled")
    state = setup(run, corpus, tmp_path, reporter=Reporter(quiet=True))
    few = state.prepared.train[:32]
    state.prepared.valid, state.prepared.train = few, few * 20
    fit(state)
    assert state.progress.best_perplexity is not None
    assert state.progress.best_perplexity < 1.5
    accuracy = validate(state.prepared, state.accelerator).strategy_accuracy
    assert accuracy is not None
    assert accuracy > 0.8  # a few made-up openings are followed by one of two strategies


def test_a_run_leaves_a_checkpoint_a_manifest_a_log_and_a_figure(corpus: CorpusFile, tmp_path: Path) -> None:
    progress = train(make_run(epochs=2), corpus, tmp_path)
    assert progress.finished
    assert progress.step == 2 * math.ceil(48 / 8)  # 12 conversations of 4 pieces train
    manifest = json.loads((tmp_path / "best" / "manifest.json").read_text())
    assert manifest["corpus"] == {"name": "corpus.json", "sha256": corpus.sha256, "conversations": 20}
    assert len(manifest["split"]["train"]) == 12
    assert manifest["seed"] == 7
    assert manifest["versions"]["torch"] == torch.__version__.split("+")[0] or manifest["versions"]["torch"]
    assert sum(manifest["strategy_proportions"]) == pytest.approx(1.0)
    assert manifest["validation"]["perplexity"] == progress.best_perplexity
    rows = read_log(tmp_path / "log.csv")
    assert [float(r["valid_perplexity"]) for r in rows if r["valid_perplexity"]][-1] < 400
    assert (tmp_path / "loss.svg").read_text().lstrip().startswith("<?xml")
    assert not list(tmp_path.glob("best/*.bin"))


def test_the_same_seed_gives_the_same_weights_to_the_bit(corpus: CorpusFile, tmp_path: Path) -> None:
    for name in ("one", "two"):
        train(make_run(dropout=0.1), corpus, tmp_path / name)
    one, two = weights_of(tmp_path / "one"), weights_of(tmp_path / "two")
    assert all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.parametrize("step", [3, 7, 8])
def test_a_killed_run_ends_with_the_weights_of_one_that_was_not(
    corpus: CorpusFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    run = make_run(epochs=2, dropout=0.1, save_every_steps=2)
    whole = train(run, corpus, tmp_path / "whole")
    with monkeypatch.context() as patch:
        kill_at(patch, step)
        with pytest.raises(Killed):
            train(run, corpus, tmp_path / "killed")
    resumed = train(run, corpus, tmp_path / "killed")
    assert resumed.best_perplexity == whole.best_perplexity
    expected, found = weights_of(tmp_path / "whole"), weights_of(tmp_path / "killed")
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    columns = ("step", "valid_perplexity")
    assert [
        [r[c] for c in columns] for r in read_log(tmp_path / "killed" / "log.csv") if r["valid_perplexity"]
    ] == [[r[c] for c in columns] for r in read_log(tmp_path / "whole" / "log.csv") if r["valid_perplexity"]]


def test_a_finished_run_is_not_trained_again(corpus: CorpusFile, tmp_path: Path, monkeypatch) -> None:
    train(make_run(), corpus, tmp_path)
    kill_at(monkeypatch, 0)
    assert train(make_run(), corpus, tmp_path).finished


def test_smaller_parts_of_a_batch_give_the_same_weights(corpus: CorpusFile, tmp_path: Path) -> None:
    for size in (8, 3):
        train(make_run(micro_batch_size=size), corpus, tmp_path / str(size))
    whole, parts = weights_of(tmp_path / "8"), weights_of(tmp_path / "3")
    for name in whole:
        assert torch.allclose(whole[name], parts[name], atol=2e-5), name


def test_the_best_checkpoint_is_the_one_of_lowest_validation_perplexity(
    corpus: CorpusFile, tmp_path: Path
) -> None:
    # A learning rate that spoils the weights at the end: the best is not the last.
    progress = train(make_run(epochs=6, validate_every_steps=2, learning_rate=0.05), corpus, tmp_path)
    rows = {
        int(r["step"]): float(r["valid_perplexity"])
        for r in read_log(tmp_path / "log.csv")
        if r["valid_perplexity"]
    }
    assert progress.best_step == min(rows, key=rows.__getitem__)
    assert progress.best_perplexity == pytest.approx(min(rows.values()))
    assert json.loads((tmp_path / "best" / "manifest.json").read_text())["step"] == progress.best_step


def test_no_epoch_saves_the_backbone_as_it_is(corpus: CorpusFile, tmp_path: Path) -> None:
    run = make_run(epochs=0)
    assert train(run, corpus, tmp_path).step == 0
    fresh = prepare(run, corpus).backbone.model.state_dict()
    saved = weights_of(tmp_path)
    assert all(torch.equal(saved[name], fresh[name]) for name in saved)


def test_a_checkpoint_loads_with_its_tokenizer_and_strategies(corpus: CorpusFile, tmp_path: Path) -> None:
    run = make_run()
    train(run, corpus, tmp_path)
    backbone, loaded, _ = load_checkpoint(tmp_path / "best")
    assert loaded == run
    assert len(backbone.strategy_ids) == 8
    assert backbone.tokenizer.convert_ids_to_tokens(backbone.strategy_ids[0]) == "[Question]"
    assert backbone.model.model.decoder.layernorm_embedding.eps == pytest.approx(1e-5 / 32)


def test_another_run_is_not_written_over(corpus: CorpusFile, tmp_path: Path) -> None:
    train(make_run(), corpus, tmp_path)
    with pytest.raises(CheckpointUnusable, match="another --out"):
        train(make_run(learning_rate=0.1), corpus, tmp_path)


def test_a_loss_that_is_no_number_stops_and_leaves_the_best(
    corpus: CorpusFile, tmp_path: Path, monkeypatch
) -> None:
    run = make_run(epochs=3)
    take_step = training.take_step

    def spoiled(engine, examples, *, step, total):
        if step == 8:
            with torch.no_grad():
                next(engine.loss.parameters()).fill_(float("nan"))
        return take_step(engine, examples, step=step, total=total)

    monkeypatch.setattr(training, "take_step", spoiled)
    with pytest.raises(LossNotFinite, match="Lower learning_rate"):
        train(run, corpus, tmp_path)
    assert all(tensor.isfinite().all() for tensor in weights_of(tmp_path).values())


def test_a_full_disk_leaves_the_last_good_checkpoint(corpus: CorpusFile, tmp_path: Path, monkeypatch) -> None:
    run = make_run(epochs=2)
    save_model = checkpoints.save_model

    def full(backbone, folder, *, manifest):
        if manifest["step"] > 6:
            (folder / "half").write_text("half a file")
            raise OSError(errno.ENOSPC, "No space left on device")
        save_model(backbone, folder, manifest=manifest)

    monkeypatch.setattr(training, "save_model", full)
    with pytest.raises(DiskFull, match="free some space"):
        train(run, corpus, tmp_path)
    assert json.loads((tmp_path / "best" / "manifest.json").read_text())["step"] == 6
    assert not list(tmp_path.glob("best.*"))
    load_checkpoint(tmp_path / "best")


def test_out_of_memory_names_the_setting_that_helps(corpus: CorpusFile, tmp_path: Path, monkeypatch) -> None:
    def full(*args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(training, "take_step", full)
    with pytest.raises(OutOfMemory, match="Lower micro_batch_size"):
        train(make_run(), corpus, tmp_path)


def test_a_kill_between_two_renames_loses_nothing(corpus: CorpusFile, tmp_path: Path) -> None:
    train(make_run(), corpus, tmp_path)
    (tmp_path / "best").rename(tmp_path / "best.old")
    load_checkpoint(tmp_path / "best")


def test_a_checkpoint_of_another_vocabulary_is_refused(corpus: CorpusFile, tmp_path: Path) -> None:
    train(make_run(), corpus, tmp_path / "one")
    train(make_run(vocabulary=200), corpus, tmp_path / "two")
    for name in ("vocab.json", "merges.txt", "added_tokens.json", "tokenizer_config.json"):
        if (tmp_path / "two" / "best" / name).exists():
            shutil.copy(tmp_path / "two" / "best" / name, tmp_path / "one" / "best" / name)
    with pytest.raises(CheckpointUnusable, match="another vocabulary"):
        load_checkpoint(tmp_path / "one" / "best")


@pytest.mark.parametrize("spoil", ["truncate", "remove", "manifest"])
def test_an_incomplete_checkpoint_is_refused(corpus: CorpusFile, tmp_path: Path, spoil: str) -> None:
    train(make_run(), corpus, tmp_path)
    weights = tmp_path / "best" / "model.safetensors"
    if spoil == "truncate":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif spoil == "remove":
        weights.unlink()
    else:
        (tmp_path / "best" / "manifest.json").unlink()
    with pytest.raises(CheckpointUnusable, match="train"):
        load_checkpoint(tmp_path / "best")


def test_a_resumed_state_of_another_model_is_refused(corpus: CorpusFile, tmp_path: Path) -> None:
    train(make_run(), corpus, tmp_path)
    save_file({"other": torch.zeros(2)}, tmp_path / "last" / "trainable.safetensors")
    with pytest.raises(CheckpointUnusable, match="remove the folder"):
        train(make_run(), corpus, tmp_path)


def test_the_rate_rises_and_falls_in_straight_lines() -> None:
    section = make_run(learning_rate=0.1).optimiser
    assert [learning_rate(s, 24, section) for s in (0, 2, 4, 14, 23)] == pytest.approx(
        [0, 0.05, 0.1, 0.05, 0.005]
    )


def test_decay_spares_biases_and_norms(corpus: CorpusFile) -> None:
    model = prepare(make_run(), corpus).backbone.model
    matrices, vectors = make_optimiser(model, make_run().optimiser).param_groups
    assert matrices["weight_decay"] == 0.01
    assert vectors["weight_decay"] == 0.0
    assert all(p.ndim >= 2 for p in matrices["params"])
    assert all(p.ndim < 2 for p in vectors["params"])


def test_every_run_file_of_the_project_is_understood_and_commented() -> None:
    files = sorted((Path(training.__file__).parents[1] / "runs").glob("*.toml"))
    assert files
    for path in files:
        text = path.read_text()
        assert parse_run(text, name=path.name).name == path.stem
        for line in text.splitlines():
            assert not line or line.startswith(("#", "[")) or "#" in line, (
                f"{path.name}: {line!r} has no comment"
            )
