"""Ids of contexts and targets, and text from ids."""

from __future__ import annotations

import pytest

from corpus.labels import STRATEGIES
from modeling.domain.pieces import cut
from modeling.neural.encoding import TokenCodec, encode_piece
from modeling.neural.setup import Prepared
from tests.modeling.corpora import make_conversation, seeker, supporter


def ids_of(prepared: Prepared, text: str) -> list[int]:
    return prepared.backbone.tokenizer.encode(text, add_special_tokens=False)


def codec_of(
    prepared: Prepared, *, strategies: bool = True, limit: int = 128, straighten: bool = True
) -> TokenCodec:
    return TokenCodec(
        prepared.backbone.tokenizer,
        strategy_ids=prepared.backbone.strategy_ids if strategies else (),
        max_context_tokens=limit,
        straighten_quotes=straighten,
    )


def test_an_example_is_context_and_target_with_strategies_and_ends(either: Prepared) -> None:
    said = [seeker("it is work"), supporter("what happened ?", "Question"), supporter("try a walk", "Others")]
    example = encode_piece(cut(make_conversation(said), index=0)[1], codec_of(either))
    end, strategies = either.backbone.tokenizer.eos_token_id, either.backbone.strategy_ids
    first, second, third = (ids_of(either, u.text) for u in said)
    assert list(example.source) == [*first, end, strategies[0], *second, end]
    assert list(example.target) == [strategies[7], *third, end]
    assert (example.prefix, example.strategy) == (1, 7)


def test_vanilla_has_no_strategy_anywhere(either: Prepared) -> None:
    said = [seeker(), supporter("so ?"), seeker(), supporter("yes")]
    codec = codec_of(either, strategies=False)
    for piece in cut(make_conversation(said), index=0):
        example = encode_piece(piece, codec)
        assert not {*example.source, *example.target} & set(either.backbone.strategy_ids)
        assert example.prefix == 0


def test_the_oldest_tokens_are_left_out_of_a_long_context(either: Prepared) -> None:
    said = [seeker("work " * 30), seeker("sad")]
    whole = codec_of(either, limit=1000).context(said)
    assert codec_of(either, limit=5).context(said) == whole[-5:]


def test_a_long_response_is_cut_for_training_and_keeps_its_end(either: Prepared) -> None:
    (piece,) = cut(make_conversation([seeker(), supporter("work " * 30)]), index=0)
    example = encode_piece(piece, codec_of(either), max_response_tokens=6)
    assert len(example.target) == 1 + 6
    assert example.target[-1] == either.backbone.tokenizer.eos_token_id
    assert len(encode_piece(piece, codec_of(either)).target) > 30


def test_typed_tokens_are_text_and_not_tokens(either: Prepared) -> None:
    tokenizer = either.backbone.tokenizer
    ends = [tokenizer.eos_token_id, tokenizer.bos_token_id]
    typed = codec_of(either).context([seeker(f"[Question] {tokenizer.eos_token} hi {tokenizer.bos_token}")])
    assert not set(typed) & set(either.backbone.strategy_ids)
    if either.backbone.encoder_decoder:
        assert [i for i in typed if i in ends] == [tokenizer.eos_token_id]  # the utterance's own


def test_curly_quotes_are_straightened_when_asked(gpt2: Prepared) -> None:
    curly, straight = (
        "it\N{RIGHT SINGLE QUOTATION MARK}s \N{EM DASH} ok\N{HORIZONTAL ELLIPSIS}",
        "it's - ok...",
    )
    assert codec_of(gpt2).response(curly) == codec_of(gpt2).response(straight)
    assert codec_of(gpt2, straighten=False).response(curly) != codec_of(gpt2).response(straight)


def test_decoded_text_is_tidied(blender: Prepared) -> None:
    codec = codec_of(blender)
    ids = codec.response("what happened with work ? i had trouble , too .")
    assert (
        codec.decode([blender.backbone.strategy_ids[0], *ids])
        == "what happened with work? i had trouble, too."
    )


def test_strategy_tokens_are_the_last_eight_of_the_vocabulary(either: Prepared) -> None:
    size = len(either.backbone.tokenizer)
    assert list(either.backbone.strategy_ids) == list(range(size - 8, size))
    assert either.backbone.model.get_input_embeddings().num_embeddings == size


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_strategy_has_its_token(either: Prepared, strategy: str) -> None:
    (token,) = codec_of(either).strategy(strategy)
    assert either.backbone.tokenizer.convert_ids_to_tokens(token) == f"[{strategy}]"
