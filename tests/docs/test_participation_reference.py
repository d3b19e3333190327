"""Tests that the reference of participation names what the code has."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands, load_command_class

from study.domain.completion import GROUPS
from study.domain.recruitment import PROVIDERS, Action, Part
from study.models.participant import Outcome

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "participation.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "how-to" / "recruit-on-prolific.md").read_text(encoding="utf-8")


def test_every_outcome_is_explained_and_no_other() -> None:
    table = REFERENCE[: REFERENCE.index("## The ledger")]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(Outcome)


def test_the_guide_names_every_code_action_and_part() -> None:
    for name in [*GROUPS, *(action.value for action in Action if action is not Action.REVIEW)]:
        assert name in GUIDE
    assert {part.value for part in Part if f"--part {part.value}" in GUIDE} == set(Part) - {Part.WHOLE}


def test_the_guide_has_a_way_for_every_site() -> None:
    for key in PROVIDERS.keys() - {"prolific", "invitation"}:
        assert f"`recruitment support {key}" in GUIDE
    assert "recruitment support prolific" in GUIDE
    assert "`invitations support" in GUIDE


def test_every_option_in_the_guide_exists() -> None:
    for name in ("recruitment", "invitations", "erase", "payments", "study_create"):
        command = load_command_class(get_commands()[name], name)
        parser = command.create_parser("manage.py", name)
        known = parser.format_help()
        if name == "payments":
            subparsers = next(a for a in parser._actions if a.choices and "plan" in a.choices)
            assert subparsers.choices is not None
            known += "".join(subparsers.choices[key].format_help() for key in subparsers.choices)
        lines = [line for line in GUIDE.splitlines() if re.search(rf"(manage\.py |`){name} ", line)]
        assert lines, name
        for line in lines:
            for option in re.findall(r"(--[a-z-]+)", line):
                assert option in known, (name, option)
