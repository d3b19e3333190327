"""A whole study of scripted participants: applicants are trained, pairs converse, some misbehave."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from collection.rehearsal.browser import Browser
from collection.rehearsal.personas import seeker_persona, supporter_persona
from collection.rehearsal.play import Persona, Play, play
from collection.rehearsal.training import train

FAILS_EXAM_EVERY = 4
"""Every so many applicants one does not pass the exam: the funnel needs somebody to narrow."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rehearsed."""

    url: str
    study: str
    conversations: int
    seed: int
    at_once: int
    """Pairs that converse at the same time."""
    pace: tuple[float, float] = (0.0, 0.05)
    chat_seconds: float = 150.0
    wait_seconds: float = 90.0


@dataclass
class Tally:
    """What became of everybody."""

    steps: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


async def rehearse(plan: Plan, *, done: Callable[[], None]) -> Tally:
    """Play the study; `done` is called after each pair."""
    tally = Tally()
    gate = asyncio.Semaphore(plan.at_once)

    async def one(number: int) -> None:
        async with gate:
            await _pair(plan, number, tally)
        done()

    await asyncio.gather(*(one(number) for number in range(plan.conversations)))
    return tally


async def _pair(plan: Plan, number: int, tally: Tally) -> None:
    """Bring a supporter who passes and then a seeker; now and then an applicant who does not pass comes as well."""
    rng = random.Random(f"{plan.seed}/{number}")  # noqa: S311 - a rehearsal, not a secret
    seeker = seeker_persona(rng)
    supporter = supporter_persona(rng, passes_exam=True)
    trained = asyncio.Event()

    def at_step(step: str) -> None:
        if step in {"lobby", "ready", "end"}:
            trained.set()

    async def seek() -> set[str]:
        # A training takes longer than anybody waits in a lobby.
        await trained.wait()
        return await _person(plan, "seeker", seeker, rng.random())

    async def support() -> set[str]:
        try:
            return await _person(plan, "supporter", supporter, rng.random(), at_step=at_step)
        finally:
            trained.set()

    people = [seek(), support()]
    if number % FAILS_EXAM_EVERY == 0:
        people.append(_person(plan, "supporter", supporter_persona(rng, passes_exam=False), rng.random()))
    for outcome in await asyncio.gather(*people, return_exceptions=True):
        if isinstance(outcome, BaseException):
            tally.failures.append(f"pair {number}: {outcome or type(outcome).__name__}")
        else:
            tally.steps.update(outcome)


async def _person(
    plan: Plan,
    role: str,
    persona: Persona,
    seed: float,
    *,
    at_step: Callable[[str], None] = lambda _step: None,
) -> set[str]:
    part = Play(
        role=role,
        persona=persona,
        rng=random.Random(seed),  # noqa: S311
        training=train,
        pace=plan.pace,
        chat_seconds=plan.chat_seconds,
        wait_seconds=plan.wait_seconds,
        at_step=at_step,
    )
    async with Browser(plan.url) as browser:
        await play(browser, f"/try/{plan.study}/?role={role}", part)
    return {f"{role}:{step}" for step in part.steps}
