"""Pieces: which utterances are targets, and what stands before them."""

from __future__ import annotations

import pytest

from modeling.domain.pieces import count, cut, cut_all, require_strategies, window
from modeling.errors import CorpusUnusable
from tests.modeling.corpora import make_conversation, seeker, supporter


def test_each_supporter_utterance_but_a_first_one_is_a_target() -> None:
    said = [supporter("hello"), seeker("hi"), supporter("a"), supporter("b"), seeker("bye")]
    pieces = cut(make_conversation(said), index=7)
    assert [(p.conversation, p.position, p.response.text) for p in pieces] == [(7, 2, "a"), (7, 3, "b")]


def test_the_context_is_the_last_four_utterances_never_merged() -> None:
    said = [seeker(str(i)) for i in range(6)] + [supporter("response")]
    (piece,) = cut(make_conversation(said), index=0)
    assert [u.text for u in piece.context] == ["2", "3", "4", "5"]
    assert piece.size == 5


def test_a_supporters_own_message_stands_in_the_context_of_the_next() -> None:
    said = [seeker("hi"), supporter("a", "Question"), supporter("b", "Information")]
    pieces = cut(make_conversation(said), index=0)
    assert [u.strategy for u in pieces[1].context] == [None, "Question"]
    assert pieces[1].strategy == "Information"


def test_the_whole_history_is_an_option() -> None:
    said = [seeker(str(i)) for i in range(9)] + [supporter()]
    (piece,) = cut(make_conversation(said), index=0, limit=None)
    assert piece.size == 10


def test_a_live_chat_sees_what_training_saw() -> None:
    said = [seeker(str(i)) if i % 2 == 0 else supporter(str(i)) for i in range(12)]
    pieces = cut(make_conversation(said), index=0)
    assert [p.context for p in pieces] == [window(said[: p.position]) for p in pieces]


def test_an_empty_context_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        window([seeker()], limit=0)


def test_counts_by_size_and_strategy() -> None:
    one = make_conversation(
        [seeker(), supporter(), seeker(), supporter(strategy="Others"), seeker(), supporter()]
    )
    other = make_conversation([supporter(strategy="Others"), supporter(strategy="Information")])
    counts = count([one, other])
    # Worked by hand: positions 1, 3, 5 of the first (sizes 2, 4, 5) and position 1 of the second (size 2).
    assert counts.by_size == {2: 2, 3: 0, 4: 1, 5: 1}
    assert counts.pieces == 4
    assert counts.conversations == 2
    assert {s: n for s, n in counts.by_strategy.items() if n} == {
        "Question": 2,
        "Others": 1,
        "Information": 1,
    }
    assert len(counts.by_strategy) == 8


def test_chosen_conversations_give_their_pieces_in_the_order_chosen() -> None:
    corpus = [make_conversation([seeker(), supporter(str(i))]) for i in range(3)]
    assert [p.response.text for p in cut_all(corpus, indices=[2, 0])] == ["2", "0"]


def test_a_missing_strategy_is_refused_with_its_place() -> None:
    pieces = cut(make_conversation([seeker(), supporter(strategy=None)]), index=3)
    with pytest.raises(CorpusUnusable, match=r"Conversation 3, utterance 1 .* train the vanilla variant"):
        require_strategies(pieces)


def test_an_unknown_strategy_is_refused_with_its_place() -> None:
    pieces = cut(make_conversation([seeker(), supporter(strategy="Hugging")]), index=0)
    with pytest.raises(CorpusUnusable, match=r"'Hugging'.*none of the eight"):
        require_strategies(pieces)
