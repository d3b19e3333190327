"""A scripted participant at the socket."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed

from collection.rehearsal.browser import Browser, ClientConnection
from collection.rehearsal.personas import Manner, SeekerPersona, SupporterPersona

Persona = SeekerPersona | SupporterPersona
LOOK_SECONDS = 0.5


@dataclass
class Talk:
    """One side of a conversation as it goes on."""

    role: str
    persona: Persona
    rng: random.Random
    pace: tuple[float, float]
    """Shortest and longest pause before a message, in seconds."""
    begins: bool = False
    """Whether this side speaks first."""
    said: int = 0
    ordinal: int = 0
    turn_is_mine: bool = False
    feedback: int | None = None
    acknowledged: int = 0
    over: bool = False
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Messages that are not acknowledged yet, by client id: sent again after a reconnection."""


async def talk(browser: Browser, path: str, *, talk: Talk, deadline: float) -> None:
    """Talk until the conversation is over; reconnect when the socket breaks."""
    loop = asyncio.get_running_loop()
    end = loop.time() + deadline
    while not talk.over and loop.time() < end:
        try:
            async with browser.socket(path) as socket:
                await _converse(socket, talk, end=end)
        except (ConnectionClosed, OSError):
            await asyncio.sleep(0.2 + talk.rng.random() * 0.3)


async def _converse(socket: ClientConnection, talk: Talk, *, end: float) -> None:
    loop = asyncio.get_running_loop()
    await _send(socket, {"type": "hello", "last_ordinal": talk.ordinal})
    while not talk.over and loop.time() < end:
        try:
            raw = await asyncio.wait_for(socket.recv(), timeout=LOOK_SECONDS)
        except TimeoutError:
            await _act(socket, talk, quiet=True)
            continue
        await _hear(socket, talk, json.loads(raw))
        await _act(socket, talk, quiet=False)


async def _hear(socket: ClientConnection, talk: Talk, frame: dict[str, Any]) -> None:
    match frame["type"]:
        case "welcome":
            _take_in(talk, frame["utterances"])
            talk.feedback = (frame["status"].get("feedback") or {}).get("number")
            if talk.ordinal == 0:
                talk.turn_is_mine = talk.begins
            for message in talk.waiting.values():
                await _send(socket, message)
        case "utterances":
            _take_in(talk, frame["items"])
        case "ack":
            if talk.waiting.pop(frame["client_uid"], None) is not None:
                talk.acknowledged += 1
        case "status":
            talk.feedback = (frame["status"].get("feedback") or {}).get("number")
        case "ended":
            talk.over = True


def _take_in(talk: Talk, items: Sequence[dict[str, Any]]) -> None:
    for item in items:
        if item["ordinal"] > talk.ordinal:
            talk.ordinal = item["ordinal"]
            talk.turn_is_mine = item["role"] != talk.role


async def _act(socket: ClientConnection, talk: Talk, *, quiet: bool) -> None:
    """Do what the persona does now. `quiet`: nothing has been heard for a moment."""
    if talk.over or talk.waiting:
        return
    persona = talk.persona
    if talk.feedback is not None:
        score = 3 if persona.manner is Manner.CARELESS else talk.rng.choice((4, 5, 5))
        number, talk.feedback = talk.feedback, None
        await _send(socket, {"type": "feedback.give", "number": number, "score": score})
    if persona.manner is Manner.LEAVES and talk.said >= persona.stops_after:
        await _send(socket, {"type": "conversation.end", "manner": "leave"})
        return
    if persona.manner is Manner.SILENT and talk.said >= persona.stops_after:
        return
    if talk.turn_is_mine and talk.said < len(persona.lines):
        await asyncio.sleep(talk.rng.uniform(*talk.pace))
        await _say(socket, talk)
    elif quiet:
        # Whether the gate is open, and for how long the partner has been silent, the server knows: ask it.
        done = talk.role == "seeker" and talk.said >= len(persona.lines)
        await _send(socket, {"type": "conversation.end", "manner": "finish" if done else "partner_silent"})


async def _say(socket: ClientConnection, talk: Talk) -> None:
    uid = str(uuid.UUID(int=talk.rng.getrandbits(128), version=4))
    line = talk.persona.lines[talk.said]
    message: dict[str, Any] = {"type": "utterance.send", "client_uid": uid}
    if isinstance(line, str):
        message["text"] = line
    else:
        message |= {"text": line.text, "strategy": line.strategy}
    message |= {"compose_ms": len(message["text"]) * 90, "key_count": len(message["text"])}
    talk.said += 1
    talk.turn_is_mine = False
    talk.waiting[uid] = message
    await _send(socket, message)


async def _send(socket: ClientConnection, frame: dict[str, Any]) -> None:
    await socket.send(json.dumps(frame))
