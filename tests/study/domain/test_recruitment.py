"""Tests of who arrives from which recruiting site."""

from __future__ import annotations

import pytest

from study.domain.errors import EntryRefused, RecruitmentInvalid
from study.domain.recruitment import (
    PROVIDERS,
    Arrival,
    Preview,
    check_finish_url,
    finish_url,
    form_action,
    parse_entry,
)

LINKS = {
    "prolific": {"PROLIFIC_PID": "5f1c", "STUDY_ID": "9", "SESSION_ID": "77ab"},
    "connect": {"participantId": "5f1c", "assignmentId": "77ab"},
    "sona": {"sona_id": "77ab"},
    "mturk": {"workerId": "5f1c", "assignmentId": "77ab", "turkSubmitTo": "https://www.mturk.com"},
    "panel": {"id": "77ab"},
}


def test_every_site_is_tested() -> None:
    assert set(LINKS) == {key for key, provider in PROVIDERS.items() if provider.arrives_by_link}


@pytest.mark.parametrize("provider", LINKS)
def test_a_filled_link_names_person_and_submission(provider: str) -> None:
    person = "77ab" if provider in {"sona", "panel"} else "5f1c"
    back = LINKS[provider].get("turkSubmitTo", "")
    assert parse_entry(provider, LINKS[provider]) == Arrival(provider, person, "77ab", return_origin=back)


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


@pytest.mark.parametrize("site", ["elsewhere", "invitation", "anonymous"])
def test_an_unknown_site_is_refused_and_so_is_one_with_a_door_of_its_own(site: str) -> None:
    with pytest.raises(EntryRefused, match="not known"):
        parse_entry(site, {"id": "1"})


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "https://www.mturk.com.evil.example",
        "https://www.mturk.com@evil.example",
        "https://www.mturk.com/elsewhere",
        "http://www.mturk.com",
        "//www.mturk.com",
        "javascript:alert(1)",
        "https://WWW.MTURK.COM",
        "",
    ],
)
def test_a_foreign_address_of_return_is_refused(address: str) -> None:
    with pytest.raises(EntryRefused, match="does not lead back"):
        parse_entry("mturk", LINKS["mturk"] | {"turkSubmitTo": address})


def test_the_sandbox_is_the_site_s_own() -> None:
    sandbox = "https://workersandbox.mturk.com"
    found = parse_entry("mturk", LINKS["mturk"] | {"turkSubmitTo": f"{sandbox}/"})
    assert isinstance(found, Arrival)
    assert form_action(PROVIDERS["mturk"], return_origin=found.return_origin) == (
        f"{sandbox}/mturk/externalSubmit"
    )
    assert form_action(PROVIDERS["prolific"], return_origin=sandbox) == ""


def test_a_study_may_name_the_parameters_anew() -> None:
    found = parse_entry(
        "connect", {"who": "5f1c", "task": "77ab"}, person_parameter="who", session_parameter="task"
    )
    assert found == Arrival("connect", "5f1c", "77ab")


@pytest.mark.parametrize(
    ("template", "because"),
    [
        ("http://panel.example/?c={code}", "https"),
        ("javascript:alert('{code}')", "https"),
        ("https://{person}.example/", "host"),
        ("https://panel.example/?c={code.__class__}", "may hold"),
        ("https://panel.example/?c={secret}", "may hold"),
        ("https://panel.example/?c={code!r}", "may hold"),
        ("https://panel.example/?c={", "cannot be read"),
    ],
)
def test_a_page_of_return_that_cannot_work_is_refused(template: str, because: str) -> None:
    with pytest.raises(RecruitmentInvalid, match=because):
        check_finish_url(template)


def test_a_page_of_return_may_carry_the_site_s_own_ids() -> None:
    template = "https://uni.sona-systems.com/webstudy_credit.aspx?experiment_id=7&credit_token=t&survey_code={session}"
    check_finish_url(template)
    assert finish_url(PROVIDERS["sona"], code="X", session="a b&c", template=template).endswith(
        "survey_code=a%20b%26c"
    )


def test_the_way_back_quotes_what_it_is_given() -> None:
    url = finish_url(PROVIDERS["prolific"], code="A&B=C/D")
    assert url == "https://app.prolific.com/submissions/complete?cc=A%26B%3DC%2FD"
    assert finish_url(PROVIDERS["panel"], code="X") == ""
