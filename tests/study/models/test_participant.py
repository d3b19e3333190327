"""Identifiers of people and their entries."""

from __future__ import annotations

import secrets

import pytest

from study.models.participant import new_public_id


def test_a_public_id_is_never_taken_for_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["-aaaaaaaaaaaaaaa", "--aaaaaaaaaaaaaa", "_aaaaaaaaaaaaaa-"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _bytes: next(drawn))
    assert new_public_id() == "_aaaaaaaaaaaaaa-"


def test_public_ids_are_long_and_differ() -> None:
    drawn = {new_public_id() for _ in range(500)}
    assert len(drawn) == 500
    assert {len(one) for one in drawn} == {16}
