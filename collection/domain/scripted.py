"""Scripted participants: for trying the platform alone and for rehearsals.

They see what a person in their seat sees and act through the same services. They understand nothing of what is
said to them, and every record with one of them says so.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeekerScript:
    """A seeker with a problem and what they tell of it, one line per turn. Keys are the protocol's."""

    problem: str
    emotion: str
    experience: str
    intensity_before: int
    intensity_after: int
    situation: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SupporterLine:
    """Something a supporter says, and the strategy it uses (key)."""

    strategy: str
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """What a scripted participant sees of the conversation."""

    roles: Sequence[str]
    """Who said each utterance, in order."""
    feedback_number: int | None = None
    """An open feedback request; only for the seeker."""
    may_finish: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """What a scripted participant does next: rate, say or finish. All empty: wait."""

    say: str = ""
    strategy: str | None = None
    rate: int | None = None
    finish: bool = False


WAIT = Move()

SEEKERS: tuple[SeekerScript, ...] = (
    SeekerScript(
        problem="job_crisis",
        emotion="anxiety",
        experience="current",
        intensity_before=4,
        intensity_after=2,
        situation=(
            "My department is being merged with another one and nobody tells us who will stay. "
            "I lie awake at night and count what we have saved, and I snap at everybody at home."
        ),
        lines=(
            "Hello, thank you for taking the time. I have not talked about this with anybody yet.",
            "They announced a merger at work and since then nobody says who will keep their job.",
            "It has been five weeks now, and every Friday they promise news and then there is none.",
            "The worst part is at night, when I lie there and add up what we could live on.",
            "Yes, exactly, it is the waiting more than the work itself that wears me out.",
            "My partner knows, but I do not want to frighten the children, so I pretend all day.",
            "I used to run in the evening, but I stopped because I feel I should be doing something useful.",
            "That is kind of you to say. I had not thought of it as holding the family together.",
            "I could ask my team leader for a straight talk, I have only been guessing until now.",
            "Maybe on Tuesday, she is usually alone in the office before the others come in.",
            "I think I would ask what she knows and what she would do in my place.",
            "And I will go for a run tonight, even if it is a short one.",
            "It does feel a little lighter now that I have said it out loud to somebody.",
            "Thank you for listening to me. I will try what we talked about this week.",
        ),
    ),
    SeekerScript(
        problem="problems_with_friends",
        emotion="sadness",
        experience="current",
        intensity_before=4,
        intensity_after=2,
        situation=(
            "Three of my oldest friends went away for a weekend together and I saw the pictures by accident. "
            "Nobody asked me, and when we met afterwards they all acted as though nothing had happened."
        ),
        lines=(
            "Hi. I feel a bit silly writing about this, but it will not leave my head.",
            "My closest friends went away for a weekend and none of them said a word to me.",
            "I found out because somebody posted pictures of the three of them at the lake.",
            "We have known each other since school, so I keep asking myself what I did wrong.",
            "I would say left out, yes, and also ashamed that it hurts me so much.",
            "When we met last week they talked about everything except that weekend.",
            "I laughed along with them and then I cried on the bus home like a child.",
            "One of them moved closer to the others last year, so maybe it just happens that way.",
            "It helps to hear that you know that feeling from your own life as well.",
            "I have not said anything to them because I do not want to sound jealous.",
            "Maybe I could write to Noor first, she is the one I trust the most.",
            "I would tell her that I saw the pictures and that I missed being there.",
            "Yes, I can say that without blaming anybody, that is a good way to begin.",
            "Thank you so much, I am going to write to her after dinner tonight.",
        ),
    ),
    SeekerScript(
        problem="academic_pressure",
        emotion="fear",
        experience="previous",
        intensity_before=5,
        intensity_after=3,
        situation=(
            "Before my final examination I failed two trial papers in a row, although I had studied every day for months. "
            "My parents paid for the course and I could not bring myself to tell them."
        ),
        lines=(
            "Good evening, I would like to talk about a time when I was really stuck.",
            "I had failed two trial papers just before the final examination of my course.",
            "I had studied every single day, so I thought that something must be wrong with me.",
            "My parents had saved for years to pay for it, and I told them all was fine.",
            "I felt like a liar at every dinner, and my stomach hurt from the morning on.",
            "Mostly fear, I think, that I would be a disappointment to all of them.",
            "I did not sleep well and so I learned even less the next day.",
            "You are right that it takes something to keep going every day like that.",
            "My brother was the only one who noticed and he just made me tea.",
            "I suppose I could have told him first, he never judged me for anything.",
            "A plan with smaller pieces would have helped me, I always opened all the books at once.",
            "I did not know that the school had a service for exactly that kind of fear.",
            "Talking about it now I see that I was harder on myself than anybody else was.",
            "Thank you for being so patient with me, that was good to talk about.",
        ),
    ),
)

