"""Strategy tokens and proportions."""

from __future__ import annotations

import pytest

from modeling.domain.pieces import cut
from modeling.domain.variants import STRATEGY_TOKENS, Variant, strategy_proportions
from tests.modeling.corpora import make_conversation, seeker, supporter


def test_tokens_are_the_labels_in_brackets_in_the_frameworks_order() -> None:
    assert STRATEGY_TOKENS[0] == "[Question]"
    assert STRATEGY_TOKENS[3] == "[Self-disclosure]"
    assert STRATEGY_TOKENS[-1] == "[Others]"
    assert len(set(STRATEGY_TOKENS)) == 8


def test_only_vanilla_is_without_strategies() -> None:
    assert [v for v in Variant if not v.uses_strategies] == [Variant.VANILLA]


def test_proportions_are_shares_of_the_pieces() -> None:
    said = [seeker(), supporter(), supporter(), supporter(strategy="Others"), supporter()]
    assert strategy_proportions(cut(make_conversation(said), index=0)) == (0.75, 0, 0, 0, 0, 0, 0, 0.25)
    with pytest.raises(ValueError, match="no piece"):
        strategy_proportions([])
