"""A turn as an engine sees it: what is asked of a model and what it answers, whatever the model is.

The strategy may be given, drawn by the model, or unknown to it. Strategies are the published labels
(`corpus.labels.STRATEGIES`). Both travel as JSON between a worker and its engine.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from modeling.domain.agent_config import Decoding


class Said(msgspec.Struct, frozen=True):
    """One message of the history."""

    role: Literal["seeker", "supporter"]
    text: str
    strategy: str = ""
    """The supporter's own; empty where there is none."""


class TurnRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the supporter's next message. It names no participant and holds no survey."""

    history: tuple[Said, ...]
    """Oldest first; never empty."""
    variant: str
    """`vanilla`, `joint`, `random`, or empty for an engine that has one way only."""
    seed: tuple[int, ...]
    """Numbers that name this reply: the same ones draw the same words."""
    decoding: Decoding = Decoding()
    strategy: str = ""
    """A strategy to use; empty: the engine's variant decides."""


class TurnReply(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine says, and how it came about."""

    text: str
    strategy: str = ""
    """Empty for a model that knows of none."""
    engine: str
    """For example `transformers int8 cpu`."""
    model: str
    """Digest of the weights, or the name that a server was asked for."""
    tokens: int = 0
    """Drawn for the text."""
    prompt_tokens: int = 0
    finished: bool = True
    """Whether the model ended it; else the length limit did."""
    made_ms: int = 0
    """Of computing, for the whole batch that it was part of."""
    batch: int = 1
    """Replies that were made together."""


class TurnError(msgspec.Struct, frozen=True):
    """Why one request of a batch has no reply; a sentence of ours."""

    sentence: str
