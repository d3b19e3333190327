"""A web process starts without the libraries of the corpus and of the models: they are imported where they are used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = (
    "matplotlib",
    "nltk",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "statsmodels",
    "torch",
    "transformers",
)

START = """
import sys
import escplatform.asgi
from django.urls import get_resolver


def visit(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            visit(pattern.url_patterns)


visit(get_resolver().url_patterns)
print(*sorted(sys.modules))
"""


def test_a_web_process_starts_without_heavy_libraries() -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "escplatform.settings.test",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
    }
    loaded = subprocess.run(
        [sys.executable, "-c", START], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert "modeling.views.checkpoints" in loaded
    assert [name for name in HEAVY if name in loaded] == []
