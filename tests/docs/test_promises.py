"""Every promise names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "promises.md"
LINKS = re.findall(r"\[(test_\w+)\]\(([^)]+)\)", PAGE.read_text())


@pytest.mark.parametrize(("name", "file"), LINKS, ids=[name for name, _file in LINKS])
def test_a_promises_test_exists(name: str, file: str) -> None:
    assert re.search(rf"^(?:async )?def {name}\(", (PAGE.parent / file).read_text(), re.MULTILINE)


def test_every_promise_has_one() -> None:
    promises = [
        line for line in PAGE.read_text().splitlines() if line.startswith("| ") and "| test |" not in line
    ]
    assert len(promises) > 15
    assert all("](../../tests/" in line for line in promises)
