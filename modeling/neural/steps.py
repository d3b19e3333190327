"""One optimiser step, in as many parts as devices and memory ask for.

Every token of a batch weighs the same, however it is divided; the dropout of a step follows from the seed and the
step's number alone.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from modeling.domain.runfile import OptimiserSection
from modeling.neural.batching import IGNORED, Batch, collate
from modeling.neural.encoding import Example
from modeling.neural.setup import Prepared


@dataclass
class Engine:
    """What a step works with."""

    prepared: Prepared
    accelerator: Accelerator
    loss: nn.Module
    """A `ResponseLoss`, wrapped by Accelerate."""
    optimiser: torch.optim.Optimizer


def make_optimiser(model: nn.Module, section: OptimiserSection) -> torch.optim.AdamW:
    """Return AdamW over the trainable weights; decay applies to matrices only."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trainable if p.ndim >= 2], "weight_decay": section.weight_decay},
        {"params": [p for p in trainable if p.ndim < 2], "weight_decay": 0.0},
    ]
    filled = [group for group in groups if group["params"]]
    return torch.optim.AdamW(filled, lr=section.learning_rate, eps=section.epsilon, fused=True)


def learning_rate(step: int, total: int, section: OptimiserSection) -> float:
    """Return the rate of step 0..total-1: linear up over the warm-up, then linear down to 0 at `total`."""
    if step < section.warmup_steps:
        return section.learning_rate * step / section.warmup_steps
    return section.learning_rate * max(0.0, (total - step) / max(1, total - section.warmup_steps))


@dataclass
class StepResult:
    """What one step says of itself; tensors stay on the device until they are printed."""

    loss: Tensor
    """Mean over the batch's tokens, in nats."""
    gradient_norm: Tensor
    tokens: int


@dataclass
class Window:
    """The steps since the last line of the log."""

    results: list[StepResult] = field(default_factory=list)
    examples: int = 0
    started: float = field(default_factory=time.monotonic)

    def add(self, result: StepResult, examples: int) -> None:
        """Count one step."""
        self.results.append(result)
        self.examples += examples


def take_step(engine: Engine, examples: Sequence[Example], *, step: int, total: int) -> StepResult:
    """Take optimiser step `step` of `total` on a batch.

    Gradients are those of the mean over all the batch's tokens: each part adds its sum over the common count.
    """
    accelerator, run = engine.accelerator, engine.prepared.run
    seed_dropout(run.seed, step, accelerator.process_index)
    rate = learning_rate(step, total, run.optimiser)
    for group in engine.optimiser.param_groups:
        group["lr"] = rate
    tokens = sum(len(example.target) for example in examples)
    parts = list(split_batch(engine, examples))
    loss = torch.zeros((), device=accelerator.device)
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        with nullcontext() if last else accelerator.no_sync(engine.loss):
            part_loss = engine.loss(part) / tokens
            # Devices average their gradients; their sum is wanted.
            accelerator.backward(part_loss * accelerator.num_processes)
        loss += part_loss.detach()
    norm = accelerator.clip_grad_norm_(engine.loss.parameters(), run.optimiser.clip_norm)
    engine.optimiser.step()
    engine.optimiser.zero_grad(set_to_none=True)
    return StepResult(loss=accelerator.reduce(loss), gradient_norm=torch.as_tensor(norm), tokens=tokens)


def split_batch(engine: Engine, examples: Sequence[Example]) -> list[Batch]:
    """Return this device's share of the batch in parts of at most `micro_batch_size`.

    Every device has as many parts: where pieces run out, a piece without labels stands in and adds nothing.
    """
    accelerator, size = engine.accelerator, engine.prepared.run.training.micro_batch_size
    mine = list(examples[accelerator.process_index :: accelerator.num_processes])
    parts = math.ceil(math.ceil(len(examples) / accelerator.num_processes) / size)
    batches = []
    for part in range(parts):
        chosen = mine[part * size : (part + 1) * size]
        batch = collate_for(engine.prepared, chosen or [examples[0]])
        if not chosen:
            batch.labels.fill_(IGNORED)
        batches.append(batch.to(accelerator.device))
    return batches


def collate_for(prepared: Prepared, examples: Sequence[Example]) -> Batch:
    """Pad examples for the run's backbone."""
    backbone = prepared.backbone
    return collate(
        examples,
        encoder_decoder=backbone.encoder_decoder,
        pad=backbone.tokenizer.pad_token_id,
        start=getattr(backbone.model.config, "decoder_start_token_id", None),
        # Tensor cores want multiples of eight; elsewhere it would only be padding.
        multiple=8 if backbone.model.device.type == "cuda" else 1,
    )


def seed_dropout(seed: int, step: int, process: int) -> None:
    """Seed torch for one step, so that its dropout does not depend on what came before."""
    torch.manual_seed((seed * 1_000_003 + step) * 1_009 + process)
