"""The loss and the perplexity equal a plain computation, whatever the batch."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from modeling.neural.batching import collate
from modeling.neural.likelihood import PieceLikelihood, ResponseLoss, likelihoods
from modeling.neural.setup import Prepared
from tests.modeling.neural.plain import PlainBlender


def measure(prepared: Prepared, *, batch_size: int = 4, count: int = 12) -> list[PieceLikelihood]:
    return likelihoods(
        prepared.backbone.model,
        prepared.valid[:count],
        strategy_ids=prepared.backbone.strategy_ids,
        pad=prepared.backbone.tokenizer.pad_token_id,
        batch_size=batch_size,
    )


def plain_of(prepared: Prepared) -> PlainBlender:
    return PlainBlender(prepared.backbone.model.state_dict(), heads=4)


def batch_of(prepared: Prepared, count: int = 8):
    backbone = prepared.backbone
    return collate(
        prepared.train[:count],
        encoder_decoder=backbone.encoder_decoder,
        pad=backbone.tokenizer.pad_token_id,
        start=getattr(backbone.model.config, "decoder_start_token_id", None),
    )


def test_the_training_loss_equals_a_plain_computation(blender: Prepared) -> None:
    plain = plain_of(blender)
    expected = sum(float(plain.nll(e.source, e.target, start=1).sum()) for e in blender.train[:8])
    tokens = sum(len(e.target) for e in blender.train[:8])
    loss = ResponseLoss(blender.backbone.model)(batch_of(blender))
    assert loss.item() / tokens == pytest.approx(expected / tokens, abs=1e-5)


def test_the_gradient_norm_equals_a_plain_computation(blender: Prepared) -> None:
    model, tokens = blender.backbone.model, sum(len(e.target) for e in blender.train[:8])
    model.zero_grad()
    (ResponseLoss(model)(batch_of(blender)) / tokens).backward()
    norm = math.sqrt(sum(float(p.grad.double().pow(2).sum()) for p in model.parameters()))
    model.zero_grad()
    leaves = {name: p.detach().double().requires_grad_() for name, p in model.named_parameters()}
    buffers = {"final_logits_bias": model.final_logits_bias}
    plain = PlainBlender({**leaves, **buffers}, heads=4)
    sum(plain.nll(e.source, e.target, start=1).sum() / tokens for e in blender.train[:8]).backward()
    # Some tables are tied: a weight without a gradient of its own is another name of the shared one.
    expected = math.sqrt(sum(float(p.grad.pow(2).sum()) for p in leaves.values() if p.grad is not None))
    assert norm == pytest.approx(expected, rel=1e-5)


def test_validation_sums_equal_a_plain_computation(blender: Prepared) -> None:
    plain, ids = plain_of(blender), list(blender.backbone.strategy_ids)
    for example, found in zip(blender.valid[:12], measure(blender), strict=True):
        logits = plain.logits(example.source, [1, *example.target[:-1]])
        first = logits[0, ids].log_softmax(dim=0)
        logits[:, ids] = -torch.inf
        nll = functional.cross_entropy(logits[1:], torch.tensor(example.target[1:]), reduction="sum")
        assert found.nll == pytest.approx(float(nll), abs=1e-4)
        assert found.nll / found.tokens == pytest.approx(float(nll) / found.tokens, abs=1e-5)
        assert found.strategy_logprobs == pytest.approx(first.tolist(), abs=1e-5)


def test_without_the_mended_scale_the_loss_would_differ(blender: Prepared) -> None:
    plain, norm = plain_of(blender), blender.backbone.model.model.decoder.layernorm_embedding
    example = blender.train[0]
    expected = float(plain.nll(example.source, example.target, start=1).sum())
    mended = norm.eps
    assert mended == pytest.approx(1e-5 / 32)
    try:
        norm.eps = 1e-5
        unmended = ResponseLoss(blender.backbone.model)(batch_of(blender, 1)).item()
    finally:
        norm.eps = mended
    assert abs(unmended - expected) > 10 * abs(
        ResponseLoss(blender.backbone.model)(batch_of(blender, 1)).item() - expected
    )


def test_a_causal_loss_equals_the_librarys_on_each_piece_alone(gpt2: Prepared) -> None:
    model, expected = gpt2.backbone.model, 0.0
    for example in gpt2.train[:8]:
        ids = torch.tensor([[*example.source, *example.target]])
        logits = model(input_ids=ids).logits[0, len(example.source) - 1 : -1]
        expected += functional.cross_entropy(logits, torch.tensor(example.target), reduction="sum").item()
    assert ResponseLoss(model)(batch_of(gpt2)).item() == pytest.approx(expected, rel=1e-6)


def test_neighbours_in_a_batch_change_nothing(either: Prepared) -> None:
    alone, together = measure(either, batch_size=1), measure(either, batch_size=12)
    for one, other in zip(alone, together, strict=True):
        assert other.nll == pytest.approx(one.nll, abs=1e-4)
        assert other.tokens == one.tokens
        assert other.strategy_logprobs == pytest.approx(one.strategy_logprobs, abs=1e-5)


def test_two_measurements_are_equal_even_of_a_model_in_training(either: Prepared) -> None:
    before = measure(either)
    either.backbone.model.train()
    try:
        assert measure(either) == before
        assert either.backbone.model.training
    finally:
        either.backbone.model.eval()


def test_tokens_are_the_response_and_its_end_without_the_strategy(either: Prepared) -> None:
    for example, found in zip(either.valid[:12], measure(either), strict=True):
        assert found.tokens == len(example.target) - 1
        assert found.strategy_nll > 0
        assert sum(map(math.exp, found.strategy_logprobs)) == pytest.approx(1.0, abs=1e-5)
        assert 0 < found.strategy_mass < 1


def test_context_ids_are_never_labels(either: Prepared) -> None:
    batch = batch_of(either)
    assert batch.labels[batch.labels != -100].tolist() == [i for e in either.train[:8] for i in e.target]


def test_a_piece_without_labels_adds_nothing(either: Prepared) -> None:
    batch = batch_of(either, 2)
    empty = replace(batch, labels=torch.full_like(batch.labels, -100))
    assert ResponseLoss(either.backbone.model)(empty).item() == 0.0
