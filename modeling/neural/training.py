"""Fine-tuning: setup, main, fit, validate.

One optimiser step is one batch of the run file, however many devices share it and however small the part that fits
on one: every token of the batch weighs the same. The data's order and the dropout of a step follow from the seed and
the step's number, so a run that was killed ends with the weights of one that was not.
Source: Liu et al. 2021, §6.1 and Appendix C.
"""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor

from modeling.corpus_file import CorpusFile
from modeling.domain.runfile import Run, run_from_dict
from modeling.errors import CheckpointUnusable, LossNotFinite
from modeling.files import write_json
from modeling.neural.batching import order_batches
from modeling.neural.checkpoints import (
    MANIFEST,
    load_training_state,
    read_manifest,
    recover,
    replaced_folder,
    save_model,
    save_training_state,
)
from modeling.neural.devices import memory_said, resolve_precision
from modeling.neural.likelihood import ResponseLoss
from modeling.neural.setup import Prepared, prepare
from modeling.neural.steps import Engine, Window, learning_rate, make_optimiser, take_step
from modeling.neural.validation import Validation, validate
from modeling.reports.log import TrainingLog
from modeling.reports.progress import Reporter

BEST = "best"
LAST = "last"
LOG_EVERY_STEPS = 10


@dataclass
class Progress:
    """Where a run is; saved with the weights."""

    epoch: int = 0
    batch: int = 0
    """Batches of the epoch that are done."""
    step: int = 0
    """Optimiser steps done."""
    best_perplexity: float | None = None
    best_step: int = 0
    validated_step: int = -1
    """The step at which the last validation was made."""
    seconds: float = 0.0
    """Time spent training, over all its starts."""
    finished: bool = False


@dataclass
class Training:
    """Everything `fit` works with."""

    engine: Engine
    out: Path
    log: TrainingLog
    reporter: Reporter
    progress: Progress = field(default_factory=Progress)

    @property
    def prepared(self) -> Prepared:
        """Data and backbone."""
        return self.engine.prepared

    @property
    def accelerator(self) -> Accelerator:
        """The devices."""
        return self.engine.accelerator

    @property
    def run(self) -> Run:
        """The run file."""
        return self.prepared.run


def train(run: Run, corpus: CorpusFile, out: Path, *, reporter: Reporter | None = None) -> Progress:
    """Train, or go on where a killed run of the same settings stopped; return the final progress.

    `out` gets `best/` (the checkpoint of lowest validation perplexity), `last/` (what a resumed run needs),
    `log.csv` and `loss.svg`.

    Raises:
        ModelingError: the corpus, the run, the backbone, the disk or the memory does not allow it; `best/` stays.
    """
    reporter = reporter or Reporter(quiet=True)
    training = setup(run, corpus, out, reporter=reporter)
    with reporter, memory_said(run.training.micro_batch_size, setting="micro_batch_size in the run file"):
        fit(training)
    return training.progress


def setup(run: Run, corpus: CorpusFile, out: Path, *, reporter: Reporter) -> Training:
    """Prepare data, backbone, optimiser and devices, and resume where there is something to resume."""
    check_out(out, run, corpus)
    accelerator = Accelerator(mixed_precision=resolve_precision(run.training.precision))
    reporter.quiet |= not accelerator.is_main_process
    prepared = prepare(run, corpus)
    prepared.backbone.model.train()
    optimiser = make_optimiser(prepared.backbone.model, run.optimiser)
    loss, prepared_optimiser = accelerator.prepare(ResponseLoss(prepared.backbone.model), optimiser)
    training = Training(
        engine=Engine(prepared=prepared, accelerator=accelerator, loss=loss, optimiser=prepared_optimiser),
        out=out,
        log=TrainingLog(out / "log.csv"),
        reporter=reporter,
    )
    resume(training)
    return training


def check_out(out: Path, run: Run, corpus: CorpusFile) -> None:
    """Check that `out` is empty or holds this very run.

    Raises:
        CheckpointUnusable: it holds another run, or this run of another corpus.
    """
    for name in (LAST, BEST):
        recover(out / name)
        if (out / name / MANIFEST).exists():
            manifest = read_manifest(out / name)
            if run_from_dict(manifest["run"]) != run or manifest["corpus"]["sha256"] != corpus.sha256:
                raise CheckpointUnusable(
                    f"{out} holds a run of other settings or another corpus; choose another --out, or remove it."
                )


def fit(training: Training) -> None:
    """Train through every epoch, validating, logging and saving on the way."""
    run, progress = training.run, training.progress
    if progress.finished:
        return
    total = steps_per_epoch(training) * run.training.epochs
    training.reporter.start(total=total, done=progress.step)
    started = time.monotonic() - progress.seconds
    while progress.epoch < run.training.epochs:
        fit_epoch(training, total=total, started=started)
        progress.epoch, progress.batch = progress.epoch + 1, 0
        if progress.validated_step != progress.step:
            validate_and_save(training)
    if not run.training.epochs:
        validate_and_save(training)  # "without fine-tuning": the backbone as it is
    progress.finished = True
    save_last(training)
    if training.accelerator.is_main_process:
        training.log.draw(training.out / "loss.svg")


def steps_per_epoch(training: Training) -> int:
    """Return the optimiser steps of one epoch."""
    return math.ceil(len(training.prepared.train) / training.run.training.batch_size)


