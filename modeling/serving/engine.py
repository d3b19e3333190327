"""The interface of every engine: many requests in, as many replies or errors out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from modeling.domain.turns import TurnError, TurnReply, TurnRequest


class Engine(Protocol):
    """Something that answers turns."""

    def respond(self, requests: Sequence[TurnRequest]) -> list[TurnReply | TurnError]:
        """Return, in order, a reply or an error for each request.

        Raises:
            EngineFailed: none of them was answered.
        """

    def warm_up(self) -> None:
        """Get ready, so that the first turn does not wait for it.

        Raises:
            EngineFailed: it cannot get ready.
        """

    def close(self) -> None:
        """Give back what it holds."""
