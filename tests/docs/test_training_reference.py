"""Tests that the reference of the training names what the code has."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from study.domain.errors import ApplicationError
from tutorial import api
from tutorial.domain import errors, lifecycle
from tutorial.domain.item_statistics import ItemStatistics
from tutorial.domain.standing import TrainingState

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "reference" / "training.md").read_text(encoding="utf-8")
CODES = {
    error.code
    for module in (errors, lifecycle)
    for error in vars(module).values()
    if isinstance(error, type) and issubclass(error, ApplicationError) and error is not ApplicationError
}


@pytest.mark.parametrize(
    "names",
    [
        CODES,
        {state.value for state in TrainingState},
        {state.value for state in lifecycle.State},
        {field.name for field in fields(ItemStatistics)} - {"item_key"},
    ],
    ids=["refusals", "training states", "attempt states", "figures"],
)
def test_every_name_is_explained(names: set[str]) -> None:
    assert names
    assert {name for name in names if f"`{name}`" not in TEXT} == set()


def test_every_refusal_that_is_explained_exists() -> None:
    table = TEXT[TEXT.index("## Refusals") : TEXT.index("## For rehearsals")]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert {code for row in rows for code in re.findall(r"`(\w+)`", row.split("|")[1])} == CODES


def test_every_command_is_explained() -> None:
    commands = {path.stem for path in (ROOT / "tutorial" / "management" / "commands").glob("[!_]*.py")}
    assert {name for name in commands if f"`python manage.py {name} " not in TEXT} == set()
    assert commands


@pytest.mark.parametrize("name", ["training_state", "is_qualified", "correct_positions", "quiz_positions"])
def test_the_doors_that_are_named_exist(name: str) -> None:
    assert f"`{name}(" in TEXT
    assert name in api.__all__
