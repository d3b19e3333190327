"""Training: length buckets, the vocabulary on real labels only and a fused optimiser, against the plain way.

    python -m bench.training [--rounds 3] [--json OUT]

The plain way is what most scripts on this task do: shuffled batches padded to their longest piece, logits for every
padded position, a foreach optimiser. Same architecture, weights, pieces and batch size; each way its own batching of
the same 1,600 pieces, a few batches of which are timed in each round. One thread; CPU seconds.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from bench.blender import PAD, START, interleave, make_backbone, make_examples, ratio
from modeling.neural.backbones import Backbone
from modeling.neural.batching import IGNORED, collate, order_batches
from modeling.neural.encoding import Example
from modeling.neural.likelihood import ResponseLoss

BATCH = 16
POOL = 1600
"""Pieces that both ways draw their batches from."""


def plain_step(backbone: Backbone, optimiser: torch.optim.Optimizer, examples: Sequence[Example]) -> None:
    """Take a step as a plain script does."""
    model = backbone.model
    batch = collate(examples, encoder_decoder=True, pad=PAD, start=START)
    logits = model(**batch.inputs, use_cache=False).logits  # (B, T, V), padding included
    loss = functional.cross_entropy(logits.flatten(0, 1), batch.labels.flatten(), ignore_index=IGNORED)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad()


def our_step(backbone: Backbone, optimiser: torch.optim.Optimizer, examples: Sequence[Example]) -> None:
    """Take a step as `modeling.neural.steps` does on one device."""
    batch = collate(examples, encoder_decoder=True, pad=PAD, start=START)
    loss = ResponseLoss(backbone.model)(batch) / sum(len(example.target) for example in examples)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(backbone.model.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)


class Way:
    """A way to train: a model of its own and batches that go on from round to round."""

    def __init__(
        self,
        step: Callable[[Backbone, torch.optim.Optimizer, Sequence[Example]], None],
        *,
        batching: str,
        fused: bool,
        steps: int,
    ) -> None:
        self.backbone = make_backbone()
        self.backbone.model.train()
        self._step, self._steps, self._next = step, steps, 0
        self._examples = make_examples(POOL)
        self._batches = order_batches(self._examples, batch_size=BATCH, batching=batching, seed=0, epoch=0)
        self._optimiser = torch.optim.AdamW(
            self.backbone.model.parameters(), lr=5e-5, fused=fused, foreach=not fused
        )
        self.tokens: list[int] = []
        """Real tokens, of contexts and targets, in each round."""

    def __call__(self) -> None:
        """Train on the next few batches."""
        tokens = 0
        for _ in range(self._steps):
            chosen = [self._examples[i] for i in self._batches[self._next % len(self._batches)]]
            self._next += 1
            tokens += sum(len(e.source) + len(e.target) for e in chosen)
            self._step(self.backbone, self._optimiser, chosen)
        self.tokens.append(tokens)


def padding(batching: str) -> float:
    """Return the share of a whole pool's tokens that is padding."""
    examples = make_examples(POOL)
    batches = order_batches(examples, batch_size=BATCH, batching=batching, seed=0, epoch=0)
    padded = sum(
        len(b) * (max(len(examples[i].source) for i in b) + max(len(examples[i].target) for i in b))
        for b in batches
    )
    return 1 - sum(len(e.source) + len(e.target) for e in examples) / padded


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=6, help="optimiser steps a round (default: %(default)s)")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    ways = {
        "plain": Way(plain_step, batching="shuffled", fused=False, steps=arguments.steps),
        "ours": Way(our_step, batching="buckets", fused=True, steps=arguments.steps),
    }
    seconds = interleave(ways, rounds=arguments.rounds)
    # A round's batches differ in size between the ways: what counts is real tokens per second of processor time.
    rates = {
        name: [t / s for t, s in zip(way.tokens[1:], seconds[name], strict=True)]
        for name, way in ways.items()
    }
    mean_tokens = float(np.mean([len(e.source) + len(e.target) for e in make_examples(POOL)]))
    found: dict[str, object] = {}
    for name, rate in rates.items():
        middle, low, high = ratio(rate, rates["plain"])
        tokens = float(np.median(rate))
        batching = "shuffled" if name == "plain" else "buckets"
        found[name] = {
            "real_tokens_per_cpu_second": tokens, "examples_per_cpu_second": tokens / mean_tokens,
            "padding": padding(batching), "ratio": middle, "low": low, "high": high,
        }  # fmt: skip
        print(
            f"{name:<6}{tokens:8.1f} tokens/CPU-s  {tokens / mean_tokens:6.2f} examples/CPU-s  "
            f"padding {padding(batching):5.1%}   {middle:5.2f} x  [{low:.2f}, {high:.2f}]"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
