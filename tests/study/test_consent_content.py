"""Tests of the consent text and the crisis resources that come with the protocol esconv-2021."""

from __future__ import annotations

from datetime import date

import pytest

from study import protocol_files
from study.domain.consent_content import FROM_CONSENT, FROM_STUDY, PLACEHOLDER, fill, parse_consent
from study.domain.resources_content import parse_resources, resources_for, unverified

DOCUMENT = protocol_files.read_document(protocol_files.DEFAULT)


def text() -> str:
    sections = fill(
        parse_consent(DOCUMENT), contact="a@example.org", institution="The lab", review_board="No. 7"
    )
    return "\n".join(paragraph for section in sections for paragraph in section.paragraphs)


def test_every_placeholder_is_used() -> None:
    consent = parse_consent(DOCUMENT)
    used = {
        name
        for section in consent.sections
        for paragraph in section.paragraphs
        for name in PLACEHOLDER.findall(paragraph)
    }
    assert used == FROM_STUDY | FROM_CONSENT


def test_a_filled_text_shows_no_placeholder() -> None:
    assert PLACEHOLDER.findall(text()) == []


@pytest.mark.parametrize(
    "promise",
    [
        "not a professional",
        "no emergency service",
        "paid for your part also if you leave early",
        "if you do not pass the training",
        "The study team can read conversations, also while they are going on",
        "cannot be called back",
        "withdraw what you wrote",
        "at least 18 years old",
        "may be a computer program",
        "copies that others hold cannot be recalled",
        "data protection authority",
    ],
)
def test_the_text_says_what_a_participant_has_to_know(promise: str) -> None:
    assert promise in text()


def test_a_study_without_a_review_board_claims_no_review() -> None:
    sections = fill(parse_consent(DOCUMENT), contact="a@example.org")
    assert not any("reviewed" in paragraph for paragraph in sections[0].paragraphs)


@pytest.mark.parametrize("country", ["US", "CA", "GB", "IE", "AU"])
def test_a_country_with_an_example_is_shown_it_before_the_directory(country: str) -> None:
    names = [resource.country for resource in resources_for(parse_resources(DOCUMENT), country)]
    assert names[0] == country
    assert names[-1] == "*"


def test_the_examples_are_all_unverified_so_that_a_study_has_to_check_them() -> None:
    resources = parse_resources(DOCUMENT)
    assert unverified(resources, today=date(2026, 1, 1)) == resources
