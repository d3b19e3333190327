"""Which code made a file."""

from __future__ import annotations

import shutil
import subprocess
from importlib import metadata
from typing import Any

from django.conf import settings


def code_version() -> dict[str, Any]:
    """Return the package's version and the commit of its sources; None where the commit is unknown."""
    try:
        version = metadata.version("escplatform")
    except metadata.PackageNotFoundError:
        version = "0"
    return {"version": version, "commit": _commit()}


def _commit() -> str | None:
    git = shutil.which("git")
    if git is None or not (settings.ROOT / ".git").exists():
        return None
    found = subprocess.run(  # noqa: S603 - a fixed command in our own folder
        [git, "-C", str(settings.ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or None
