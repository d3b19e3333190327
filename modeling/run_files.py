"""The run files that the pages offer, and the copy of one that a training reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from modeling.domain.runfile import Run, parse_run, read_run
from modeling.errors import RunFileInvalid

FOLDER = Path(__file__).parent / "runs"
_SEED = re.compile(r"^seed\s*=\s*\d+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RunFile:
    """A run file that comes with the project."""

    name: str
    """Without its ending."""
    run: Run
    summary: str
    """Its first comment line."""


def list_run_files() -> list[RunFile]:
    """Return the run files by name."""
    return [
        RunFile(
            name=path.stem,
            run=read_run(path),
            summary=path.read_text(encoding="utf-8").split("\n", 1)[0].lstrip("# "),
        )
        for path in sorted(FOLDER.glob("*.toml"))
    ]


def find_run_file(name: str) -> RunFile:
    """Return one run file.

    Raises:
        RunFileInvalid: there is none of this name.
    """
    for file in list_run_files():
        if file.name == name:
            return file
    raise RunFileInvalid(f"There is no run file {name!r}. The run files are in modeling/runs/.")


def text_with_seed(name: str, *, seed: int) -> str:
    """Return a run file's text with another seed; its comments stay.

    Raises:
        RunFileInvalid: there is no such file, or its seed stands where it cannot be replaced.
    """
    find_run_file(name)
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    changed = _SEED.sub(f"seed = {seed}", text, count=1)
    if parse_run(changed, name=name).seed != seed:
        raise RunFileInvalid(f"{name}: the seed does not stand in a line of its own at the top.")
    return changed
