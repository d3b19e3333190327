"""Strategies that are text and not tokens: how likely each is, and drawing one.

An instruction model writes "[Question]" in several tokens; the eight texts are compared as wholes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from transformers import PreTrainedModel

from corpus.labels import STRATEGIES
from modeling.domain.runfile import DecodingSection
from modeling.neural.encoding import Codec, Example
from modeling.neural.likelihood import likelihoods
from modeling.neural.sampling import nucleus, pick


def strategy_logprobs(
    model: PreTrainedModel, codec: Codec, sources: Sequence[Sequence[int]], *, pad: int, batch_size: int
) -> list[tuple[float, ...]]:
    """Return for each context the log probabilities of the eight strategies, made to sum to one."""
    prefixes = [tuple(codec.strategy(strategy)) for strategy in STRATEGIES]
    examples = [
        Example(source=tuple(source), target=prefix, prefix=len(prefix), strategy=-1)
        for source in sources
        for prefix in prefixes
    ]
    found = likelihoods(model, examples, strategy_ids=(), pad=pad, batch_size=batch_size)
    scores = torch.tensor([-f.strategy_nll for f in found], dtype=torch.float64).view(
        len(sources), len(STRATEGIES)
    )
    return [tuple(row) for row in scores.log_softmax(dim=1).tolist()]


def draw_strategy(logprobs: Sequence[float], *, decoding: DecodingSection, seed: Sequence[int]) -> int:
    """Draw one of the eight as the sampler would, with the row's own seed."""
    logits = torch.tensor([logprobs], dtype=torch.float32) / decoding.strategy_temperature
    best, order = logits.sort(dim=1, descending=True)
    draw = torch.tensor([np.random.default_rng([2, *seed]).random()], dtype=torch.float32)
    return int(order.gather(1, pick(nucleus(best, decoding.strategy_top_p), draw)))
