"""daphne's WebSocket, with less to do for every frame."""

from __future__ import annotations

from daphne.ws_protocol import WebSocketProtocol


class ChatProtocol(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """autobahn describes every read and every write for a log that nobody reads, a tenth of what a message costs."""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  # autobahn's name
        """Take what came in."""
        self._dataReceived(data)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:  # noqa: N802
        """Write what goes out."""
        if sync or chopsize or self.send_queue:
            super().sendData(data, sync, chopsize)
            return
        transport = self.transport
        if transport.connected and not (
            transport.dataBuffer or transport._tempDataBuffer or transport.disconnecting
        ):
            # Nothing waits before it, so it goes out now: the reactor would ask first whether the socket is writable.
            written = transport.writeSomeData(data)
            # An error is left for the reactor to find.
            data = data[written:] if isinstance(written, int) and written > 0 else data
        if data:
            transport.write(data)
