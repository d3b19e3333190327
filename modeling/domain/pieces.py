"""Pieces: one supporter's response and the utterances before it.

One windowing function serves training, evaluation and live chat, so that a model meets in a chat what it was
trained on. Messages are never merged, and the conversation's first utterance is no target: it answers nothing.
Source: Liu et al. 2021, Appendix C ("conversation pieces with 5 utterances").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.labels import STRATEGIES, Speaker
from corpus.record import Conversation, Utterance
from modeling.errors import CorpusUnusable

CONTEXT_UTTERANCES = 4
"""Utterances before the response in the paper's pieces (Appendix C)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One training or test instance."""

    conversation: int
    """Zero-based index of the conversation in its corpus."""
    position: int
    """Zero-based index of the response in its conversation."""
    context: tuple[Utterance, ...]
    """What was said before, oldest first; never empty."""
    response: Utterance
    """What the supporter said; its strategy is the gold strategy."""

    @property
    def size(self) -> int:
        """The number of utterances: context and response."""
        return len(self.context) + 1

    @property
    def strategy(self) -> str:
        """The response's strategy.

        Raises:
            CorpusUnusable: the response has none.
        """
        if self.response.strategy is None:
            raise CorpusUnusable(
                f"Conversation {self.conversation}, utterance {self.position} is the supporter's and has no strategy; "
                "annotate it, or train the vanilla variant, which needs none."
            )
        return self.response.strategy


def window(
    utterances: Sequence[Utterance], *, limit: int | None = CONTEXT_UTTERANCES
) -> tuple[Utterance, ...]:
    """Return what a model sees of the utterances so far: the last `limit`, or all of them for None.

    Raises:
        ValueError: `limit` is below 1.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"a context of {limit} utterances is empty; expected at least 1")
    return tuple(utterances if limit is None else utterances[-limit:])


def cut(conversation: Conversation, *, index: int, limit: int | None = CONTEXT_UTTERANCES) -> list[Piece]:
    """Return the conversation's pieces in order: one for each supporter utterance but a first one."""
    utterances = conversation.utterances
    return [
        Piece(
            conversation=index,
            position=position,
            context=window(utterances[:position], limit=limit),
            response=utterance,
        )
        for position, utterance in enumerate(utterances)
        if position > 0 and utterance.speaker is Speaker.SUPPORTER
    ]


def cut_all(
    conversations: Sequence[Conversation],
    *,
    indices: Iterable[int] | None = None,
    limit: int | None = CONTEXT_UTTERANCES,
) -> list[Piece]:
    """Return the pieces of the chosen conversations, in the order of `indices`; of all of them for None."""
    chosen = range(len(conversations)) if indices is None else indices
    return [piece for i in chosen for piece in cut(conversations[i], index=i, limit=limit)]


@dataclass(frozen=True, slots=True)
class PieceCounts:
    """How many pieces a corpus gives."""

    pieces: int
    by_size: dict[int, int]
    """Number of utterances in the piece to number of pieces."""
    by_strategy: dict[str, int]
    """Every strategy in the framework's order to number of pieces; pieces without a strategy are in none."""
    conversations: int


def count(conversations: Sequence[Conversation], *, limit: int | None = CONTEXT_UTTERANCES) -> PieceCounts:
    """Count the corpus's pieces by size and by strategy.

    Sizes 2 to `limit` + 1 are always present; with the whole history, only the sizes that occur.
    """
    pieces = cut_all(conversations, limit=limit)
    sizes = Counter(piece.size for piece in pieces)
    strategies = Counter(piece.response.strategy for piece in pieces)
    expected = sorted(sizes) if limit is None else range(2, limit + 2)
    return PieceCounts(
        pieces=len(pieces),
        by_size={size: sizes[size] for size in expected},
        by_strategy={strategy: strategies[strategy] for strategy in STRATEGIES},
        conversations=len(conversations),
    )


def require_strategies(pieces: Iterable[Piece]) -> None:
    """Check that each piece has one of the eight strategies.

    Raises:
        CorpusUnusable: a piece has none, or a label that is none of the eight.
    """
    for piece in pieces:
        if piece.strategy not in STRATEGIES:
            raise CorpusUnusable(
                f"Conversation {piece.conversation}, utterance {piece.position} has the strategy {piece.strategy!r}, "
                f"which is none of the eight: {', '.join(STRATEGIES)}. Correct the label in the corpus."
            )
