"""Tests of how a conversation's end is judged for each side (Figure 8)."""

from __future__ import annotations

import pytest

from collection.domain.exits import EndReason, end_reason, outcome
from study import protocol_files

REWARDS = protocol_files.read_protocol()[0].rewards

OUTCOMES = {
    EndReason.FINISHED: ("completed", "completed"),
    EndReason.TIME_UP: ("completed", "completed"),
    EndReason.SEEKER_LEFT: ("left_early", "partner_left"),
    EndReason.SUPPORTER_LEFT: ("partner_left", "left_early"),
    EndReason.SEEKER_SILENT: ("left_early", "partner_left"),
    EndReason.SUPPORTER_SILENT: ("partner_left", "left_early"),
    EndReason.SEEKER_SAFETY: ("safety_exit", "partner_left"),
    EndReason.SUPPORTER_SAFETY: ("partner_left", "safety_exit"),
    EndReason.SUPPORTER_PASSED: ("partner_left", "safety_exit"),
    EndReason.TEAM_ENDED: ("safety_exit", "safety_exit"),
    EndReason.TECHNICAL: ("technical_failure", "technical_failure"),
    EndReason.WITHDRAWN: ("partner_left", "partner_left"),
}
STATUSES = {
    "completed": "03",
    "partner_left": "02",
    "left_early": "01",
    "safety_exit": "",
    "technical_failure": "",
}


def test_every_reason_is_judged() -> None:
    assert set(OUTCOMES) == set(EndReason)


@pytest.mark.parametrize("reason", EndReason)
def test_each_side_gets_the_outcome_of_what_it_did(reason: EndReason) -> None:
    assert (outcome(reason, role="seeker"), outcome(reason, role="supporter")) == OUTCOMES[reason]


@pytest.mark.parametrize("reason", EndReason)
@pytest.mark.parametrize("role", ["seeker", "supporter"])
def test_every_outcome_has_its_row_of_pay(reason: EndReason, role: str) -> None:
    judged = outcome(reason, role=role)
    assert REWARDS.row(judged).exit_status == STATUSES[judged]


@pytest.mark.parametrize(
    ("manner", "role", "reason"),
    [
        ("finish", "seeker", EndReason.FINISHED),
        ("leave", "seeker", EndReason.SEEKER_LEFT),
        ("leave", "supporter", EndReason.SUPPORTER_LEFT),
        ("partner_silent", "seeker", EndReason.SUPPORTER_SILENT),
        ("partner_silent", "supporter", EndReason.SEEKER_SILENT),
        ("safety", "seeker", EndReason.SEEKER_SAFETY),
        ("safety", "supporter", EndReason.SUPPORTER_SAFETY),
        ("pass", "supporter", EndReason.SUPPORTER_PASSED),
    ],
)
def test_a_manner_of_ending_names_its_reason(manner: str, role: str, reason: EndReason) -> None:
    assert end_reason(manner, role=role) is reason
