"""What the two benchmarks of the model share: BlenderBot-small's exact architecture with random weights.

Speed does not depend on what the weights are, so nothing is downloaded. Lengths follow the published corpus.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from transformers import BlenderbotSmallConfig, BlenderbotSmallForConditionalGeneration
from transformers.utils import logging

from modeling.neural.backbones import Backbone
from modeling.neural.encoding import Example
from modeling.neural.mends import mend

logging.set_verbosity_error()  # the plain way's settings draw a warning a call

VOCABULARY = 54_944
STRATEGY_IDS = tuple(range(VOCABULARY, VOCABULARY + 8))
PAD, START, END = 0, 1, 2


def make_backbone(*, seed: int = 0, dropout: float = 0.1) -> Backbone:
    """Return the model of 87.5 million parameters, strategy tokens included."""
    torch.manual_seed(seed)
    config = BlenderbotSmallConfig(
        vocab_size=VOCABULARY + 8, d_model=512, encoder_layers=8, decoder_layers=8, encoder_attention_heads=16,
        decoder_attention_heads=16, encoder_ffn_dim=2048, decoder_ffn_dim=2048, max_position_embeddings=512,
        scale_embedding=True, dropout=dropout, pad_token_id=PAD, bos_token_id=START, eos_token_id=END,
        decoder_start_token_id=START,
    )  # fmt: skip
    model = mend(BlenderbotSmallForConditionalGeneration(config)).eval()
    tokenizer: Any = SimpleNamespace(eos_token_id=END, pad_token_id=PAD)
    return Backbone(model=model, tokenizer=tokenizer, strategy_ids=STRATEGY_IDS)


def make_examples(count: int, *, seed: int = 0) -> list[Example]:
    """Return pieces of random ids whose lengths follow the published corpus in BlenderBot's tokens.

    Contexts: median 70, 95th percentile 156, at most 351. Targets with strategy and end: mean 23, 95th percentile 54.
    """
    rng = np.random.default_rng(seed)
    contexts = np.clip(np.exp(rng.normal(np.log(70), 0.487, count)), 8, 351).astype(int)
    targets = np.clip(np.exp(rng.normal(np.log(19.5), 0.619, count)), 4, 124).astype(int)
    return [
        Example(
            source=tuple(rng.integers(5, VOCABULARY, c).tolist()),
            target=(STRATEGY_IDS[int(rng.integers(8))], *rng.integers(5, VOCABULARY, t - 2).tolist(), END),
            prefix=1,
            strategy=0,
        )
        for c, t in zip(contexts, targets, strict=True)
    ]


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the processor time that `work` took; another process's load does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


def interleave(ways: dict[str, Callable[[], object]], *, rounds: int) -> dict[str, list[float]]:
    """Return each way's CPU seconds per round, the ways taking turns so that a slow minute hits all."""
    for work in ways.values():
        work()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            seconds[name].append(cpu_seconds(work))
    return seconds


def ratio(plain: Sequence[float], ours: Sequence[float], *, work: float = 1.0) -> tuple[float, float, float]:
    """Return the median, lowest and highest per-round speed-up; `work` is how much more ours did in a round."""
    each = sorted(work * p / o for p, o in zip(plain, ours, strict=True))
    return float(np.median(each)), each[0], each[-1]
