"""Tests of addresses with a NUL: they are no names, and no page breaks over them."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize(
    "address",
    ["/research/conversations/nul%00byte/", "/research/agents/%00/", "/research/conversations/?q=a%00b"],
)
def test_an_address_with_a_nul_is_refused_before_anything_is_looked_up(address: str) -> None:
    answer = Client().get(address)  # no database here: a lookup would fail the test
    assert answer.status_code == 400
    assert answer.content == b"This address is not valid."
    assert "Content-Security-Policy" in answer.headers


def test_other_addresses_go_through() -> None:
    assert Client().get("/healthz?q=a%20b").status_code == 200
