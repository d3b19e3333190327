"""Tests of an agent's configuration as a document."""

from __future__ import annotations

from typing import Any

import pytest

from modeling.domain.agent_config import AgentConfig, Server, parse_config
from modeling.errors import AgentInvalid

SERVER = {"base_url": "http://localhost:9/v1", "model": "any"}


def test_an_empty_document_is_the_papers_decoding() -> None:
    config = parse_config({})
    assert config == AgentConfig()
    assert (config.decoding.top_k, config.decoding.top_p, config.decoding.temperature) == (30, 0.9, 0.7)


def test_a_server_has_a_schema_unless_told_otherwise() -> None:
    assert parse_config({"server": SERVER}).server == Server("http://localhost:9/v1", "any")


@pytest.mark.parametrize(
    "document",
    [
        {"pace": {"another": 1.5}},
        {"pace": {"pause_seconds": 60}},
        {"decoding": {"temperature": 0}},
        {"decoding": {"top_p": "much"}},
        {"servers": SERVER},
        {"server": SERVER | {"base_url": "file:///etc/passwd"}},
        {"server": SERVER | {"key": "../SECRET"}},
        {"server": SERVER | {"constraint": "hope"}},
        {"goodbye": "x" * 301},
    ],
)
def test_what_cannot_be_used_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(AgentInvalid):
        parse_config(document)
