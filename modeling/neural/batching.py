"""Batches: which pieces go together, and how they are padded.

B is pieces, S tokens of context, T tokens of target.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from modeling.neural.encoding import Example

IGNORED = -100
"""The label that counts nowhere."""

POOL_BATCHES = 100
"""Batches that are sorted by length together; more gives less padding and a less random order."""


@dataclass(frozen=True)
class Batch:
    """Padded pieces on a device."""

    inputs: dict[str, Tensor]
    """Arguments of the model's forward."""
    labels: Tensor
    """(B, T) target ids, IGNORED beyond each target's end (encoder-decoder) or before its start (causal)."""
    prefix: Tensor
    """(B, T) True where the label is the strategy's."""
    encoder_decoder: bool

    def to(self, device: torch.device) -> Batch:
        """Return the batch on another device."""
        return Batch(
            inputs={name: tensor.to(device) for name, tensor in self.inputs.items()},
            labels=self.labels.to(device),
            prefix=self.prefix.to(device),
            encoder_decoder=self.encoder_decoder,
        )


def collate(
    examples: Sequence[Example],
    *,
    encoder_decoder: bool,
    pad: int,
    start: int | None = None,
    multiple: int = 1,
) -> Batch:
    """Pad pieces to the longest, or to the next multiple of `multiple` tokens.

    An encoder-decoder's sides are padded on the right. A causal model's input, context and target together, is padded
    on the left with explicit positions, so that a piece's numbers do not depend on its neighbours.
    `start` is the decoder's first token (encoder-decoder only).
    """
    if encoder_decoder:
        assert start is not None
        return _collate_pair(examples, pad=pad, start=start, multiple=multiple)
    return _collate_causal(examples, pad=pad, multiple=multiple)


def _collate_pair(examples: Sequence[Example], *, pad: int, start: int, multiple: int) -> Batch:
    width = _round_up(max(len(e.source) for e in examples), multiple)
    length = _round_up(max(len(e.target) for e in examples), multiple)
    source = torch.tensor([[*e.source, *[pad] * (width - len(e.source))] for e in examples])  # (B, S)
    labels = torch.tensor([[*e.target, *[IGNORED] * (length - len(e.target))] for e in examples])  # (B, T)
    decoder = labels.roll(1, dims=1).masked_fill(labels.roll(1, dims=1) == IGNORED, pad)
    decoder[:, 0] = start
    return Batch(
        inputs={
            "input_ids": source,
            "attention_mask": _mask([len(e.source) for e in examples], width, left=False),
            "decoder_input_ids": decoder,
        },
        labels=labels,
        prefix=_mask([e.prefix for e in examples], length, left=False).bool(),
        encoder_decoder=True,
    )


def _collate_causal(examples: Sequence[Example], *, pad: int, multiple: int) -> Batch:
    lengths = [len(e.source) + len(e.target) for e in examples]
    width = _round_up(max(lengths), multiple)
    target = max(len(e.target) for e in examples)
    ids = [[*[pad] * (width - n), *e.source, *e.target] for e, n in zip(examples, lengths, strict=True)]
    mask = _mask(lengths, width, left=True)
    labels = [[*[IGNORED] * (target - len(e.target)), *e.target] for e in examples]
    prefix = [
        [*[0] * (target - len(e.target)), *[1] * e.prefix, *[0] * (len(e.target) - e.prefix)]
        for e in examples
    ]
    return Batch(
        inputs={
            "input_ids": torch.tensor(ids),  # (B, S + T)
            "attention_mask": mask,
            "position_ids": (mask.cumsum(dim=1) - 1).clamp(min=0),
        },
        labels=torch.tensor(labels),
        prefix=torch.tensor(prefix).bool(),
        encoder_decoder=False,
    )


def _mask(lengths: Sequence[int], width: int, *, left: bool) -> Tensor:
    """Return (B, width) of ones where there are tokens; `left` puts the padding first."""
    places = torch.arange(width).expand(len(lengths), width)
    counts = torch.tensor(lengths).unsqueeze(1)
    return (places >= width - counts if left else places < counts).long()


def _round_up(length: int, multiple: int) -> int:
    return -(-length // multiple) * multiple


def order_batches(
    examples: Sequence[Example], *, batch_size: int, batching: str, seed: int, epoch: int
) -> list[list[int]]:
    """Return one epoch's batches as indices into `examples`; every piece is in exactly one.

    The order depends on `seed` and `epoch` alone, so that a resumed run continues in it. `buckets` sorts each pool of
    batches by context and then response length: sorted by their sum, half of the decoder's work would be padding.
    """
    rng = random.Random(f"{seed}/{epoch}")  # noqa: S311 - a reproducible order, not a secret
    order = list(range(len(examples)))
    rng.shuffle(order)
    if batching == "shuffled":
        return _chunks(order, batch_size)
    pool = batch_size * POOL_BATCHES
    batches = [
        batch
        for chunk in _chunks(order, pool)
        for batch in _chunks(sorted(chunk, key=lambda i: bucket(examples[i])), batch_size)
    ]
    rng.shuffle(batches)
    return batches


def bucket(example: Example) -> tuple[int, int]:
    """Return the key that puts pieces of similar size side by side."""
    return (len(example.source) // 16, len(example.target))


def _chunks(items: list[int], size: int) -> list[list[int]]:
    return [items[i : i + size] for i in range(0, len(items), size)]
