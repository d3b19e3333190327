"""daphne as this platform runs it: small frames, quick notice of peers that are gone, no server name."""

from __future__ import annotations

from collection.domain.frames import MAX_FRAME_BYTES

PING_SECONDS = 5
PONG_SECONDS = 5


def serve(host: str, port: int) -> None:
    """Run daphne in this thread until it is interrupted."""
    from daphne.endpoints import build_endpoint_description_strings
    from daphne.server import Server

    from escplatform.asgi import application

    Server(
        application=application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        signal_handlers=True,
        ping_interval=PING_SECONDS,
        ping_timeout=PONG_SECONDS,
        websocket_max_message_size=MAX_FRAME_BYTES,
        websocket_max_frame_size=MAX_FRAME_BYTES,
        server_name="",
    ).run()