SUPPORTER_LINES: tuple[SupporterLine, ...] = (
    SupporterLine("others", "Hello, it is good that you are here. Take all the time you need today."),
    SupporterLine("question", "What has been on your mind lately, and when did it begin to weigh on you?"),
    SupporterLine(
        "restatement_or_paraphrasing",
        "So this came up without any warning, and you have carried it by yourself since then.",
    ),
    SupporterLine(
        "question", "How does it show in your days, for example in your sleep or with the people around you?"
    ),
    SupporterLine(
        "reflection_of_feelings",
        "It sounds as though you are tired of it, and perhaps a little alone with it as well.",
    ),
    SupporterLine("question", "Is there somebody close to you who knows how much this takes out of you?"),
    SupporterLine(
        "self_disclosure",
        "I once went through a stretch like that, and what I remember is how loud everything became at night.",
    ),
    SupporterLine(
        "affirmation_and_reassurance",
        "You kept going through all of this and still thought of others. That takes real strength.",
    ),
    SupporterLine(
        "reflection_of_feelings",
        "I get the sense that not knowing how it goes on is harder for you than bad news would be.",
    ),
    SupporterLine(
        "providing_suggestions",
        "One thing you could try is to choose one person and tell them only the first sentence of it.",
    ),
    SupporterLine(
        "information",
        "Many people find that a fixed time for worrying, ten minutes on paper, leaves the night quieter.",
    ),
    SupporterLine(
        "providing_suggestions",
        "Perhaps you could decide on one small step for this week, one that would still be fine on a bad day.",
    ),
    SupporterLine(
        "affirmation_and_reassurance",
        "That sounds like a plan that is your own, and it does not ask too much of you at once.",
    ),
    SupporterLine("question", "What would you like to remember from today when it becomes difficult again?"),
    SupporterLine(
        "others",
        "Thank you for trusting me with this. I wish you a calm evening, take good care of yourself.",
    ),
)


def seeker_move(script: SeekerScript, view: View, *, rng: random.Random) -> Move:
    """Return what the scripted seeker does next: rate what is open, finish when possible, else answer."""
    if view.feedback_number is not None:
        return Move(rate=rng.choice((4, 5, 5)))
    if not _my_turn(view.roles, mine="seeker"):
        return WAIT
    said = _said(view.roles, mine="seeker")
    if view.may_finish and said >= len(script.lines):
        return Move(finish=True)
    if said < len(script.lines):
        return Move(say=script.lines[said])
    # The gate is still closed: stay, without pretending to have more to tell.
    return Move(say="I am still here. Let us stay together for a little while longer, if you like.")


def supporter_move(view: View, *, rng: random.Random) -> Move:
    """Return what the scripted supporter does next: greet, then answer each of the seeker's turns."""
    if not _my_turn(view.roles, mine="supporter"):
        return WAIT
    said = _said(view.roles, mine="supporter")
    line = SUPPORTER_LINES[said] if said < len(SUPPORTER_LINES) else rng.choice(SUPPORTER_LINES[3:-1])
    return Move(say=line.text, strategy=line.strategy)


def _said(roles: Sequence[str], *, mine: str) -> int:
    return sum(role == mine for role in roles)


def _my_turn(roles: Sequence[str], *, mine: str) -> bool:
    return not roles or roles[-1] != mine
