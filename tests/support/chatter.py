"""A participant's browser for outages: it sends again until it is acknowledged, and notes all that it sees.

Written from the reference of the frames alone; it shares no code with the platform.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException


@dataclass
class Chatter:
    """One side of one conversation."""

    address: str
    role: str
    public_id: str
    cookie: str
    messages: int
    pause: float = 0.15
    acked: dict[str, int] = field(default_factory=dict)
    """Ordinal by client id."""
    shown: list[tuple[int, str]] = field(default_factory=list)
    """Ordinal and text of every utterance displayed, in order of display."""
    connections: int = 0
    closes: list[int] = field(default_factory=list)
    """Codes that the server closed sockets with."""
    second_address: str = ""
    """Where to knock when the first does not answer, as a proxy would."""
    refusals: list[str] = field(default_factory=list)
    resumes: list[float] = field(default_factory=list)
    """Seconds from each loss of the socket until the conversation went on."""
    may_finish: asyncio.Event = field(default_factory=asyncio.Event)
    """The last message waits for it, so that nobody is done before what is tested has happened."""
    _waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    _after_ms: int = 0
    _lost_at: float | None = None

    async def take_seat(self) -> None:
        """Wait in the lobby until a partner is found, and say that one is there."""
        headers = {"Cookie": self.cookie}
        async with httpx.AsyncClient(base_url=self.address, headers=headers, timeout=30) as http:
            home = f"/p/{self.public_id}/"
            while True:
                status = (await http.get(home + "lobby/status/")).json()
                if status["state"] == "chat":
                    return
                if status["state"] in {"ready", "ready_check"} and not status.get("own_ready"):
                    await self._say_ready(http, home)
                await asyncio.sleep(0.2)

    async def _say_ready(self, http: httpx.AsyncClient, home: str) -> None:
        page = await http.get(home + "ready/")
        if page.status_code != 200:
            return
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        await http.post(
            home + "ready/",
            data={"csrfmiddlewaretoken": token, "ready": "1"},
            headers={"Cookie": f"{self.cookie}; csrftoken={token}", "Referer": self.address + home},
        )

    async def talk(self, *, until_shown: int) -> None:
        """Say everything, and stay until so many utterances were shown."""
        unsaid = [self._message(number) for number in range(self.messages)]
        while len(self.acked) < self.messages or len(self.shown) < until_shown:
            try:
                async with connect(
                    self.address.replace("http", "ws") + f"/p/{self.public_id}/chat/socket/",
                    origin=self.address,  # type: ignore[arg-type]  # a NewType of str
                    additional_headers={"Cookie": self.cookie},
                ) as socket:
                    self.connections += 1
                    await self._converse(socket, unsaid, until_shown=until_shown)
            except (WebSocketException, OSError) as error:
                self._lost_at = self._lost_at or time.monotonic()
                if isinstance(error, ConnectionClosed):
                    self.closes.append(error.rcvd.code if error.rcvd else 1006)
                elif self.second_address:
                    self.address, self.second_address = self.second_address, self.address
                await asyncio.sleep(self._after_ms / 1000 or random.uniform(0.1, 0.4))
                self._after_ms = 0

    def _message(self, number: int) -> dict[str, Any]:
        frame = {
            "type": "utterance.send",
            "client_uid": f"{self.public_id.replace('_', '-')}-{number:04}",
            "text": f"{self.role} {number}",
        }
        return frame | ({"strategy": "question"} if self.role == "supporter" else {})

    async def _converse(
        self, socket: ClientConnection, unsaid: list[dict[str, Any]], *, until_shown: int
    ) -> None:
        last = self.shown[-1][0] if self.shown else 0
        await socket.send(json.dumps({"type": "hello", "last_ordinal": last}))
        speaking = asyncio.create_task(self._speak(socket, unsaid))
        try:
            while len(self.acked) < self.messages or len(self.shown) < until_shown:
                self._hear(json.loads(await socket.recv()))
        finally:
            speaking.cancel()

    async def _speak(self, socket: ClientConnection, unsaid: list[dict[str, Any]]) -> None:
        """Send again what is not acknowledged, at first and now and then; say the next thing in between."""
        while True:
            for frame in list(self._waiting.values()):
                await socket.send(json.dumps(frame))
            for _step in range(8):
                if unsaid and not self._waiting and (len(unsaid) > 1 or self.may_finish.is_set()):
                    frame = unsaid.pop(0)
                    self._waiting[frame["client_uid"]] = frame
                    await socket.send(json.dumps(frame))
                await asyncio.sleep(self.pause)

    def _hear(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                assert not frame["reload"]
                if self._lost_at is not None:
                    self.resumes.append(time.monotonic() - self._lost_at)
                    self._lost_at = None
                self.shown += [(item["ordinal"], item["text"]) for item in frame["utterances"]]
            case "utterances":
                self.shown += [(item["ordinal"], item["text"]) for item in frame["items"]]
            case "ack":
                known = self.acked.setdefault(frame["client_uid"], frame["ordinal"])
                assert known == frame["ordinal"]
                self._waiting.pop(frame["client_uid"], None)
            case "reconnect":
                self._after_ms = frame["after_ms"]
            case "refused":
                self.refusals.append(frame["code"])
