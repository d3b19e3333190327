"""The sampler draws from the very distribution of the library's chain of processors."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest
import torch
from scipy import stats
from transformers import (
    LogitsProcessorList,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from modeling.domain.runfile import DecodingSection
from modeling.neural.sampling import RowChoice, StrategySampler, nucleus, pick

VOCABULARY = 400
STRATEGIES = tuple(range(392, 400))
PAPER = DecodingSection(
    top_p=0.9, top_k=30, temperature=0.7, repetition_penalty=1.03, no_repeat_ngram=3, min_new_tokens=0,
    max_new_tokens=20, strategy_temperature=0.7, strategy_top_p=0.9,
)  # fmt: skip


def make_sampler(
    rows: int = 4, *, forced: int | None = None, begins: bool = True, **changes: object
) -> StrategySampler:
    return StrategySampler(
        [RowChoice(seed=(5, row), forced=forced) for row in range(rows)],
        decoding=msgspec.structs.replace(PAPER, **changes),
        strategy_ids=STRATEGIES,
        begins_with_strategy=begins,
        prompt_length=1,
        end=2,
    )


def make_scores(rows: int = 4, seed: int = 0) -> torch.Tensor:
    return torch.randn(rows, VOCABULARY, generator=torch.Generator().manual_seed(seed)) * 3


@dataclass
class Mask:
    """The strategy tokens made impossible, where the library runs custom processors."""

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        return scores.index_fill(1, torch.tensor(STRATEGIES), float("-inf"))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("changes", [{}, {"top_k": 0}, {"top_p": 1.0}, {"repetition_penalty": 1.5}])
def test_the_distribution_is_the_librarys(seed: int, changes: dict[str, float]) -> None:
    sampler, scores = make_sampler(**changes), make_scores(seed=seed)
    decoding = msgspec.structs.replace(PAPER, **changes)
    # A response that repeats itself, so that the penalty and the n-gram rule have work.
    response = torch.tensor([[5, 6, 7, 8, 5, 6], [1, 1, 1, 1, 1, 1], [9, 8, 7, 9, 8, 6], [3, 4, 3, 4, 3, 4]])
    chain = [
        RepetitionPenaltyLogitsProcessor(decoding.repetition_penalty),
        NoRepeatNGramLogitsProcessor(3),
        Mask(),
        TemperatureLogitsWarper(decoding.temperature),
    ]
    if decoding.top_k:
        chain.append(TopKLogitsWarper(decoding.top_k))
    if decoding.top_p < 1:
        chain.append(TopPLogitsWarper(decoding.top_p))
    expected = LogitsProcessorList(chain)(response, scores.clone()).softmax(dim=1)
    probabilities, ids = sampler.distribution(
        torch.cat([torch.ones(4, 1, dtype=torch.long), response], 1), scores
    )
    found = torch.zeros_like(expected).scatter_(1, ids, probabilities)
    assert torch.equal(found > 0, expected > 0)
    assert torch.allclose(found, expected, atol=2e-7)


def step(sampler: StrategySampler, scores: torch.Tensor, *said: int) -> list[int]:
    ids = torch.tensor([[1, *said]] * len(scores))
    return sampler(ids, scores).argmax(dim=1).tolist()


def test_the_first_position_is_a_strategy_and_later_ones_never_are() -> None:
    for seed in range(30):
        scores = make_scores(seed=seed)
        scores[:, 393] += 20  # even where the model insists
        assert set(step(make_sampler(), scores)) <= set(STRATEGIES)
        assert not set(step(make_sampler(), scores, 392)) & set(STRATEGIES)


def test_after_the_processor_one_token_is_possible() -> None:
    out = make_sampler()(torch.ones(4, 1, dtype=torch.long), make_scores())
    assert torch.isfinite(out).sum(dim=1).tolist() == [1] * 4


def test_a_given_strategy_is_taken() -> None:
    assert step(make_sampler(forced=5), make_scores()) == [397] * 4


def test_vanilla_says_no_strategy_at_any_position() -> None:
    scores = make_scores()
    scores[:, 393] += 20
    assert not set(step(make_sampler(begins=False), scores)) & set(STRATEGIES)


def test_drawn_strategies_follow_the_distribution() -> None:
    rows = 4000
    sampler = make_sampler(rows, strategy_temperature=1.0, strategy_top_p=1.0)
    scores = make_scores(1).expand(rows, -1)
    counts = torch.bincount(torch.tensor(step(sampler, scores)) - 392, minlength=8)
    expected = scores[0, list(STRATEGIES)].softmax(dim=0) * rows
    assert stats.chisquare(counts.double(), expected.double() * rows / expected.double().sum()).pvalue > 0.001


def test_a_minimum_length_forbids_the_end_and_does_not_count_the_strategy() -> None:
    scores = make_scores()
    scores[:, 2] += 50
    assert 2 not in step(make_sampler(min_new_tokens=2), scores, 392, 7)
    assert step(make_sampler(min_new_tokens=2), scores, 392, 7, 8) == [2] * 4


def test_a_row_draws_the_same_alone_and_among_others() -> None:
    scores = make_scores()
    together = step(make_sampler(4), scores, 392, 7)
    alone = StrategySampler(
        [RowChoice(seed=(5, 3))], decoding=PAPER, strategy_ids=STRATEGIES, begins_with_strategy=True,
        prompt_length=1, end=2,
    )  # fmt: skip
    assert step(alone, scores[3:], 392, 7) == together[3:]


def test_the_nucleus_is_the_smallest_set_that_holds_its_share() -> None:
    logits = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]]))
    assert nucleus(logits, 0.75)[0].tolist() == pytest.approx([0.625, 0.375, 0, 0])
    assert nucleus(logits, 0.01)[0].tolist() == [1, 0, 0, 0]
    assert nucleus(logits, 1.0)[0].tolist() == pytest.approx([0.5, 0.3, 0.15, 0.05])


def test_a_draw_at_the_edge_never_picks_what_has_no_probability() -> None:
    probabilities = torch.tensor([[0.6, 0.4, 0.0]])
    for draw, expected in ((0.0, 0), (0.5999, 0), (0.6001, 1), (0.9999999, 1), (1.0, 1)):
        assert pick(probabilities, torch.tensor([draw])).item() == expected
