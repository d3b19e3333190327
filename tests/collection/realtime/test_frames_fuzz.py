"""Ten thousand frames that nobody should send: each is answered, nothing breaks, no socket is lost before the fifth bad one."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Iterator
from typing import Any

import pytest

from collection.domain.frames import CLIENT_FRAMES, BadFrame, parse
from tests.support.factories import Pair
from tests.support.sockets import Browser

FRAMES = 10_000
SEED = 20_211
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 2**31, 2**63, 10**400, "", " ", "\x00", "a\x00b", "\ud800", "\udfff x", "\u202e", "\ufeff",
    "𝕏" * 50, "' OR 1=1 --", "{{ 7*7 }}", "<script>alert(1)</script>", "../../etc/passwd", [], {}, [[]], {"type": "hello"},
)  # fmt: skip
TYPES = tuple(frame.__struct_config__.tag for frame in CLIENT_FRAMES)
FIELDS = tuple(sorted({name for frame in CLIENT_FRAMES for name in frame.__struct_fields__}))
ENDING = {"conversation.end"}
"""Not among the well-formed ones: they would end what is being tested."""


def frames(rng: random.Random) -> Iterator[str | bytes]:
    """Yield frames of every kind of wrong, and some that are right but may be refused."""
    makers = (_bytes, _text, _shape, _fields, _cut, _deep, _long)
    for _number in range(FRAMES):
        yield rng.choice(makers)(rng)


def _bytes(rng: random.Random) -> bytes:
    return rng.randbytes(rng.randrange(1, 200))


def _text(rng: random.Random) -> str:
    return "".join(
        chr(rng.choice((rng.randrange(32, 127), rng.randrange(0xD7FF)))) for _ in range(rng.randrange(1, 60))
    )


def _shape(rng: random.Random) -> str:
    return json.dumps(
        rng.choice(
            (
                rng.choice(ODD),
                [rng.choice(ODD)],
                {"type": rng.choice(ODD)},
                {"type": rng.choice(TYPES), "x": 1},
            )
        )
    )


def _fields(rng: random.Random) -> str:
    kind = rng.choice([kind for kind in TYPES if kind not in ENDING])
    names = rng.sample(FIELDS, rng.randrange(len(FIELDS)))
    return json.dumps({"type": kind} | {name: rng.choice(ODD) for name in names})


def _cut(rng: random.Random) -> str:
    whole = json.dumps(
        {"type": "utterance.send", "client_uid": "uid-000001", "text": "Hello.", "strategy": None}
    )
    at = rng.randrange(len(whole))
    return whole[:at] + rng.choice(("", "\x00", "}", '"', "\\u", "\\ud800")) + whole[at + rng.randrange(3) :]


def _deep(rng: random.Random) -> str:
    depth = rng.choice((10, 900, 8_000))
    return rng.choice(("[" * depth, '{"a":' * (depth // 2), "[" * (depth // 2) + "]" * (depth // 2)))


def _long(rng: random.Random) -> str:
    size = rng.choice((2_001, 16_000, 16_385, 40_000))
    return json.dumps(
        {"type": "utterance.send", "client_uid": "uid-000002", "text": rng.choice("aé𝕏 ") * size}
    )


def is_readable(frame: str | bytes) -> bool:
    """Return whether the frame can be read: only what cannot counts towards the five."""
    try:
        parse(frame)
    except BadFrame:
        return False
    return True


async def test_ten_thousand_frames_are_answered_and_no_socket_is_lost(
    pair: Pair, seeker: Browser, supporter: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    rng, bad_in_a_row, bad = random.Random(SEED), 0, 0
    await seeker.hello()
    await supporter.hello()
    for number, frame in enumerate(frames(rng)):
        if bad_in_a_row == 4:
            await answered(seeker)
            bad_in_a_row = 0
        await seeker.send(frame)
        if is_readable(frame):
            bad_in_a_row = 0
        else:
            bad_in_a_row += 1
            bad += 1
            # What could be read before it may still be refused for another reason; this one's answer comes, or it times out.
            while (await seeker.expect("refused"))["code"] != "bad_frame":
                pass
        if number % 500 == 0:
            seeker.heard.clear()
    await answered(seeker)
    assert bad > FRAMES / 2
    assert not [record for record in caplog.records if record.exc_info], "a traceback"
    await supporter.support("uid-after-all", "Still here.")
    assert (await supporter.expect("ack"))["client_uid"] == "uid-after-all"


async def answered(tab: Browser) -> None:
    """The socket lives: it answers a ping."""
    await tab.send({"type": "ping"})
    await tab.expect("pong")


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "\ud800", "x" * 16_385], ids=["NUL", "NUL inside", "surrogate", "too long"]
)
async def test_a_message_that_cannot_be_stored_is_refused_with_a_sentence(seeker: Browser, text: str) -> None:
    await seeker.hello()
    await seeker.say("uid-000001", text)
    answer = await seeker.expect("refused", "ack")
    assert answer["type"] == "refused" or answer["ordinal"] == 1
    await answered(seeker)


ACTIONS: dict[str, dict[str, Any]] = {
    "hello": {},
    "utterance.send": {"client_uid": "uid-000001", "text": "Hello."},
    "utterance.relabel": {"ordinal": 1, "strategy": "others"},
    "typing": {},
    "silence.extend": {},
    "feedback.give": {"number": 1, "score": 3},
    "conversation.end": {"manner": "finish"},
    "ping": {},
}
ANSWERS = {
    "seeker": {
        "hello": "welcome",
        "utterance.send": "ack",
        "utterance.relabel": "refused",
        "typing": "",
        "silence.extend": "refused",
        "feedback.give": "refused",
        "conversation.end": "refused",
        "ping": "pong",
    },
    "supporter": {
        "hello": "welcome",
        "utterance.send": "refused",
        "utterance.relabel": "refused",
        "typing": "",
        "silence.extend": "refused",
        "feedback.give": "refused",
        "conversation.end": "refused",
        "ping": "pong",
    },
}
"""Each action at the very beginning of a conversation: by the seeker, and by the supporter, who names no strategy."""


def test_every_action_has_a_row() -> None:
    assert set(ACTIONS) == set(TYPES)
    assert all(set(row) == set(TYPES) for row in ANSWERS.values())


@pytest.mark.parametrize("role", ["seeker", "supporter"])
async def test_every_action_gets_its_answer(
    pair: Pair, seeker: Browser, supporter: Browser, role: str
) -> None:
    tab = seeker if role == "seeker" else supporter
    await tab.hello()
    for action, fields in ACTIONS.items():
        await tab.send({"type": action, **fields})
        wanted = ANSWERS[role][action]
        if wanted:
            answer = await tab.expect("welcome", "ack", "refused", "pong", "relabelled", "ended")
            assert answer["type"] == wanted, (action, answer)
