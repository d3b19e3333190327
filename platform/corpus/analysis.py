"""All of section 5 in one pass over a corpus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from corpus.labels import Speaker
from corpus.lexical import LexicalFeatures
from corpus.record import Conversation
from corpus.statistics import Statistics
from corpus.strategies import StrategyUse


@dataclass(slots=True)
class Analysis:
    """Statistics, use of strategies and lexical features of the conversations added so far."""

    statistics: Statistics = field(default_factory=Statistics)
    use: StrategyUse = field(default_factory=StrategyUse)
    lexical: LexicalFeatures = field(default_factory=LexicalFeatures)
    people: dict[Speaker, set[str]] = field(default_factory=lambda: {speaker: set() for speaker in Speaker})
    """The pseudonyms seen on each side; empty where the source has none."""

    def add(self, conversation: Conversation) -> None:
        """Count one more conversation."""
        self.statistics.add(conversation)
        self.use.add(conversation)
        self.lexical.add(conversation)
        if conversation.seeker_id is not None:
            self.people[Speaker.SEEKER].add(conversation.seeker_id)
        if conversation.supporter_id is not None:
            self.people[Speaker.SUPPORTER].add(conversation.supporter_id)

    def workers(self) -> dict[str, int] | None:
        """Return how many people took part in all and on each side; None where no pseudonyms are known."""
        seekers, supporters = self.people[Speaker.SEEKER], self.people[Speaker.SUPPORTER]
        if not seekers and not supporters:
            return None
        return {"total": len(seekers | supporters), "supporter": len(supporters), "seeker": len(seekers)}


def analyse(conversations: Iterable[Conversation]) -> Analysis:
    """Return the analysis of `conversations`."""
    analysis = Analysis()
    for conversation in conversations:
        analysis.add(conversation)
    return analysis
