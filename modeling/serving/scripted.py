"""The scripted supporter as an engine: fixed lines in order, for trying everything around a model without one."""

from __future__ import annotations

from collections.abc import Sequence

from collection.api import SUPPORTER_LINES
from corpus.labels import STRATEGIES
from modeling.domain.turns import TurnError, TurnReply, TurnRequest

_LABELS = {label.lower().replace(" ", "_").replace("-", "_"): label for label in STRATEGIES}
"""The scripted lines name strategies by the protocol's keys."""


class ScriptedEngine:
    """Says its next line, the last one again and again."""

    def respond(self, requests: Sequence[TurnRequest]) -> list[TurnReply | TurnError]:
        """Return each conversation's next line."""
        return [self._respond(request) for request in requests]

    def warm_up(self) -> None:
        """There is nothing to load."""

    def close(self) -> None:
        """There is nothing to give back."""

    def _respond(self, request: TurnRequest) -> TurnReply:
        said = sum(message.role == "supporter" for message in request.history)
        last = len(SUPPORTER_LINES) - 1
        # The very last line takes leave; a conversation that goes on hears the one before and it in turn.
        index = said if said <= last else last - (said - last) % 2
        line = SUPPORTER_LINES[index]
        return TurnReply(
            text=line.text, strategy=_LABELS[line.strategy], engine="scripted", model="scripted lines"
        )
