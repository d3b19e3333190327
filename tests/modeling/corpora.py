"""Conversations for tests, written for them; no published text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from corpus.esconv import write_esconv
from corpus.labels import STRATEGIES, Speaker
from corpus.record import Conversation, Survey, Utterance

TOPICS = ("work", "school", "sleep", "family", "money", "friends")
SEEKER = (
    "i am worried about {}",
    "{} makes me sad",
    "i cannot stop thinking about {}",
    "it is all about {} again",
)
SUPPORTER = {
    "Question": ("what happened with {} ?", "how long has {} been hard ?"),
    "Restatement or Paraphrasing": ("so {} is the trouble .", "you say {} hurts ."),
    "Reflection of feelings": ("you feel lost because of {} .", "{} leaves you tired ."),
    "Self-disclosure": ("i had trouble with {} too .", "my own {} was hard ."),
    "Affirmation and Reassurance": ("you are doing well with {} .", "it will get better with {} ."),
    "Providing Suggestions": ("maybe talk to someone about {} .", "try a walk away from {} ."),
    "Information": ("many people struggle with {} .", "research says {} matters ."),
    "Others": ("take care , and good luck with {} !", "hello , tell me about {} !"),
}


def seeker(text: str = "I feel low today.") -> Utterance:
    """Return a seeker's utterance."""
    return Utterance(speaker=Speaker.SEEKER, text=text)


def supporter(text: str = "What happened?", strategy: str | None = "Question") -> Utterance:
    """Return a supporter's utterance."""
    return Utterance(speaker=Speaker.SUPPORTER, text=text, strategy=strategy)


def make_conversation(utterances: Sequence[Utterance]) -> Conversation:
    """Return a conversation of these utterances."""
    return Conversation(
        experience="Current Experience",
        emotion="anxiety",
        problem="job crisis",
        situation="a test",
        survey=Survey(intensity_before=4, intensity_after=2, empathy=4, relevance=4),
        utterances=tuple(utterances),
    )


def make_corpus(conversations: int, *, seed: int = 0, rounds: int = 4) -> list[Conversation]:
    """Return conversations whose strategies follow their place and whose texts follow their strategy and topic."""
    rng = random.Random(seed)
    corpus = []
    for _ in range(conversations):
        topic = rng.choice(TOPICS)
        utterances = []
        for number in range(rounds):
            utterances.append(seeker(rng.choice(SEEKER).format(topic)))
            strategy = STRATEGIES[(2 * number + rng.randrange(2)) % len(STRATEGIES)]
            utterances.append(supporter(rng.choice(SUPPORTER[strategy]).format(topic), strategy))
        corpus.append(make_conversation(utterances))
    return corpus


def write_corpus(conversations: Sequence[Conversation], path: Path) -> Path:
    """Write conversations in the published file's form and return the path."""
    write_esconv(conversations, path)
    return path
