"""Every variant through the one decoding path."""

from __future__ import annotations

import copy

import msgspec
import pytest
import torch
from scipy import stats

from modeling.domain.variants import Variant
from modeling.neural.backbones import Backbone
from modeling.neural.generation import Request, choose_strategies, respond, respond_all
from modeling.neural.setup import Prepared


def requests_of(prepared: Prepared, count: int = 8, **changes: object) -> list[Request]:
    return [Request(source=e.source, seed=(3, i), **changes) for i, e in enumerate(prepared.valid[:count])]


def responses_of(prepared: Prepared, requests: list[Request], *, batch_size: int = 8):
    decoding = prepared.run.decoding
    return respond_all(prepared.backbone, prepared.codec, requests, decoding=decoding, batch_size=batch_size)


def test_joint_draws_a_strategy_and_says_no_token_of_it(either: Prepared) -> None:
    responses = responses_of(either, requests_of(either))
    assert all(r.strategy in range(8) for r in responses)
    assert len({r.strategy for r in responses}) > 1
    assert not any("[" in r.text for r in responses)
    assert all(2 < r.tokens <= 12 for r in responses)  # two tokens at least, and the end


def test_oracle_and_random_take_the_strategy_given(either: Prepared) -> None:
    responses = responses_of(either, requests_of(either, strategy=6))
    assert [r.strategy for r in responses] == [6] * 8


def test_responses_do_not_depend_on_their_neighbours(either: Prepared) -> None:
    requests = requests_of(either, 12)
    together = responses_of(either, requests, batch_size=12)
    assert responses_of(either, requests, batch_size=1) == together
    assert responses_of(either, requests[::-1], batch_size=5) == together[::-1]


def test_a_seed_gives_the_same_response_and_another_seed_another(either: Prepared) -> None:
    (request, *_) = requests_of(either)
    others = [Request(source=request.source, seed=(s,)) for s in range(6)]
    assert responses_of(either, others) == responses_of(either, others)
    assert len({(r.text, r.strategy) for r in responses_of(either, others)}) > 1


def test_the_cache_changes_nothing(either: Prepared) -> None:
    requests = requests_of(either)
    cached = responses_of(either, requests)
    settings = either.backbone.model.generation_config
    settings.use_cache = False
    try:
        assert responses_of(either, requests) == cached
    finally:
        settings.use_cache = True


def test_vanilla_has_no_strategy(either: Prepared) -> None:
    backbone = Backbone(model=either.backbone.model, tokenizer=either.backbone.tokenizer, strategy_ids=())
    responses = respond(backbone, either.codec, requests_of(either), decoding=either.run.decoding)
    assert [r.strategy for r in responses] == [None] * 8


def test_a_response_that_reaches_the_limit_is_not_finished(either: Prepared) -> None:
    decoding = msgspec.structs.replace(either.run.decoding, max_new_tokens=3, min_new_tokens=3)
    responses = respond(either.backbone, either.codec, requests_of(either), decoding=decoding)
    assert all(not r.finished and r.tokens == 3 for r in responses)


def test_greedy_decoding_follows_the_most_likely_tokens(blender: Prepared) -> None:
    """With one token kept, the path equals steps taken by hand with full forward passes."""
    plain = {
        "top_k": 1,
        "repetition_penalty": 1.0,
        "no_repeat_ngram": 0,
        "min_new_tokens": 0,
        "strategy_top_p": 1e-6,
    }
    decoding = msgspec.structs.replace(blender.run.decoding, **plain)
    (request, *_) = requests_of(blender)
    (response,) = respond(blender.backbone, blender.codec, [request], decoding=decoding)
    model, ids = blender.backbone.model, list(blender.backbone.strategy_ids)
    decoder = [1]
    with torch.inference_mode():
        while decoder[-1] != 2 and len(decoder) < 1 + 1 + 12:
            logits = model(
                input_ids=torch.tensor([request.source]), decoder_input_ids=torch.tensor([decoder])
            ).logits[0, -1]
            allowed = torch.full_like(logits, float("-inf"))
            first = len(decoder) == 1
            keep = ids if first else [i for i in range(len(logits)) if i not in ids]
            allowed[keep] = logits[keep]
            decoder.append(int(allowed.argmax()))
    assert blender.backbone.strategy_ids.index(decoder[1]) == response.strategy
    assert blender.codec.decode([i for i in decoder[2:] if i != 2]) == response.text


def test_the_models_settings_are_left_as_they_were(either: Prepared) -> None:
    before = copy.deepcopy(either.backbone.model.generation_config.to_dict())
    responses_of(either, requests_of(either, 2))
    assert either.backbone.model.generation_config.to_dict() == before


def test_oracle_gives_gold_and_joint_and_vanilla_give_none() -> None:
    given = {"gold": [3, 1], "proportions": [0.125] * 8, "seeds": [(0,), (1,)]}
    assert choose_strategies(Variant.ORACLE, **given) == [3, 1]
    assert choose_strategies(Variant.JOINT, **given) == [None, None]
    assert choose_strategies(Variant.VANILLA, **given) == [None, None]


def test_random_follows_the_training_parts_proportions_by_each_rows_seed() -> None:
    # Liu et al. 2021, Table 3.
    proportions = [c / 14855 for c in (3109, 883, 1156, 1396, 2388, 2323, 904, 2696)]
    seeds = [(0, row) for row in range(4000)]
    drawn = choose_strategies(Variant.RANDOM, gold=[0] * 4000, proportions=proportions, seeds=seeds)
    counts = [drawn.count(s) for s in range(8)]
    assert stats.chisquare(counts, [4000 * p for p in proportions]).pvalue > 0.001
    again = choose_strategies(Variant.RANDOM, gold=[0], proportions=proportions, seeds=seeds[7:8])
    assert again == drawn[7:8]
    assert pytest.approx(1.0) == sum(proportions)
