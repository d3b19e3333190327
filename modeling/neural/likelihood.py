"""How likely a model finds responses: the loss of training and the perplexity of evaluation.

B is pieces, T tokens of target, N real labels of a batch, V the vocabulary.
Source: Liu et al. 2021, §6.1; the perplexity's definition is `modeling.domain.perplexity`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedModel

from modeling.neural.batching import IGNORED, Batch, bucket, collate
from modeling.neural.encoding import Example


class ResponseLoss(nn.Module):
    """The summed negative log-likelihood of a batch's targets, strategy and end token included."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: Batch) -> Tensor:
        """Return the sum over the batch's real labels, a scalar in nats."""
        logits, labels = response_logits(self.model, batch)
        return functional.cross_entropy(logits.float(), labels, reduction="sum")


def response_logits(model: PreTrainedModel, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the logits (N, V) and ids (N,) of the batch's real labels, row by row.

    The vocabulary is the largest matrix by far, so it multiplies real labels only, never padding.
    """
    real = batch.labels != IGNORED  # (B, T)
    if not batch.encoder_decoder:
        length = batch.labels.shape[1]
        # Targets end where the input ends, and each logit is about the next token.
        out = model(**batch.inputs, use_cache=False, logits_to_keep=length + 1)
        return out.logits[:, :-1][real], batch.labels[real]
    if model.config.model_type != "blenderbot-small":
        return model(**batch.inputs, use_cache=False).logits[real], batch.labels[real]
    hidden = model.model(**batch.inputs, use_cache=False).last_hidden_state  # (B, T, D)
    return model.lm_head(hidden[real]) + model.final_logits_bias, batch.labels[real]


@dataclass(frozen=True, slots=True)
class PieceLikelihood:
    """What a model thinks of one piece's gold response."""

    nll: float
    """Of the response and its end, in nats, the strategy left out and its tokens impossible."""
    tokens: int
    strategy_nll: float
    """Of the gold strategy's ids under the whole vocabulary, in nats; 0 without strategies."""
    strategy_logprobs: tuple[float, ...]
    """Log probabilities of the eight, made to sum to one; empty where strategies are not single tokens."""
    strategy_mass: float
    """How much of the first position's probability is on the eight tokens; 0 without them."""


@torch.inference_mode()
def likelihoods(
    model: PreTrainedModel,
    examples: Sequence[Example],
    *,
    strategy_ids: Sequence[int],
    pad: int,
    batch_size: int,
) -> list[PieceLikelihood]:
    """Return the likelihood of each example, in the order given.

    The model is switched to evaluation for the while. Neighbours in a batch change nothing but rounding.
    """
    was_training = model.training
    model.eval()  # type: ignore[no-untyped-call]
    order = sorted(range(len(examples)), key=lambda i: bucket(examples[i]))
    found: dict[int, PieceLikelihood] = {}
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        batch = collate(
            [examples[i] for i in chosen],
            encoder_decoder=bool(model.config.is_encoder_decoder),
            pad=pad,
            start=getattr(model.config, "decoder_start_token_id", None),
        ).to(model.device)
        found.update(zip(chosen, _batch_likelihoods(model, batch, strategy_ids), strict=True))
    model.train(was_training)
    return [found[i] for i in range(len(examples))]


def _batch_likelihoods(
    model: PreTrainedModel, batch: Batch, strategy_ids: Sequence[int]
) -> list[PieceLikelihood]:
    logits, labels = response_logits(model, batch)
    logits = logits.float()
    real = batch.labels != IGNORED
    rows = real.nonzero()[:, 0]  # (N,) which piece each label is of
    prefix = batch.prefix[real]
    pieces = len(batch.labels)
    strategy_nll = functional.cross_entropy(logits[prefix], labels[prefix], reduction="none")
    response = logits[~prefix]
    if strategy_ids:
        # A response holds no strategy token: without them, variants with and without strategies compare.
        response[:, list(strategy_ids)] = float("-inf")
    nll = functional.cross_entropy(response, labels[~prefix], reduction="none")
    sums = _sum_by(rows[~prefix], nll, pieces)
    tokens = _sum_by(rows[~prefix], torch.ones_like(nll), pieces)
    strategy_sums = _sum_by(rows[prefix], strategy_nll, pieces)
    choices, mass = _strategy_choices(logits[prefix], rows[prefix], strategy_ids, pieces)
    return [
        PieceLikelihood(
            nll=sums[i], tokens=round(tokens[i]), strategy_nll=strategy_sums[i],
            strategy_logprobs=choices[i], strategy_mass=mass[i],
        )
        for i in range(pieces)
    ]  # fmt: skip


def _strategy_choices(
    logits: Tensor, rows: Tensor, strategy_ids: Sequence[int], pieces: int
) -> tuple[list[tuple[float, ...]], list[float]]:
    choices: list[tuple[float, ...]] = [()] * pieces
    mass = [0.0] * pieces
    if strategy_ids:
        eight = logits[:, list(strategy_ids)]  # (M, 8), M pieces with a strategy
        shares = (eight.logsumexp(dim=1) - logits.logsumexp(dim=1)).exp()
        for row, logprobs, share in zip(
            rows.tolist(), eight.log_softmax(dim=1).tolist(), shares.tolist(), strict=True
        ):
            choices[row], mass[row] = tuple(logprobs), share
    return choices, mass


def _sum_by(rows: Tensor, values: Tensor, pieces: int) -> list[float]:
    # In float64: a corpus's sums then do not depend on the order of its batches.
    sums = torch.zeros(pieces, dtype=torch.float64, device=values.device).index_add(0, rows, values.double())
    result: list[float] = sums.tolist()
    return result
