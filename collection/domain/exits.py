"""How a conversation ended, and what that is for each seat.

An exit status is derived from how the conversation ended by the stored events, never from what a client claims.
Source: Liu et al. 2021, Figure 8: 00 not trained, 01 left early, 02 left after the partner fell silent, 03 finished.
"""

from __future__ import annotations

from enum import StrEnum


class EndReason(StrEnum):
    """Why a conversation ended."""

    FINISHED = "finished"
    """The seeker ended it after the gate had opened."""
    SEEKER_LEFT = "seeker_left"
    SUPPORTER_LEFT = "supporter_left"
    SEEKER_SILENT = "seeker_silent"
    """The supporter left because the seeker had been silent."""
    SUPPORTER_SILENT = "supporter_silent"
    """The seeker left because the supporter had been silent."""
    SEEKER_SAFETY = "seeker_safety"
    SUPPORTER_SAFETY = "supporter_safety"
    SUPPORTER_PASSED = "supporter_passed"
    """The supporter handed it on; what it is about is more than they can carry today."""
    TIME_UP = "time_up"
    """The protocol's longest time was reached."""
    TECHNICAL = "technical"
    """Something on our side broke, or the study team ended it."""
    TEAM_ENDED = "team_ended"
    """The study team ended it, for the safety of somebody in it; both are fully paid."""
    WITHDRAWN = "withdrawn"
    """A participant withdrew from the study."""


_BLAMES = {
    EndReason.SEEKER_LEFT: "seeker",
    EndReason.SUPPORTER_LEFT: "supporter",
    EndReason.SEEKER_SILENT: "seeker",
    EndReason.SUPPORTER_SILENT: "supporter",
}
_SAFETY = {
    EndReason.SEEKER_SAFETY: "seeker",
    EndReason.SUPPORTER_SAFETY: "supporter",
    # Handing on costs nothing: it is paid like a safety exit.
    EndReason.SUPPORTER_PASSED: "supporter",
}


def end_reason(manner: str, *, role: str) -> EndReason:
    """Return the reason when the seat `role` ends the conversation in `manner`.

    `manner` is "finish", "leave", "partner_silent", "safety" or, from the supporter only, "pass".
    """
    if manner == "pass":
        return EndReason.SUPPORTER_PASSED
    if manner == "finish":
        return EndReason.FINISHED
    other = "supporter" if role == "seeker" else "seeker"
    suffix, whose = {
        "leave": ("left", role),
        "partner_silent": ("silent", other),
        "safety": ("safety", role),
    }[manner]
    return EndReason(f"{whose}_{suffix}")


_WORDS = {
    EndReason.FINISHED: "finish",
    EndReason.SEEKER_LEFT: "leave",
    EndReason.SUPPORTER_LEFT: "leave",
    EndReason.SEEKER_SILENT: "partner_silent",
    EndReason.SUPPORTER_SILENT: "partner_silent",
    # The partner is not told that somebody had to look after themselves, nor that somebody withdrew.
    EndReason.SEEKER_SAFETY: "leave",
    EndReason.SUPPORTER_SAFETY: "leave",
    EndReason.SUPPORTER_PASSED: "leave",
    EndReason.WITHDRAWN: "leave",
    EndReason.TIME_UP: "time",
    EndReason.TECHNICAL: "technical",
    EndReason.TEAM_ENDED: "team",
}


def end_word(reason: EndReason) -> str:
    """Return what both browsers are told of the end: "finish", "leave", "partner_silent", "time", "team" or "technical"."""
    return _WORDS[reason]


def outcome(reason: EndReason, *, role: str) -> str:
    """Return the outcome (`study`'s vocabulary) of one seat of a conversation that ended so."""
    if reason in {EndReason.FINISHED, EndReason.TIME_UP}:
        return "completed"
    if reason in _SAFETY:
        return "safety_exit" if _SAFETY[reason] == role else "partner_left"
    if reason in _BLAMES:
        return "left_early" if _BLAMES[reason] == role else "partner_left"
    if reason is EndReason.TEAM_ENDED:
        return "safety_exit"
    if reason is EndReason.WITHDRAWN:
        return "partner_left"
    return "technical_failure"