def fit_epoch(training: Training, *, total: int, started: float) -> None:
    """Train through what is left of the epoch."""
    settings, progress = training.run.training, training.progress
    batches = order_batches(
        training.prepared.train,
        batch_size=settings.batch_size,
        batching=settings.batching,
        seed=training.run.seed,
        epoch=progress.epoch,
    )
    window = Window()
    for chosen in batches[progress.batch :]:
        examples = [training.prepared.train[i] for i in chosen]
        window.add(take_step(training.engine, examples, step=progress.step, total=total), len(chosen))
        progress.batch, progress.step = progress.batch + 1, progress.step + 1
        progress.seconds = time.monotonic() - started
        last = progress.batch == len(batches)
        if progress.step % LOG_EVERY_STEPS == 0 or last:
            report(training, window, total=total)
            window = Window()
        # An epoch's end is validated by `fit`, after the epoch has been counted.
        if settings.validate_every_steps and progress.step % settings.validate_every_steps == 0 and not last:
            validate_and_save(training)
        elif settings.save_every_steps and progress.step % settings.save_every_steps == 0 and not last:
            save_last(training)


def report(training: Training, window: Window, *, total: int) -> None:
    """Write the window's line to the log and the screen.

    Raises:
        LossNotFinite: the loss is NaN or infinite.
    """
    progress = training.progress
    loss = float(torch.stack([r.loss for r in window.results]).mean())
    norm = float(window.results[-1].gradient_norm)
    if not (math.isfinite(loss) and math.isfinite(norm)):
        raise LossNotFinite(
            f"The loss is {loss} at step {progress.step}. The checkpoint in {training.out / BEST} is from before, if "
            "there is one. Lower learning_rate or raise warmup_steps in the run file, and start in another --out."
        )
    seconds = max(time.monotonic() - window.started, 1e-9)
    line = {
        "step": progress.step,
        "epoch": round(progress.epoch + progress.batch / steps_per_epoch(training), 4),
        "learning_rate": learning_rate(progress.step - 1, total, training.run.optimiser),
        "loss": loss,
        "gradient_norm": norm,
        "examples_per_second": window.examples / seconds,
        "tokens_per_second": sum(r.tokens for r in window.results) / seconds,
    }
    if training.accelerator.is_main_process:
        training.log.write(line)
    training.reporter.step(progress.step, loss=loss, examples_per_second=line["examples_per_second"])


def validate_and_save(training: Training) -> None:
    """Validate, keep the checkpoint if it is the best so far, and save what a resumed run needs."""
    progress = training.progress
    result = validate(training.prepared, training.accelerator)
    check_finite(result, training)
    progress.validated_step = progress.step
    better = progress.best_perplexity is None or result.perplexity < progress.best_perplexity
    if better:
        progress.best_perplexity, progress.best_step = result.perplexity, progress.step
    if training.accelerator.is_main_process:
        training.log.write({"step": progress.step, "epoch": float(progress.epoch), **result.columns()})
        if better:
            with replaced_folder(training.out / BEST) as folder:
                save_model(training.prepared.backbone, folder, manifest=manifest_of(training, result))
    training.reporter.validated(progress.step, result, better=better)
    save_last(training)


def check_finite(result: Validation, training: Training) -> None:
    """Check a validation before anything is saved.

    Raises:
        LossNotFinite: the weights give no finite perplexity.
    """
    if not math.isfinite(result.perplexity):
        raise LossNotFinite(
            f"The validation perplexity is {result.perplexity} at step {training.progress.step}; nothing was saved over "
            f"{training.out / BEST}. Lower learning_rate in the run file and start in another --out."
        )


def manifest_of(training: Training, result: Validation) -> dict[str, Any]:
    """Return the manifest of the checkpoint just validated."""
    return {**training.prepared.manifest, "step": training.progress.step, "validation": asdict(result)}


def save_last(training: Training) -> None:
    """Write what a resumed run needs; on one process only."""
    training.accelerator.wait_for_everyone()
    if not training.accelerator.is_main_process:
        return
    weights = {n: p for n, p in training.prepared.backbone.model.named_parameters() if p.requires_grad}
    training.log.flush()
    with replaced_folder(training.out / LAST) as folder:
        save_training_state(
            folder, weights=weights, optimiser=training.engine.optimiser, progress=asdict(training.progress)
        )
        write_json(folder / MANIFEST, training.prepared.manifest)


def resume(training: Training) -> None:
    """Put weights, moments and progress back where `last/` has them."""
    folder = training.out / LAST
    if not folder.exists():
        # A run that was stopped before its first state begins anew, and so does its log.
        training.log.rewind(0)
        return
    parameters = {n: p for n, p in training.prepared.backbone.model.named_parameters() if p.requires_grad}

    def load_weights(stored: dict[str, Tensor]) -> None:
        if stored.keys() != parameters.keys():
            raise KeyError("weights of another model")
        with torch.no_grad():
            for name, tensor in stored.items():
                parameters[name].copy_(tensor)

    if read_manifest(folder)["vocabulary"] != training.prepared.manifest["vocabulary"]:
        raise CheckpointUnusable(
            f"{training.out} was begun with another vocabulary than the backbone has now; put the backbone back as it "
            "was, or choose another --out."
        )
    training.progress = Progress(
        **load_training_state(folder, load_weights=load_weights, optimiser=training.engine.optimiser)
    )
    training.log.rewind(training.progress.step)
