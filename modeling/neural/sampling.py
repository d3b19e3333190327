"""One logits processor draws every token of every variant.

It does in one pass what the library's chain of processors does in five, and sorts the 30 best logits and not the
whole vocabulary. Each row draws from its own seeded stream, so a response does not depend on its neighbours.
B is rows, V the vocabulary, K the tokens kept by top-k.
Source: Liu et al. 2021, Appendix C: strategy tokens only at the first position; top-k 30, top-p 0.9, temperature 0.7,
repetition penalty 1.03 after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from transformers import LogitsProcessor

from modeling.domain.runfile import DecodingSection

NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class RowChoice:
    """How one row's strategy comes about."""

    seed: Sequence[int]
    """Numbers that name the row; its draws follow from them alone."""
    forced: int | None = None
    """Index of the strategy that is given (Oracle, Random); None draws it (Joint)."""


class StrategySampler(LogitsProcessor):
    """Draws the strategy at the first position and ordinary tokens after it.

    It leaves one token possible for each row, so `generate` runs with `do_sample=False`.
    """

    def __init__(
        self,
        rows: Sequence[RowChoice],
        *,
        decoding: DecodingSection,
        strategy_ids: Sequence[int],
        begins_with_strategy: bool,
        prompt_length: int,
        end: int,
    ) -> None:
        """Prepare for one batch.

        `prompt_length` is how many ids stand before the response (the decoder's start, or the whole left-padded
        context of a causal model); the repetition penalty and the n-gram rule look at the response alone.
        """
        self._rows = rows
        self._decoding = decoding
        self._strategy_ids = list(strategy_ids)
        self._begins_with_strategy = begins_with_strategy and bool(strategy_ids)
        self._prompt_length = prompt_length
        self._end = end
        steps = decoding.max_new_tokens + 1
        draws = [np.random.default_rng([*row.seed]).random(steps) for row in rows]
        self._draws = torch.tensor(np.stack(draws), dtype=torch.float32)  # (B, steps), uniform in [0, 1)
        self._is_forced = torch.tensor([row.forced is not None for row in rows])
        self._forced = torch.tensor([row.forced or 0 for row in rows])

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Return (B, V) scores with one token possible per row: 0 for it, minus infinity for the others."""
        step = input_ids.shape[1] - self._prompt_length
        draws = self._draws[:, step].to(scores.device)
        if step == 0 and self._begins_with_strategy:
            chosen = self._draw_strategy(scores, draws)
        else:
            probabilities, ids = self.distribution(input_ids, scores)  # (B, K), (B, K)
            chosen = ids.gather(1, pick(probabilities, draws)).squeeze(1)
        return torch.full_like(scores, NEVER).scatter_(1, chosen.unsqueeze(1), 0.0)

    def distribution(self, input_ids: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """Return the probabilities (B, K) that an ordinary token is drawn from, largest first, and their ids (B, K)."""
        decoding, response = self._decoding, input_ids[:, self._prompt_length :]
        scores = scores.float().clone()
        penalise(scores, response, decoding.repetition_penalty)
        scores[:, self._strategy_ids] = NEVER
        # The strategy is no token of the text: it counts neither for the minimum length.
        text_length = response.shape[1] - int(self._begins_with_strategy)
        if text_length < decoding.min_new_tokens:
            scores[:, self._end] = NEVER
        if decoding.no_repeat_ngram:
            forbid_repeated_ngrams(scores, response, decoding.no_repeat_ngram)
        kept = min(decoding.top_k or scores.shape[1], scores.shape[1])
        best, ids = scores.topk(kept, dim=1)
        return nucleus(best / decoding.temperature, decoding.top_p), ids

    def strategy_distribution(self, scores: Tensor) -> Tensor:
        """Return the probabilities (B, 8) that a strategy is drawn from, in the order of `STRATEGIES`."""
        eight = scores[:, self._strategy_ids].float() / self._decoding.strategy_temperature
        best, order = eight.sort(dim=1, descending=True)
        return torch.zeros_like(eight).scatter_(1, order, nucleus(best, self._decoding.strategy_top_p))

    def _draw_strategy(self, scores: Tensor, draws: Tensor) -> Tensor:
        drawn = pick(self.strategy_distribution(scores), draws).squeeze(1)
        index = torch.where(self._is_forced.to(drawn.device), self._forced.to(drawn.device), drawn)
        return torch.tensor(self._strategy_ids, device=drawn.device)[index]


def nucleus(logits: Tensor, top_p: float) -> Tensor:
    """Return probabilities (B, K) of descending logits, zero behind the smallest set that holds `top_p`."""
    probabilities = logits.softmax(dim=1)
    before = probabilities.cumsum(dim=1) - probabilities
    # The most likely token always stays: nothing comes before it.
    kept = torch.where(before < top_p, probabilities, 0.0)
    return kept / kept.sum(dim=1, keepdim=True)


def pick(probabilities: Tensor, draws: Tensor) -> Tensor:
    """Return (B, 1) indices drawn from (B, K) probabilities by uniform draws (B,): the inverse of their sum."""
    cumulative = probabilities.cumsum(dim=1)
    # Rounding may leave the sum under the draw; a token of no probability is never picked.
    last = (
        (probabilities > 0)
        .long()
        .mul(torch.arange(1, probabilities.shape[1] + 1, device=draws.device))
        .argmax(1)
    )
    found = (cumulative <= draws.unsqueeze(1)).sum(dim=1)
    return torch.minimum(found, last).unsqueeze(1)


def penalise(scores: Tensor, response: Tensor, penalty: float) -> None:
    """Make tokens of the response less likely, in place (Keskar et al. 2019): divide what is positive, multiply the rest."""
    if penalty == 1.0 or not response.shape[1]:
        return
    said = scores.gather(1, response)
    scores.scatter_(1, response, torch.where(said > 0, said / penalty, said * penalty))


def forbid_repeated_ngrams(scores: Tensor, response: Tensor, n: int) -> None:
    """Forbid, in place, what would complete an n-gram that the response already has."""
    if response.shape[1] < n:
        return
    windows = response.unfold(1, n, 1)  # (B, W, n)
    start = response[:, response.shape[1] - n + 1 :]  # (B, n - 1), the n-gram in the making
    again = (windows[:, :, :-1] == start.unsqueeze(1)).all(dim=2)  # (B, W)
    rows, places = again.nonzero(as_tuple=True)
    scores[rows, windows[rows, places, -1]] = NEVER
