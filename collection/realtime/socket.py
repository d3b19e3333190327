"""One browser's socket. It parses a frame, calls one service, and answers; it never decides.

Plain ASGI instead of a Channels consumer: a consumer closes database connections on a shared thread before every
frame and waits on three queues; this waits on one (`docs/explanation/chat.md`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from django.urls import reverse

from collection.domain import frames
from collection.domain.errors import TooFast
from collection.domain.exits import EndReason, end_word
from collection.domain.frames import BadFrame, ClientFrame, ServerFrame, Status
from collection.realtime import metrics
from collection.realtime import runtime as runtimes
from collection.realtime.authority import SeatAuthority, seat_authority
from collection.realtime.database import DatabaseAway
from collection.realtime.facts import status_of, view_of
from collection.realtime.writer import ServiceAway
from collection.services.conversations import conversation_end
from collection.services.feedback import feedback_give
from collection.services.silence import silence_extend
from collection.services.utterances import Draft, Sent, utterance_relabel
from study.domain.errors import ApplicationError

log = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

MAX_BAD_FRAMES = 5
CLOSE_SECONDS = 5.0
MAX_WAITING_FRAMES = 2_000
"""A browser that reads so slowly is cut off; it comes back and reads what it missed."""


class ChatSocket:
    """The socket of one seat in one browser tab."""

    def __init__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self.runtime = runtimes.current()
        self.role = ""
        self.seat_id = 0
        self.last_ordinal = 0
        self._authority: SeatAuthority | None = None
        self._outgoing: asyncio.Queue[ServerFrame | int] = asyncio.Queue()
        self._bad_frames = 0
        self._live = False
        """Whether `welcome` was sent: before it, a socket hears nothing."""
        self._told_end = False
        self._answering = False
        self._retire_after_ms: int | None = None
        self._closing = False
        self.session_key = self.public_id = ""
        self.session_mark: int | None = None

    @classmethod
    async def app(cls, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        with metrics.SOCKETS.track_inprogress():
            await cls(scope, receive, send).serve()

    async def serve(self) -> None:
        """Accept the connection when the seat is the caller's, and answer frames until it closes."""
        await self._receive()  # websocket.connect
        public_id = self.scope["url_route"]["kwargs"]["public_id"]
        if self.runtime.draining:
            await self._refuse_connection(4012)
            return
        try:
            self._authority = await self.runtime.threads.run(seat_authority, self.scope, public_id)
        except DatabaseAway:
            await self._refuse_connection(4012)
            return
        if self._authority is None:
            await self._refuse_connection(4001)
            return
        self.role, self.seat_id = self._authority.role, self._authority.seat_id
        self.session_key, self.public_id = self._authority.session_key, public_id
        await self._send({"type": "websocket.accept"})
        sender = asyncio.create_task(self._send_outgoing())
        self.runtime.enter(self)
        try:
            await self._answer_frames()
        finally:
            self.runtime.sockets.discard(self)
            self.runtime.hub.leave(self._authority.conversation_id, self)
            self._live = False
            if self._closing:
                # What was put before the close code, and the code itself, still go out.
                with suppress(TimeoutError):
                    await asyncio.wait_for(sender, timeout=CLOSE_SECONDS)
            sender.cancel()
            with suppress(asyncio.CancelledError):
                await sender

    async def _refuse_connection(self, code: int) -> None:
        # Accepted first: a browser hides the close code of a handshake that was refused.
        await self._send({"type": "websocket.accept"})
        await self._send({"type": "websocket.close", "code": code})

    async def _answer_frames(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            if self._closing:
                continue  # what nobody answers any more is sent again on the next socket
            raw = message.get("text")
            if raw is None:
                raw = message.get("bytes") or b""
            try:
                frame = frames.parse(raw)
            except BadFrame as error:
                self._bad_frames += 1
                self._put(frames.Refused(code="bad_frame", message=str(error)))
                if self._bad_frames >= MAX_BAD_FRAMES:
                    self._close(4000)
                    return
                continue
            self._bad_frames = 0
            self._answering = True
            await self._answer(frame)
            self._answering = False
            self._retire_when_due()

    async def _answer(self, frame: ClientFrame) -> None:
        uid = frame.client_uid if isinstance(frame, frames.UtteranceSend) else None
        try:
            await self._handle(frame)
        except ApplicationError as error:
            self._put(frames.Refused(code=error.code, message=str(error), client_uid=uid, retry=error.retry))
        except DatabaseAway:
            away = ServiceAway()
            self._put(frames.Refused(code=away.code, message=str(away), client_uid=uid, retry=True))
        except Exception:
            # The traceback holds no text: frames' values are not logged.
            log.exception("A %s frame of seat %s failed.", type(frame).__name__, self.seat_id)
            self._put(frames.Refused(code="error", message="This did not work.", client_uid=uid, retry=True))

    async def _handle(self, frame: ClientFrame) -> None:
        match frame:
            case frames.UtteranceSend():
                await self._utterance_send(frame)
            case frames.Typing():
                self.runtime.typing(self._conversation_id, self.role)
            case frames.Hello():
                await self._hello(frame)
            case frames.FeedbackGive():
                await self.runtime.threads.run(
                    feedback_give, seat_id=self.seat_id, number=frame.number, score=frame.score
                )
            case frames.ConversationEnd():
                await self.runtime.threads.run(conversation_end, seat_id=self.seat_id, manner=frame.manner)
            case frames.SilenceExtend():
                await self.runtime.threads.run(silence_extend, seat_id=self.seat_id)
            case frames.UtteranceRelabel():
                await self.runtime.threads.run(
                    utterance_relabel, seat_id=self.seat_id, ordinal=frame.ordinal, strategy=frame.strategy
                )
                self._put(frames.Relabelled(ordinal=frame.ordinal, strategy=frame.strategy))
            case frames.Ping():
                self._put(frames.Pong())

    @property
    def _conversation_id(self) -> int:
        assert self._authority is not None
        return self._authority.conversation_id

    async def _utterance_send(self, frame: frames.UtteranceSend) -> None:
        seat = self._authority
        assert seat is not None
        if not self.runtime.bursts.allow(
            seat.seat_id, messages=seat.burst_messages, seconds=seat.burst_seconds
        ):
            raise TooFast
        draft = Draft(
            conversation_id=seat.conversation_id,
            seat_id=self.seat_id,
            client_uid=frame.client_uid,
            text=frame.text,
            strategy=frame.strategy,
            compose_ms=frame.compose_ms,
            key_count=frame.key_count,
            pasted_chars=frame.pasted_chars,
            focus_losses=frame.focus_losses,
        )
        sent = await self.runtime.writer.send(draft)
        self._put(
            frames.Ack(client_uid=sent.client_uid, ordinal=sent.ordinal, sent_at=sent.sent_at.isoformat())
        )

    async def _hello(self, frame: frames.Hello) -> None:
        self._live = self._told_end = False
        hub = self.runtime.hub
        resumed = await hub.join(self._conversation_id, self, after=frame.last_ordinal)
        if resumed is None:
            self._close(4001)
            return
        self.last_ordinal = resumed.sent[-1].ordinal if resumed.sent else frame.last_ordinal
        self._live = True
        facts = resumed.room.facts
        self._put(
            frames.Welcome(
                role="seeker" if self.role == "seeker" else "supporter",
                last_ordinal=self.last_ordinal,
                reload=resumed.reload,
                utterances=tuple(view_of(item, role=self.role) for item in resumed.sent),
                status=status_of(facts, role=self.role, now=hub.now()),
            )
        )
        if resumed.room.over:
            self.show_end(facts.end_reason)
        elif facts.last_ordinal > self.last_ordinal:
            hub.wake(self._conversation_id)  # said while the rest was read

    # What the runtime calls.

    def retire(self, *, after_ms: int) -> None:
        """Send the browser to another server, once what it has asked is answered."""
        self._retire_after_ms = after_ms
        if not self._answering:
            self._retire_when_due()

    def _retire_when_due(self) -> None:
        if self._retire_after_ms is not None and not self._closing:
            self._put(frames.Reconnect(after_ms=self._retire_after_ms))
            self._close(4012)

    def sign_out(self) -> None:
        """Close: the session no longer opens this seat."""
        if not self._closing:
            self.runtime.hub.leave(self._conversation_id, self)
            self._close(4401)

    # What the room calls.

    def show_utterances(self, sent: Sequence[Sent]) -> None:
        """Send new utterances. The room has checked that none is missing before them."""
        if not self._live:
            return
        self.last_ordinal = sent[-1].ordinal
        self._put(frames.Utterances(items=tuple(view_of(item, role=self.role) for item in sent)))

    def show_status(self, status: Status) -> None:
        """Send the status."""
        if self._live:
            self._put(frames.StatusChanged(status=status))

    def show_typing(self) -> None:
        """Send that the partner types."""
        if self._live:
            self._put(frames.PartnerTyping())

    def show_end(self, reason: str) -> None:
        """Send that the conversation is over and where to go on."""
        if self._live and not self._told_end and self._authority is not None:
            self._told_end = True
            url = reverse("journey", args=[self._authority.public_id])
            word = end_word(EndReason(reason)) if reason else "technical"
            self._put(frames.Ended(next_url=url, reason=word))

    def _put(self, frame: ServerFrame) -> None:
        if self._closing:
            return
        if self._outgoing.qsize() > MAX_WAITING_FRAMES:
            self._close(4029)
            return
        self._outgoing.put_nowait(frame)

    def _close(self, code: int) -> None:
        """Close after what was put before; nothing is put any more."""
        self._closing = True
        self._outgoing.put_nowait(code)

    async def _send_outgoing(self) -> None:
        """Send what is put, in order. One task, so that two coroutines never send at once."""
        while True:
            frame = await self._outgoing.get()
            if isinstance(frame, int):
                await self._send({"type": "websocket.close", "code": frame})
                return
            await self._send({"type": "websocket.send", "text": frames.encode(frame)})
