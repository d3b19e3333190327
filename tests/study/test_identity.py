"""Tests that recruiting ids are found by a keyed hash and read back by the key's owner only."""

from __future__ import annotations

import pytest
from cryptography.fernet import InvalidToken
from django.test import override_settings

from study.identity import decrypt, encrypt, keyed_hash, new_visitor


def test_a_hash_depends_on_every_part_and_on_where_parts_begin() -> None:
    assert keyed_hash("ab", "c") == keyed_hash("ab", "c")
    assert keyed_hash("ab", "c") != keyed_hash("a", "bc")
    assert keyed_hash("ab", "c") != keyed_hash("ab", "C")
    assert len(keyed_hash("x")) == 64


def test_a_hash_depends_on_the_key() -> None:
    before = keyed_hash("person", "77ab")
    with override_settings(IDENTITY_KEY="another-key-of-sufficient-length-for-a-test"):
        assert keyed_hash("person", "77ab") != before


def test_only_the_key_s_owner_reads_what_was_encrypted() -> None:
    values = {"person_id": "5f1c – Ünïcode", "session_id": "77ab"}
    token = encrypt(values)
    assert b"5f1c" not in token
    assert decrypt(token) == values
    assert encrypt(values) != token
    with (
        override_settings(IDENTITY_KEY="another-key-of-sufficient-length-for-a-test"),
        pytest.raises(InvalidToken),
    ):
        decrypt(token)
    with pytest.raises(InvalidToken):
        decrypt(token[:-2] + b"==")


def test_visitors_are_told_apart() -> None:
    assert len({new_visitor() for _number in range(1000)}) == 1000
