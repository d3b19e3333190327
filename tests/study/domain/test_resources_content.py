"""Tests of the crisis resources: reading them, choosing by country, and how long a check holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from study.domain.errors import ProtocolInvalid
from study.domain.resources_content import is_verified, parse_resources, resources_for, unverified


def make_resource(country: str = "*", **changes: Any) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "country": country,
        "name": f"Line {country}",
        "contact": "Call 1",
        "note": "Day and night.",
        "url": "https://example.org/",
        "checked_on": "",
        "expires_on": "",
        "source": "tried by telephone",
    }
    return resource | changes


def check_refuses(*resources: dict[str, Any], because: str) -> None:
    with pytest.raises(ProtocolInvalid, match=because):
        parse_resources({"resources": list(resources)})


def test_an_entry_may_have_only_an_address_or_only_a_contact() -> None:
    read = parse_resources({"resources": [make_resource(contact=""), make_resource("IE", url="")]})
    assert [resource.contact for resource in read] == ["", "Call 1"]
    check_refuses(make_resource(contact="", url=""), because="needs a contact or an address")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("country", "us"),
        ("country", "USA"),
        ("url", "http://example.org/"),
        ("checked_on", "1 May 2026"),
        ("expires_on", "2026/05/01"),
    ],
)
def test_a_malformed_value_is_named_with_its_path(key: str, value: str) -> None:
    check_refuses(make_resource(**{key: value}), because=rf"^resources: .*\$\[0\]\.{key}")


def test_a_day_that_does_not_exist_is_refused() -> None:
    check_refuses(make_resource(checked_on="2026-02-30", expires_on="2026-05-01"), because=r"\$\[0\]")


@pytest.mark.parametrize(("checked_on", "expires_on"), [("2026-05-01", ""), ("", "2026-05-01")])
def test_a_check_and_its_end_are_given_together(checked_on: str, expires_on: str) -> None:
    check_refuses(
        make_resource(checked_on=checked_on, expires_on=expires_on), because="together or not at all"
    )


def test_a_check_ends_after_it_was_made() -> None:
    check_refuses(make_resource(checked_on="2026-05-01", expires_on="2026-05-01"), because="expires before")


def test_an_entry_stands_once() -> None:
    check_refuses(make_resource(), make_resource(), because="occurs more than once")


@pytest.mark.parametrize("resources", [[], [make_resource("IE")]])
def test_no_country_is_left_without_an_entry(resources: list[dict[str, Any]]) -> None:
    check_refuses(*resources, because="No resource is for everybody")


def test_a_missing_list_is_refused() -> None:
    with pytest.raises(ProtocolInvalid, match=r"^resources: Expected `array`"):
        parse_resources({})


@pytest.mark.parametrize(
    ("country", "names"),
    [
        ("IE", ["Line IE", "Line *"]),
        ("ie", ["Line IE", "Line *"]),
        ("NZ", ["Line *"]),
        ("", ["Line *"]),
        ("*", ["Line *"]),
    ],
)
def test_the_stated_country_comes_first_and_everybodys_entries_follow(country: str, names: list[str]) -> None:
    resources = parse_resources({"resources": [make_resource(), make_resource("IE"), make_resource("GB")]})
    assert [resource.name for resource in resources_for(resources, country)] == names


@pytest.mark.parametrize(
    ("today", "verified"),
    [
        (date(2026, 4, 30), False),
        (date(2026, 5, 1), True),
        (date(2026, 10, 31), True),
        (date(2026, 11, 1), False),
    ],
)
def test_a_check_holds_from_its_day_until_the_day_before_it_expires(today: date, verified: bool) -> None:
    checked = make_resource(checked_on="2026-05-01", expires_on="2026-11-01")
    resources = parse_resources({"resources": [checked, make_resource("IE")]})
    assert is_verified(resources[0], today=today) is verified
    assert (resources[0] in unverified(resources, today=today)) is not verified
    assert resources[1] in unverified(resources, today=today)
