"""Tests of the socket's frames: strict in, readable out, and never anything but `BadFrame`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.domain import frames
from collection.domain.frames import BadFrame, parse

SEND = {"type": "utterance.send", "client_uid": "abcdefgh-1", "text": "Hello."}


def check_refuses(raw: str | bytes, *, because: str) -> None:
    with pytest.raises(BadFrame, match=because):
        parse(raw)


@pytest.mark.parametrize(
    ("frame", "parsed"),
    [
        ({"type": "hello"}, frames.Hello(last_ordinal=0)),
        ({"type": "hello", "last_ordinal": 7}, frames.Hello(last_ordinal=7)),
        (SEND, frames.UtteranceSend(client_uid="abcdefgh-1", text="Hello.")),
        (
            {"type": "utterance.relabel", "ordinal": 2, "strategy": "question"},
            frames.UtteranceRelabel(ordinal=2, strategy="question"),
        ),
        ({"type": "typing"}, frames.Typing()),
        ({"type": "feedback.give", "number": 1, "score": 5}, frames.FeedbackGive(number=1, score=5)),
        ({"type": "conversation.end", "manner": "leave"}, frames.ConversationEnd(manner="leave")),
        ({"type": "ping"}, frames.Ping()),
    ],
)
def test_each_frame_is_read(frame: dict[str, Any], parsed: frames.ClientFrame) -> None:
    assert parse(json.dumps(frame)) == parsed
    assert parse(json.dumps(frame).encode()) == parsed


@pytest.mark.parametrize(
    ("raw", "because"),
    [
        ("", "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "Expected `object`, got `array`"),
        ("null", "Expected `object`, got `null`"),
        ("{}", "missing required field `type`"),
        ('{"type":"shout"}', "Invalid value 'shout'"),
        ('{"type":7}', "cannot be read"),
        ('{"type":"ping","extra":1}', "unknown field `extra`"),
        (b"\xff\xfe\x00", "cannot be read"),
        ('{"type":"ping"}{"type":"ping"}', "cannot be read"),
        ("[" * 10_000, "cannot be read|nested"),
        ('{"type":' * 2_000, "cannot be read|nested"),
        ("\ud800", "not valid Unicode"),
        ('{"type":"hello","last_ordinal":-1}', "last_ordinal"),
        ('{"type":"hello","last_ordinal":1e400}', "cannot be read"),
        ('{"type":"hello","last_ordinal":99999999999999999999999}', "cannot be read"),
        ('{"type":"hello","last_ordinal":"1"}', "last_ordinal"),
        ('{"type":"feedback.give","number":1,"score":6}', "score"),
        ('{"type":"conversation.end","manner":"vanish"}', "manner"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(raw: str | bytes, because: str) -> None:
    check_refuses(raw, because=because)


@pytest.mark.parametrize(
    "uid", ["short", "x" * 65, "with space-1", "ünïcode-id", "a'; DROP--", "abcdefgh\n", "x" * 64 + "\n", ""]
)
def test_a_client_id_is_made_of_letters_digits_and_dashes(uid: str) -> None:
    check_refuses(json.dumps(SEND | {"client_uid": uid}), because="client_uid")


def test_a_frame_is_measured_in_bytes() -> None:
    limit = frames.MAX_FRAME_BYTES
    empty = len(json.dumps(SEND | {"text": ""}))
    parse(json.dumps(SEND | {"text": "x" * (limit - empty)}))
    check_refuses(json.dumps(SEND | {"text": "x" * (limit - empty + 1)}), because="larger than 16384 bytes")
    # Few characters, many bytes.
    check_refuses(json.dumps(SEND | {"text": "€" * 6_000}, ensure_ascii=False), because="larger than")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
TAGS = [
    "hello",
    "utterance.send",
    "utterance.relabel",
    "typing",
    "feedback.give",
    "conversation.end",
    "ping",
    "silence.extend",
]
FIELDS = [
    "client_uid",
    "text",
    "strategy",
    "last_ordinal",
    "ordinal",
    "number",
    "score",
    "manner",
    "compose_ms",
]
near_frames = st.builds(
    lambda tag, fields: json.dumps({"type": tag} | fields),
    st.sampled_from(TAGS),
    st.dictionaries(
        st.sampled_from(FIELDS), json_values | st.sampled_from(["abcdefgh", 1, "leave"]), max_size=4
    ),
)


@settings(max_examples=400, deadline=None)
@given(
    st.binary(max_size=200)
    | st.text(st.characters(codec=None), max_size=200)
    | json_values.map(json.dumps)
    | near_frames
)
def test_nothing_that_comes_in_raises_anything_but_bad_frame(raw: str | bytes) -> None:
    try:
        frame = parse(raw)
    except BadFrame as error:
        str(error).encode()
    else:
        assert isinstance(frame, frames.CLIENT_FRAMES)


def test_what_goes_out_leaves_out_what_the_other_side_must_not_see() -> None:
    shown = frames.UtteranceView(ordinal=1, role="supporter", text="Hi", sent_at="2026-11-23T12:00:00+00:00")
    encoded = json.loads(frames.encode(frames.Utterances(items=(shown,))))
    assert encoded == {
        "type": "utterances",
        "items": [{"ordinal": 1, "role": "supporter", "text": "Hi", "sent_at": "2026-11-23T12:00:00+00:00"}],
    }


def test_every_frame_has_a_name_of_its_own() -> None:
    tags = [frame.__struct_config__.tag for frame in (*frames.CLIENT_FRAMES, *frames.SERVER_FRAMES)]
    assert len(tags) == len(set(tags))
    assert set(TAGS) == {frame.__struct_config__.tag for frame in frames.CLIENT_FRAMES}
