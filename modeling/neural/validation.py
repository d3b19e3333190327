"""Validation: the figures that choose a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from accelerate import Accelerator

from modeling.domain.perplexity import perplexity
from modeling.neural.likelihood import likelihoods
from modeling.neural.setup import Prepared

BATCH_SIZE = 32
"""Pieces at a time; changes speed, not figures."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What the validation part says of a model."""

    perplexity: float
    """Token-weighted, strategy excluded, end included; the choice is by this (Appendix C)."""
    strategy_nll: float | None
    """Mean over pieces of the gold strategy's NLL among the eight, in nats; None without strategy tokens."""
    strategy_accuracy: float | None
    """Share of pieces whose most likely strategy is the gold one; None without strategy tokens."""

    def columns(self) -> dict[str, float | None]:
        """Return the log's columns."""
        return {
            "valid_perplexity": self.perplexity,
            "valid_strategy_nll": self.strategy_nll,
            "valid_strategy_accuracy": self.strategy_accuracy,
        }


def validate(prepared: Prepared, accelerator: Accelerator) -> Validation:
    """Measure the model on the validation part; every process measures its share and knows the whole."""
    share = prepared.valid[accelerator.process_index :: accelerator.num_processes]
    sums = np.zeros(5)  # NLL, tokens, strategy NLL, hits, pieces with a choice
    if share:
        found = likelihoods(
            prepared.backbone.model,
            share,
            strategy_ids=prepared.backbone.strategy_ids,
            pad=prepared.backbone.tokenizer.pad_token_id,
            batch_size=BATCH_SIZE,
        )
        for example, piece in zip(share, found, strict=True):
            sums[:2] += piece.nll, piece.tokens
            if piece.strategy_logprobs:
                chosen = int(np.argmax(piece.strategy_logprobs))
                sums[2:] += -piece.strategy_logprobs[example.strategy], chosen == example.strategy, 1
    # Apple devices know no float64.
    total = accelerator.reduce(torch.tensor(sums, device=accelerator.device, dtype=_sum_type(accelerator)))
    nll, tokens, strategy_nll, hits, pieces = (float(value) for value in total)
    return Validation(
        perplexity=float(perplexity(np.array([nll, tokens]))),
        strategy_nll=strategy_nll / pieces if pieces else None,
        strategy_accuracy=hits / pieces if pieces else None,
    )


def _sum_type(accelerator: Accelerator) -> torch.dtype:
    return torch.float32 if accelerator.device.type == "mps" else torch.float64
