"""Tests of who arrives from which recruiting site."""

from __future__ import annotations

import pytest

from study.domain.errors import EntryRefused
from study.domain.recruitment import PROVIDERS, Arrival, Preview, finish_url, parse_entry

LINKS = {
    "prolific": {"PROLIFIC_PID": "5f1c", "STUDY_ID": "9", "SESSION_ID": "77ab"},
    "connect": {"participantId": "5f1c", "assignmentId": "77ab"},
    "sona": {"sona_id": "77ab"},
    "mturk": {"workerId": "5f1c", "assignmentId": "77ab"},
    "panel": {"id": "77ab"},
}


def test_every_site_is_tested() -> None:
    assert set(LINKS) == set(PROVIDERS)


@pytest.mark.parametrize("provider", LINKS)
def test_a_filled_link_names_person_and_submission(provider: str) -> None:
    person = "77ab" if provider in {"sona", "panel"} else "5f1c"
    assert parse_entry(provider, LINKS[provider]) == Arrival(provider, person, "77ab")


@pytest.mark.parametrize(
    "value",
    [
        "{{%PROLIFIC_PID%}}",
        "${workerId}",
        "%SURVEY_CODE%",
        "<id>",
        "undefined",
        "null",
        "a" * 201,
        "with\nbreak",
        "with\x00nul",
    ],
)
@pytest.mark.parametrize("provider", LINKS)
def test_a_placeholder_or_unprintable_id_is_refused(provider: str, value: str) -> None:
    for name in (PROVIDERS[provider].person_parameter, PROVIDERS[provider].session_parameter):
        with pytest.raises(EntryRefused, match="placeholder"):
            parse_entry(provider, LINKS[provider] | {name: value})


@pytest.mark.parametrize("provider", LINKS)
@pytest.mark.parametrize("value", ["", "   "])
def test_a_missing_id_is_refused_by_its_name(provider: str, value: str) -> None:
    name = PROVIDERS[provider].session_parameter
    with pytest.raises(EntryRefused, match=f"without {name}"):
        parse_entry(provider, LINKS[provider] | {name: value})


def test_an_id_is_taken_without_the_white_space_around_it() -> None:
    assert parse_entry("panel", {"id": " 77ab "}) == Arrival("panel", "77ab", "77ab")


def test_an_id_that_only_contains_such_a_word_is_an_id() -> None:
    assert parse_entry("panel", {"id": "nullified"}) == Arrival("panel", "nullified", "nullified")


def test_a_preview_at_mechanical_turk_is_nobody_s_arrival() -> None:
    shown = parse_entry("mturk", {"assignmentId": "ASSIGNMENT_ID_NOT_AVAILABLE"})
    assert shown == Preview("mturk")


def test_an_unknown_site_is_refused() -> None:
    with pytest.raises(EntryRefused, match="not known"):
        parse_entry("elsewhere", {"id": "1"})


def test_the_way_back_quotes_what_it_is_given() -> None:
    url = finish_url(PROVIDERS["prolific"], code="A&B=C/D")
    assert url == "https://app.prolific.com/submissions/complete?cc=A%26B%3DC%2FD"
    assert finish_url(PROVIDERS["panel"], code="X") == ""
