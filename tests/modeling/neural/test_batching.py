"""Padding, masks, labels, and the order of an epoch."""

from __future__ import annotations

import random

import pytest

from modeling.neural.batching import collate, order_batches
from modeling.neural.encoding import Example

SHORT = Example(source=(11, 12), target=(90, 21, 2), prefix=1, strategy=0)
LONG = Example(source=(13, 14, 15), target=(91, 22, 23, 2), prefix=1, strategy=1)


def test_an_encoder_decoders_sides_are_padded_on_the_right() -> None:
    batch = collate([SHORT, LONG], encoder_decoder=True, pad=0, start=1)
    assert batch.inputs["input_ids"].tolist() == [[11, 12, 0], [13, 14, 15]]
    assert batch.inputs["attention_mask"].tolist() == [[1, 1, 0], [1, 1, 1]]
    assert batch.inputs["decoder_input_ids"].tolist() == [[1, 90, 21, 2], [1, 91, 22, 23]]
    assert batch.labels.tolist() == [[90, 21, 2, -100], [91, 22, 23, 2]]
    assert batch.prefix.tolist() == [[True, False, False, False]] * 2


def test_a_causal_input_is_padded_on_the_left_with_its_own_positions() -> None:
    batch = collate([SHORT, LONG], encoder_decoder=False, pad=0)
    assert batch.inputs["input_ids"].tolist() == [[0, 0, 11, 12, 90, 21, 2], [13, 14, 15, 91, 22, 23, 2]]
    assert batch.inputs["attention_mask"].tolist() == [[0, 0, 1, 1, 1, 1, 1], [1] * 7]
    assert batch.inputs["position_ids"].tolist() == [[0, 0, 0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6]]
    assert batch.labels.tolist() == [[-100, 90, 21, 2], [91, 22, 23, 2]]
    assert batch.prefix.tolist() == [[False, True, False, False], [True, False, False, False]]


def test_sides_are_rounded_up_to_a_multiple() -> None:
    batch = collate([SHORT, LONG], encoder_decoder=True, pad=0, start=1, multiple=8)
    assert batch.inputs["input_ids"].shape == (2, 8)
    assert batch.labels.shape == (2, 8)
    assert collate([SHORT, LONG], encoder_decoder=False, pad=0, multiple=8).inputs["input_ids"].shape == (
        2,
        8,
    )


def make_examples(count: int) -> list[Example]:
    rng = random.Random(0)
    return [
        Example(source=(5,) * rng.randint(5, 150), target=(6,) * rng.randint(2, 60), prefix=1, strategy=0)
        for _ in range(count)
    ]


@pytest.mark.parametrize("batching", ["buckets", "shuffled"])
def test_an_epoch_has_every_piece_once(batching: str) -> None:
    batches = order_batches(make_examples(101), batch_size=8, batching=batching, seed=1, epoch=0)
    assert sorted(i for batch in batches for i in batch) == list(range(101))
    assert [len(b) for b in batches].count(8) == 12


@pytest.mark.parametrize("batching", ["buckets", "shuffled"])
def test_the_order_follows_from_the_seed_and_the_epoch(batching: str) -> None:
    def order(seed: int, epoch: int) -> list[list[int]]:
        return order_batches(make_examples(64), batch_size=8, batching=batching, seed=seed, epoch=epoch)

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)


def test_buckets_waste_less_on_padding() -> None:
    examples = make_examples(2000)

    def padded(batching: str) -> int:
        batches = order_batches(examples, batch_size=16, batching=batching, seed=1, epoch=0)
        return sum(
            len(batch)
            * (max(len(examples[i].source) for i in batch) + max(len(examples[i].target) for i in batch))
            for batch in batches
        )

    real = sum(len(e.source) + len(e.target) for e in examples)
    assert padded("buckets") < 1.15 * real
    assert padded("shuffled") > 1.5 * real
