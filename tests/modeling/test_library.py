"""The modelling library is one without a platform around it: no settings, no Django."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import modeling

ROOT = Path(__file__).parents[2]
PAGES = {
    "apps",
    "forms",
    "migrations",
    "models",
    "receivers",
    "selectors",
    "services",
    "tasks",
    "urls",
    "views",
}
PAGES |= {"agent_forms", "agent_urls", "campaign_forms", "campaign_selectors", "campaign_urls", "comparison"}
PAGES |= {"management", "rehearsal", "serving.registry", "serving.scripted"}
"""The modules that are the Django application; every other one is the library or a helper of both."""


def is_of(parts: set[str], name: str) -> bool:
    """Return whether a module is one of these, or within one."""
    inner = name.removeprefix("modeling.")
    return any(inner == part or inner.startswith(f"{part}.") for part in parts)


def test_every_module_but_the_pages_imports_without_django() -> None:
    names = [
        module.name
        for module in pkgutil.walk_packages(modeling.__path__, "modeling.")
        if not is_of({*PAGES, "neural", "__main__"}, module.name)
    ]
    assert {"modeling.domain.pieces", "modeling.commands.train", "modeling.reports.log"} <= set(names)
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "found = {'django', 'celery', 'torch'} & sys.modules.keys()\n"
        "assert not found, found\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DJANGO_", "ESC_"))}
    environment["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
