"""What "Need help now?" shows first."""

from __future__ import annotations

import pytest

from study.access import help_context
from study.domain.resources_content import EVERYWHERE
from tests.support.factories import make_participation

pytestmark = pytest.mark.django_db


def test_without_a_country_comes_first_what_is_for_everybody_and_nothing_is_hidden() -> None:
    participation = make_participation()
    participation.country = ""
    shown = help_context(participation)
    countries = [resource.country for resource in shown["resources"]]
    assert countries[0] == EVERYWHERE
    assert EVERYWHERE not in countries[countries.count(EVERYWHERE) :]
    assert len(countries) == len(participation.protocol_version.protocol.resources)
    assert shown["far_resources"] == []


def test_a_country_has_its_own_first() -> None:
    participation = make_participation()
    participation.country = "GB"
    shown = help_context(participation)
    assert shown["resources"][0].country == "GB"
    assert {resource.country for resource in shown["resources"]} == {"GB", EVERYWHERE}
    assert "US" in {resource.country for resource in shown["far_resources"]}
