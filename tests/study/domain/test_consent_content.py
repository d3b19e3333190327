"""Tests of the consent text's parser and of filling it for a study."""

from __future__ import annotations

from typing import Any

import pytest

from study.domain.consent_content import Section, TickKey, fill, parse_consent
from study.domain.errors import ProtocolInvalid


def make_ticks() -> list[dict[str, Any]]:
    return [
        {"key": key.value, "label": f"On {key}.", "required": key is TickKey.TAKE_PART} for key in TickKey
    ]


def make_consent(**changes: Any) -> dict[str, Any]:
    """Return a document with a consent text of two sections."""
    consent: dict[str, Any] = {
        "version": "1",
        "title": "Before you take part",
        "language": "en",
        "summary": "A talk.",
        "release_licence": "CC BY-NC 4.0",
        "retention_months": 12,
        "sections": [
            {"heading": "Who", "paragraphs": ["Run by {institution}.", "Write to {contact}."]},
            {"heading": "Review", "paragraphs": ["Reviewed: {review_board}."]},
        ],
        "ticks": make_ticks(),
        "source": "own text",
    }
    return {"name": "tiny", "consent": consent | changes}


def check_refuses(document: dict[str, Any], *, because: str) -> None:
    with pytest.raises(ProtocolInvalid, match=because):
        parse_consent(document)


def test_a_text_is_read() -> None:
    consent = parse_consent(make_consent())
    assert [section.heading for section in consent.sections] == ["Who", "Review"]
    assert [tick.key for tick in consent.ticks if tick.required] == [TickKey.TAKE_PART]


def test_a_document_without_a_text_is_refused() -> None:
    check_refuses({"name": "tiny"}, because=r"^consent: Expected `object`")


def test_an_unknown_key_is_named() -> None:
    check_refuses(make_consent(colour="red"), because="unknown field `colour`")


def test_an_unknown_placeholder_is_refused() -> None:
    sections = [{"heading": "Who", "paragraphs": ["Write to {contact} or {telephone}."]}]
    check_refuses(make_consent(sections=sections), because=r"\{telephone\} is not a placeholder")


def test_a_text_without_a_contact_is_refused() -> None:
    sections = [{"heading": "Who", "paragraphs": ["Run by {institution}."]}]
    check_refuses(make_consent(sections=sections), because="never names the {contact}")


def test_a_heading_occurs_once() -> None:
    sections = [{"heading": "Who", "paragraphs": ["Write to {contact}."]}] * 2
    check_refuses(make_consent(sections=sections), because="heading 'Who' occurs more than once")


@pytest.mark.parametrize("left_out", list(TickKey))
def test_no_tick_may_be_left_out(left_out: TickKey) -> None:
    ticks = [tick for tick in make_ticks() if tick["key"] != left_out]
    check_refuses(make_consent(ticks=ticks), because="the ticks are take_part, public_release, contact_again")


@pytest.mark.parametrize("key", list(TickKey))
def test_taking_part_is_required_and_nothing_else_is(key: TickKey) -> None:
    ticks = [
        tick | {"required": not tick["required"]} if tick["key"] == key else tick for tick in make_ticks()
    ]
    check_refuses(make_consent(ticks=ticks), because=f"tick '{key}': only taking part is required")


def test_a_study_fills_the_placeholders() -> None:
    sections = fill(
        parse_consent(make_consent()), contact="a@example.org", institution="The lab", review_board="No. 7"
    )
    assert sections == (
        Section(heading="Who", paragraphs=("Run by The lab.", "Write to a@example.org.")),
        Section(heading="Review", paragraphs=("Reviewed: No. 7.",)),
    )


def test_a_paragraph_without_its_value_is_left_out_and_an_empty_section_too() -> None:
    sections = fill(parse_consent(make_consent()), contact="a@example.org")
    assert sections == (Section(heading="Who", paragraphs=("Write to a@example.org.",)),)


def test_the_texts_own_values_stand_in_it() -> None:
    own = [{"heading": "Release", "paragraphs": ["{release_licence}, {retention_months} months, {contact}."]}]
    (section,) = fill(parse_consent(make_consent(sections=own)), contact="a@example.org")
    assert section.paragraphs == ("CC BY-NC 4.0, 12 months, a@example.org.",)


def test_braces_within_a_value_are_text() -> None:
    first, _review = fill(
        parse_consent(make_consent()), contact="{institution}", institution="L", review_board="7"
    )
    assert first.paragraphs[1] == "Write to {institution}."


@pytest.mark.parametrize("contact", ["", "  "])
def test_a_study_without_a_contact_shows_no_text(contact: str) -> None:
    with pytest.raises(ValueError, match="needs a contact"):
        fill(parse_consent(make_consent()), contact=contact)
