"""Responses: one decoding path for every variant, backbone and batch size.

Source: Liu et al. 2021, §6.2 and Appendix C.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from transformers import GenerationConfig, LogitsProcessorList

from modeling.domain.runfile import DecodingSection
from modeling.domain.variants import Variant
from modeling.neural.backbones import Backbone
from modeling.neural.encoding import Codec
from modeling.neural.sampling import RowChoice, StrategySampler


@dataclass(frozen=True, slots=True)
class Request:
    """One response to make."""

    source: tuple[int, ...]
    """The context's ids."""
    seed: tuple[int, ...]
    """Numbers that name this response, such as the run's seed, the conversation and the position."""
    strategy: int | None = None
    """Index of a given strategy (Oracle, Random); None for one that the model draws, and for Vanilla."""


@dataclass(frozen=True, slots=True)
class Response:
    """What the model says."""

    text: str
    strategy: int | None
    """Index in `STRATEGIES`; None for Vanilla."""
    tokens: int
    """Ids drawn, the end included, the strategy not."""
    finished: bool
    """Whether the model ended it; else the length limit did."""


@torch.inference_mode()
def respond(
    backbone: Backbone,
    codec: Codec,
    requests: Sequence[Request],
    *,
    decoding: DecodingSection,
) -> list[Response]:
    """Return a response for each request, decoded together.

    Requests of similar length waste least; see `respond_all` for many.
    """
    ids, mask = _pad_contexts(backbone, [request.source for request in requests])
    begins = bool(backbone.strategy_ids)
    end = int(backbone.tokenizer.eos_token_id)
    prompt_length = 1 if backbone.encoder_decoder else ids.shape[1]
    sampler = StrategySampler(
        [RowChoice(seed=request.seed, forced=request.strategy) for request in requests],
        decoding=decoding,
        strategy_ids=backbone.strategy_ids,
        begins_with_strategy=begins,
        prompt_length=prompt_length,
        end=end,
    )
    output = backbone.model.generate(  # type: ignore[operator]
        input_ids=ids,
        attention_mask=mask,
        generation_config=_limits(backbone, decoding.max_new_tokens + begins),
        logits_processor=LogitsProcessorList([sampler]),
    )
    rows: list[list[int]] = output[:, prompt_length:].tolist()
    return [_read(row, backbone, codec, end=end) for row in rows]


def respond_all(
    backbone: Backbone,
    codec: Codec,
    requests: Sequence[Request],
    *,
    decoding: DecodingSection,
    batch_size: int,
) -> list[Response]:
    """Return a response for each request, in batches of similar context length, in the order given."""
    order = sorted(range(len(requests)), key=lambda i: len(requests[i].source))
    responses: dict[int, Response] = {}
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        batch = respond(backbone, codec, [requests[i] for i in chosen], decoding=decoding)
        responses.update(zip(chosen, batch, strict=True))
    return [responses[i] for i in range(len(requests))]


def choose_strategies(
    variant: Variant,
    *,
    gold: Sequence[int],
    proportions: Sequence[float] | None,
    seeds: Sequence[Sequence[int]],
) -> list[int | None]:
    """Return the strategy that each row is given, or None where the model draws it or there is none.

    Random draws from `proportions`, the training part's, with the row's own seed.
    """
    if variant is Variant.ORACLE:
        return list(gold)
    if variant is Variant.RANDOM:
        assert proportions is not None
        # A number at the front keeps this draw apart from those of the row's tokens.
        rngs = [np.random.default_rng([1, *seed]) for seed in seeds]
        return [int(rng.choice(len(proportions), p=np.asarray(proportions))) for rng in rngs]
    return [None] * len(gold)


def _limits(backbone: Backbone, new_tokens: int) -> GenerationConfig:
    """Return the model's written-out settings with a length limit; sampling is the processor's."""
    # The model's own config has every field set (`modeling.neural.mends`), so the library fills in none.
    config = GenerationConfig(**backbone.model.generation_config.to_dict())  # type: ignore[no-untyped-call]
    config.max_new_tokens = new_tokens
    return config


def _pad_contexts(backbone: Backbone, sources: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Return ids and mask (B, S), padded on the right for an encoder and on the left for a causal model."""
    width, pad = max(len(source) for source in sources), int(backbone.tokenizer.pad_token_id)
    ids = torch.full((len(sources), width), pad)
    mask = torch.zeros((len(sources), width), dtype=torch.long)
    for row, source in enumerate(sources):
        place = slice(0, len(source)) if backbone.encoder_decoder else slice(width - len(source), width)
        ids[row, place] = torch.tensor(source)
        mask[row, place] = 1
    device = backbone.model.device
    return ids.to(device), mask.to(device)


def _read(row: Sequence[int], backbone: Backbone, codec: Codec, *, end: int) -> Response:
    strategy = None
    if backbone.strategy_ids:
        # Read before decoding: the tokenizer drops special tokens from the text.
        strategy, row = backbone.strategy_ids.index(row[0]), row[1:]
    finished = end in row
    said = row[: row.index(end)] if finished else row
    return Response(
        text=codec.decode(said), strategy=strategy, tokens=len(said) + finished, finished=finished
    )
