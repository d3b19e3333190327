"""One scripted participant's way through the whole study, page by page."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from collection.rehearsal.browser import Browser, RehearsalFailed
from collection.rehearsal.chat import Talk, talk
from collection.rehearsal.personas import Manner, SeekerPersona, SupporterPersona

Persona = SeekerPersona | SupporterPersona
TrainingWalk = Callable[[Browser, bool], Awaitable[None]]
"""Goes through the training; the flag says whether to pass the exam."""
MAX_PAGES = 400
POLL_SECONDS = 0.3


@dataclass
class Play:
    """What a rehearsal knows of one participant."""

    role: str
    persona: Persona
    rng: random.Random
    training: TrainingWalk
    pace: tuple[float, float]
    chat_seconds: float
    wait_seconds: float
    begins: bool = False
    """Whether a seeker speaks first: a program waits to be spoken to."""
    at_step: Callable[[str], None] = lambda _step: None
    """Told of every new step."""
    path: str = ""
    steps: list[str] = field(default_factory=list)


async def play(browser: Browser, entry: str, part: Play) -> str:
    """Walk from the entry link to the last page; return the last page's path.

    Raises:
        RehearsalFailed: a page answered with an error, or the way does not end.
    """
    part.path = await browser.open(entry)
    for _page in range(MAX_PAGES):
        step = _step(part.path)
        if not part.steps or part.steps[-1] != step:
            part.steps.append(step)
            part.at_step(step)
        if step == "end":
            return part.path
        part.path = await _go_on(browser, part, step)
    raise RehearsalFailed(f"The {part.role}'s way does not end: {' → '.join(part.steps[-10:])}")


def _step(path: str) -> str:
    """Return the name of a participant page: /p/<id>/<step>/…"""
    parts = path.strip("/").split("/")
    if len(parts) < 3 or parts[0] != "p":
        raise RehearsalFailed(f"{path} is no participant page.")
    return parts[2]


def _home(path: str) -> str:
    return "/".join(path.split("/")[:3]) + "/"


async def _go_on(browser: Browser, part: Play, step: str) -> str:
    match step:
        case "consent":
            return await browser.submit({"take_part": "on", "public_release": "on"})
        case "role":
            return await browser.submit({"role": part.role})
        case "training":
            assert isinstance(part.persona, SupporterPersona)
            await part.training(browser, part.persona.passes_exam)
            return await browser.open(_home(part.path))
        case "before":
            return await browser.submit(_pre_chat(part.persona))
        case "lobby":
            return await _wait(browser, part)
        case "ready":
            return await _ready(browser, part)
        case "chat":
            return await _chat(browser, part)
        case "after":
            return await browser.submit(_survey(part))
        case "comparison":
            return await browser.submit(_comparison(browser.page, part))
        case _:
            raise RehearsalFailed(f"The rehearsal does not know the page {part.path}.")


def _comparison(page: str, part: Play) -> dict[str, str]:
    """Begin the next conversation, or compare both: nobody knows who answered, so it is a matter of taste."""
    asked = re.findall(r'<input type="radio" name="([^"]+)" value="first"', page)
    if not asked:
        return {"begin": "1"}
    return {name: part.rng.choices(("first", "second", "same"), (4, 4, 2))[0] for name in asked}


def _pre_chat(persona: Persona) -> dict[str, str]:
    assert isinstance(persona, SeekerPersona)
    script = persona.script
    return {
        "problem": script.problem,
        "emotion": script.emotion,
        "intensity": str(script.intensity_before),
        "situation": script.situation,
        "experience": script.experience,
    }


async def _wait(browser: Browser, part: Play) -> str:
    """Wait for a partner, for a while; then leave, paid."""
    loop = asyncio.get_running_loop()
    end = loop.time() + part.wait_seconds
    status_url = _home(part.path) + "lobby/status/"
    while loop.time() < end:
        status = await browser.ask(status_url)
        if status["state"] != "waiting":
            return await browser.open(status["url"])
        await asyncio.sleep(POLL_SECONDS)
    return await browser.submit({"leave": "1"}, url=_home(part.path) + "lobby/")


async def _ready(browser: Browser, part: Play) -> str:
    path = await browser.submit({"ready": "1"})
    while _step(path) == "ready":
        status = await browser.ask(_home(part.path) + "lobby/status/")
        if status["state"] != "ready":
            return await browser.open(status["url"])
        await asyncio.sleep(POLL_SECONDS)
    return path


async def _chat(browser: Browser, part: Play) -> str:
    side = Talk(
        role=part.role,
        persona=part.persona,
        rng=part.rng,
        pace=part.pace,
        begins=part.begins or part.role == "supporter",
    )
    home = _home(part.path)
    await talk(browser, f"{home}chat/socket/", talk=side, deadline=part.chat_seconds)
    path = await browser.open(home)
    if _step(path) == "chat":
        raise RehearsalFailed(
            f"The {part.role}'s conversation does not end: {side.said} said, {side.ordinal} heard."
        )
    return path


def _survey(part: Play) -> dict[str, str]:
    if isinstance(part.persona, SupporterPersona):
        return {"detail": "4", "liked": "The seeker told me a lot.", "improve": ""}
    careless = part.persona.manner is Manner.CARELESS
    return {
        "intensity": str(part.persona.script.intensity_after),
        "empathy": "3" if careless else "5",
        "relevance": "3" if careless else "5",
        "ending": "natural",
        "liked": "" if careless else "It was good to be asked.",
        "improve": "",
    }
