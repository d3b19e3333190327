"""Where a release's files and figures lie, and which of them there are."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings

from qualitycontrol.models import Release

MANIFEST = "manifest.json"
TITLES = {
    "table2": "Table 2: sizes",
    "table3": "Table 3: annotations",
    "table6": "Table 6: transitions",
    "figure3": "Figure 3: words of each strategy",
    "figure4": "Figure 4: strategies in the course of a conversation",
    "figure5": "Figure 5: strategies of a model",
    "feedback_phases": "Feedback in three phases",
}
"""The stems of the files that `corpus.report` writes, and what they are."""


def job_folder(study_slug: str, job_id: int) -> Path:
    """Return the folder that a job writes its release into."""
    return Path(settings.RELEASES) / f"{study_slug}-{job_id}"


def figures_folder(release: Release) -> Path:
    """Return the folder of a release's tables and figures."""
    return Path(settings.VAR) / "analyses" / f"release-{release.number}"


def release_folder(release: Release) -> Path | None:
    """Return the folder of a release, by the number in its manifest; None where it does not lie here."""
    for manifest in sorted(Path(settings.RELEASES).glob(f"*/{MANIFEST}")):
        try:
            document = json.loads(manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if document.get("release", {}).get("number") == release.number:
            return manifest.parent
    return None


def data_file(folder: Path, release: Release) -> Path:
    """Return the file of a release that holds its conversations."""
    return folder / str(release.manifest["files"][0]["name"])


def file_in(folder: Path | None, name: str) -> Path | None:
    """Return a file of a folder by its plain name; None where there is no such file."""
    if folder is None or not folder.is_dir():
        return None
    return next((path for path in folder.iterdir() if path.name == name and path.is_file()), None)
