"""How long a qualification is good, and for what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from study import protocol_files
from tutorial.domain.qualification import Grant, barred, expiry, qualifies, training_digest

GRANTED = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROTOCOL, _SHA256 = protocol_files.read_protocol()


def make_grant(**changes: object) -> Grant:
    values: dict[str, object] = {
        "protocol_name": "esconv-2021",
        "training_sha256": "aa",
        "granted_at": GRANTED,
        "expires_at": GRANTED + timedelta(days=180),
        "revoked": False,
    }
    return Grant(**(values | changes))  # type: ignore[arg-type]


def check(grant: Grant, *, now: datetime = GRANTED, name: str = "esconv-2021", digest: str = "aa") -> bool:
    return qualifies(grant, protocol_name=name, training_sha256=digest, now=now)


@pytest.mark.parametrize(
    ("after", "good"),
    [
        (timedelta(0), True),
        (timedelta(seconds=-1), False),
        (timedelta(days=180, microseconds=-1), True),
        (timedelta(days=180), False),
    ],
)
def test_a_qualification_is_good_from_its_grant_until_it_expires(after: timedelta, good: bool) -> None:
    assert check(make_grant(), now=GRANTED + after) is good


def test_a_revoked_qualification_is_not_good() -> None:
    assert not check(make_grant(revoked=True))


def test_a_qualification_is_good_for_what_was_examined() -> None:
    assert not check(make_grant(), name="another")
    assert not check(make_grant(), digest="bb")


def test_expiry_is_the_rules_number_of_days() -> None:
    assert expiry(GRANTED, PROTOCOL.tutorial.exam) - GRANTED == timedelta(days=180)


def test_only_a_latest_grant_that_was_revoked_bars_from_the_exam() -> None:
    old = make_grant(revoked=True)
    new = make_grant(granted_at=GRANTED + timedelta(days=1))
    assert barred([old], protocol_name="esconv-2021")
    assert not barred([old], protocol_name="another")
    assert not barred([new, old], protocol_name="esconv-2021")
    assert not barred([], protocol_name="esconv-2021")


def test_a_new_price_needs_no_new_training_but_a_new_item_does() -> None:
    digest = training_digest(PROTOCOL)
    rewards = msgspec.structs.replace(PROTOCOL.rewards, training=Decimal("7.00"))
    assert training_digest(msgspec.structs.replace(PROTOCOL, version=2, rewards=rewards)) == digest
    assert training_digest(msgspec.structs.replace(PROTOCOL, items=PROTOCOL.items[:-1])) != digest
