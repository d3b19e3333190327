"""Tests of how frames are written: at once where nothing waits, in order always."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest
from twisted.internet.error import ConnectionLost

from escplatform.websocket import ChatProtocol


@dataclass
class Transport:
    """A connection that takes so much at once."""

    takes: int | ConnectionLost
    connected: bool = True
    disconnecting: bool = False
    dataBuffer: bytes = b""
    _tempDataBuffer: list[bytes] = field(default_factory=list)
    out: bytes = b""

    def writeSomeData(self, data: bytes) -> int | ConnectionLost:
        if isinstance(self.takes, ConnectionLost):
            return self.takes
        self.out += data[: self.takes]
        return min(self.takes, len(data))

    def write(self, data: bytes) -> None:
        self._tempDataBuffer.append(data)


def send(transport: Transport, *frames: bytes) -> None:
    protocol: Any = ChatProtocol.__new__(ChatProtocol)
    protocol.transport, protocol.send_queue = transport, deque()
    for frame in frames:
        protocol.sendData(frame)


@pytest.mark.parametrize(
    ("takes", "out", "waits"),
    [
        (100, b"onetwo", []),
        (2, b"on", [b"e", b"two"]),  # what comes later must not overtake
        (0, b"", [b"one", b"two"]),
        (ConnectionLost(), b"", [b"one", b"two"]),  # the reactor finds the error
    ],
)
def test_a_frame_goes_out_at_once_and_never_before_an_earlier_one(
    takes: int | ConnectionLost, out: bytes, waits: list[bytes]
) -> None:
    transport = Transport(takes)
    send(transport, b"one", b"two")
    assert (transport.out, transport._tempDataBuffer) == (out, waits)


@pytest.mark.parametrize("state", [{"disconnecting": True}, {"connected": False}, {"dataBuffer": b"earlier"}])
def test_nothing_goes_out_past_what_waits_or_after_the_end(state: dict[str, Any]) -> None:
    transport = Transport(100, **state)
    send(transport, b"one")
    assert transport.out == b""
