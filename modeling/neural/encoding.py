"""Pieces as token ids: one encoding for training, evaluation and live chat.

A context is every utterance followed by the end token; with strategies, a supporter's utterance starts with its
strategy's token, also the model's own past ones. A target is the strategy, the response and the end token.
Source: Liu et al. 2021, §6.1 and Appendix C; the authors' code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from transformers import PreTrainedTokenizerBase

from corpus.labels import STRATEGIES, Speaker
from corpus.record import Utterance
from modeling.domain.pieces import Piece

_STRAIGHT = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HORIZONTAL ELLIPSIS}": "...",
    }
)


@dataclass(frozen=True, slots=True)
class Example:
    """One piece as ids."""

    source: tuple[int, ...]
    """The context."""
    target: tuple[int, ...]
    """The strategy's ids (`prefix` of them), the response's, and the end token."""
    prefix: int
    """How many ids at the target's start are the strategy."""
    strategy: int
    """The gold strategy's index in `STRATEGIES`; -1 where the piece has none."""


class Codec(Protocol):
    """How conversations become ids and ids become text."""

    def context(self, utterances: Sequence[Utterance]) -> list[int]:
        """Return the ids of what was said so far, ready for the response to follow."""

    def strategy(self, strategy: str) -> list[int]:
        """Return the ids that stand for a strategy before a response; empty where the model knows none."""

    def response(self, text: str) -> list[int]:
        """Return a response's ids with the end token, without strategy."""

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of a response's ids, tidied for people."""


class TokenCodec:
    """The paper's encoding, for BlenderBot, DialoGPT and their like."""

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        *,
        strategy_ids: Sequence[int],
        max_context_tokens: int,
        straighten_quotes: bool,
    ) -> None:
        self._tokenizer = tokenizer
        self._strategy_ids = dict(zip(STRATEGIES, strategy_ids, strict=True)) if strategy_ids else {}
        self._max_context_tokens = max_context_tokens
        self._straighten = straighten_quotes
        self._end: int = tokenizer.eos_token_id
        self._reserved = set(tokenizer.all_special_ids)
        self._unknown: int = tokenizer.unk_token_id
        # The pretrained BlenderBot tokenizer is slow; an utterance stands in up to five pieces.
        self._cache: dict[str, tuple[int, ...]] = {}

    def context(self, utterances: Sequence[Utterance]) -> list[int]:
        """Return each utterance's ids and an end token, the newest `max_context_tokens` of them."""
        ids: list[int] = []
        for utterance in utterances:
            if utterance.speaker is Speaker.SUPPORTER and utterance.strategy is not None:
                ids += self.strategy(utterance.strategy)
            ids += [*self._text(utterance.text), self._end]
        return ids[-self._max_context_tokens :]

    def strategy(self, strategy: str) -> list[int]:
        """Return the strategy's token, or nothing for a model without strategies."""
        return [self._strategy_ids[strategy]] if self._strategy_ids else []

    def response(self, text: str) -> list[int]:
        """Return the text's ids and the end token."""
        return [*self._text(text), self._end]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text, without special tokens, with the spaces that byte-pair texts put around punctuation gone."""
        kept = [i for i in ids if i not in self._reserved]
        text = str(self._tokenizer.decode(kept, clean_up_tokenization_spaces=True, skip_special_tokens=True))
        return " ".join(text.replace("__newln__", " ").split())

    def _text(self, text: str) -> tuple[int, ...]:
        if text not in self._cache:
            straight = text.translate(_STRAIGHT) if self._straighten else text
            ids = self._tokenizer.encode(straight, add_special_tokens=False, split_special_tokens=True)
            # A person may type "[Question]" or "__end__"; only the platform places such tokens.
            self._cache[text] = tuple(self._unknown if i in self._reserved else i for i in ids)
        return self._cache[text]


def encode_piece(piece: Piece, codec: Codec, *, max_response_tokens: int | None = None) -> Example:
    """Encode one piece; `max_response_tokens` cuts the response and keeps its end token, None cuts nothing."""
    strategy = piece.response.strategy
    prefix = codec.strategy(strategy) if strategy is not None else []
    response = codec.response(piece.response.text)
    if max_response_tokens is not None and len(response) > max_response_tokens:
        response = [*response[: max_response_tokens - 1], response[-1]]
    return Example(
        source=tuple(codec.context(piece.context)),
        target=(*prefix, *response),
        prefix=len(prefix),
        strategy=STRATEGIES.index(strategy) if strategy is not None else -1,
    )
