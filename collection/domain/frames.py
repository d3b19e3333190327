"""The frames of the chat's socket: the one place where they are defined.

A frame is one JSON object with a `type`. Whatever a client sends is parsed here, strictly: an unknown type,
an unknown key, a wrong type or a value out of range is a `BadFrame` with a sentence, never a traceback.
`docs/reference/frames.md` is generated from this module (`python manage.py frames_reference`).
"""

from __future__ import annotations

from typing import Annotated, Literal, cast, dataclass_transform

import msgspec
from msgspec import Meta, Struct

MAX_FRAME_BYTES = 16_384
"""Larger frames are refused before they are parsed."""

Ordinal = Annotated[int, Meta(ge=0, le=2**31 - 1)]
# `$` alone would let a line break through at the end.
ClientUid = Annotated[str, Meta(pattern=r"^[0-9a-zA-Z-]{8,64}$(?!\n)")]
Count = Annotated[int, Meta(ge=0, le=100_000_000)]


class BadFrame(ValueError):
    """A frame that cannot be read. `args[0]` is a sentence for the client's author."""


# Options of a msgspec base reach its subclasses at run time; the decorator tells the type checker so.
@dataclass_transform(frozen_default=True, kw_only_default=True)
class ClientFrame(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """A frame from the browser."""


class Hello(ClientFrame, tag="hello"):
    """Open or resume: everything after `last_ordinal` comes back in the `welcome`."""

    last_ordinal: Ordinal = 0


class UtteranceSend(ClientFrame, tag="utterance.send"):
    """Say something. The same `client_uid` may be sent again at any time: it is stored once."""

    client_uid: ClientUid
    text: str
    strategy: str | None = None
    """A strategy's key; required from the supporter, refused from the seeker (§4.1)."""
    compose_ms: Count = 0
    """From the first key to Send."""
    key_count: Count = 0
    pasted_chars: Count = 0
    focus_losses: Count = 0


class UtteranceRelabel(ClientFrame, tag="utterance.relabel"):
    """Change the strategy of one's own last message, shortly after sending it."""

    ordinal: Ordinal
    strategy: str


class Typing(ClientFrame, tag="typing"):
    """The writer is typing; sent at most every few seconds."""


class FeedbackGive(ClientFrame, tag="feedback.give"):
    """Rate the messages of one feedback request (§4.2: after every two new supporter utterances)."""

    number: Ordinal
    score: Annotated[int, Meta(ge=1, le=5)]


class ConversationEnd(ClientFrame, tag="conversation.end"):
    """End or leave the conversation; the server decides whether the manner is open to this seat now."""

    manner: Literal["finish", "leave", "partner_silent", "safety"]


class SilenceExtend(ClientFrame, tag="silence.extend"):
    """Ask for more time before the partner may leave without loss: once in a conversation, after a while of silence."""


class Ping(ClientFrame, tag="ping"):
    """Answered by `pong`; keeps proxies from closing a quiet socket."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class ServerFrame(Struct, frozen=True, kw_only=True, tag_field="type"):
    """A frame to the browser."""


class UtteranceView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stored utterance as one seat may see it."""

    ordinal: int
    role: Literal["seeker", "supporter", "team"]
    text: str
    sent_at: str
    """ISO 8601, UTC."""
    own: bool = False
    client_uid: str | None = None
    """Only on one's own."""
    strategy: str | None = None
    """Only on a supporter's own: the seeker never sees strategies."""


class FeedbackView(Struct, frozen=True, kw_only=True):
    """A feedback request that waits for the seeker's answer."""

    number: int
    ordinals: tuple[int, ...]
    """The supporter utterances it is about."""


class Status(Struct, frozen=True, kw_only=True):
    """What a seat needs to know besides the utterances. Times are seconds as of this frame, by the server's clock."""

    state: str
    elapsed_seconds: float
    seeker_turns: int
    """Runs of consecutive seeker messages so far (§ Figure 8)."""
    may_finish: bool
    """Whether this seat may end the conversation now with exit status 03."""
    may_leave_free: bool
    """Whether the partner has been silent long enough to leave without loss (exit status 02)."""
    partner_present: bool
    partner_idle_seconds: float
    own_idle_seconds: float
    partner_limit_seconds: float
    """Silence of the partner after which this seat may leave without loss; longer while an extension holds."""
    own_limit_seconds: float
    """The same for one's own silence."""
    extension_left: bool
    """Whether this seat may still ask for more time, once it has been silent for a while (`silence.extend`)."""
    feedback: FeedbackView | None = None
    """Only for the seeker."""
    resources_shown: bool = False
    """Whether the card of help is shown to this seat because of something that was written. It stays."""
    team_answered: bool = False
    """Whether an answer of the study team waits to be read on the seat's help page."""


class Welcome(ServerFrame, tag="welcome"):
    """The answer to `hello`: the state, and every utterance after the ordinal that was named."""

    role: Literal["seeker", "supporter"]
    last_ordinal: int
    reload: bool
    """True when the client knew an ordinal that does not exist: it must forget its copy."""
    utterances: tuple[UtteranceView, ...]
    status: Status


class Utterances(ServerFrame, tag="utterances"):
    """New utterances, in order, without holes."""

    items: tuple[UtteranceView, ...]


class Ack(ServerFrame, tag="ack"):
    """The utterance is committed. Sent again for every resend of the same `client_uid`."""

    client_uid: str
    ordinal: int
    sent_at: str


class Refused(ServerFrame, tag="refused"):
    """Something was not done, and why. The socket stays open."""

    code: str
    message: str
    client_uid: str | None = None
    retry: bool = False
    """True when the same frame may succeed later (the database was away): send it again after a pause."""


class StatusChanged(ServerFrame, tag="status"):
    """The status after something changed."""

    status: Status


class PartnerTyping(ServerFrame, tag="partner.typing"):
    """The partner is typing; forget it after six seconds."""


class Relabelled(ServerFrame, tag="relabelled"):
    """A strategy of one's own was changed."""

    ordinal: int
    strategy: str


class Ended(ServerFrame, tag="ended"):
    """The conversation is over: go to `next_url`."""

    next_url: str
    reason: str
    """"finish", "leave", "partner_silent", "time", "team" or "technical"; both sides are told the same."""


class Reconnect(ServerFrame, tag="reconnect"):
    """This server is going away: connect again after `after_ms`."""

    after_ms: int


class Pong(ServerFrame, tag="pong"):
    """The answer to `ping`."""


CLIENT_FRAMES = (
    Hello,
    UtteranceSend,
    UtteranceRelabel,
    Typing,
    FeedbackGive,
    ConversationEnd,
    SilenceExtend,
    Ping,
)
SERVER_FRAMES = (
    Welcome,
    Utterances,
    Ack,
    Refused,
    StatusChanged,
    PartnerTyping,
    Relabelled,
    Ended,
    Reconnect,
    Pong,
)

CLOSE_CODES = {
    4000: "Five frames in a row could not be read.",
    4001: "This seat is not yours, or it is no longer open.",
    4012: "The server restarts: connect again after a moment.",
    4029: "Too many frames.",
    4401: "Signed out.",
}

_decoder = msgspec.json.Decoder(
    Hello | UtteranceSend | UtteranceRelabel | Typing | FeedbackGive | ConversationEnd | SilenceExtend | Ping
)
_encoder = msgspec.json.Encoder()


def parse(raw: str | bytes) -> ClientFrame:
    """Return the frame that `raw` is.

    Raises:
        BadFrame: too large, not JSON, not an object, or not one of `CLIENT_FRAMES`.
    """
    # A str of n characters has at least n bytes: this bounds the work before encoding it.
    if len(raw) > MAX_FRAME_BYTES:
        raise BadFrame(f"The frame is larger than {MAX_FRAME_BYTES} bytes.")
    try:
        data = raw.encode() if isinstance(raw, str) else raw
        if len(data) > MAX_FRAME_BYTES:
            raise BadFrame(f"The frame is larger than {MAX_FRAME_BYTES} bytes.")
        return cast("ClientFrame", _decoder.decode(data))
    except msgspec.MsgspecError as error:
        raise BadFrame(f"The frame cannot be read: {error}") from error
    except UnicodeError as error:
        raise BadFrame("The frame is not valid Unicode.") from error
    except RecursionError as error:
        raise BadFrame("The frame is nested too deeply.") from error


def encode(frame: ServerFrame) -> str:
    """Return the JSON text of a frame to the browser."""
    return _encoder.encode(frame).decode()
