"""Calls that run what they read: not in this code. Ruff's `S` rules (bandit's) say the rest in `make lint`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("platform", "collection", "tutorial", "qualitycontrol", "modeling")
FILES = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
MODULES = {
    "pickle",
    "cPickle",
    "dill",
    "shelve",
    "marshal",
    "joblib",
    "yaml",
    "telnetlib",
    "xmlrpc",
    "cloudpickle",
}
NAMES = {"eval", "exec", "mark_safe", "compile", "__import__"}
METHODS = {("torch", "load"), ("os", "system"), ("os", "popen"), ("tempfile", "mktemp"), ("np", "fromfile")}


def findings(source: str) -> list[str]:
    """Return the dangerous calls and imports of a module, with their lines."""
    return [f"{node.lineno}: {said}" for node in ast.walk(ast.parse(source)) if (said := _said(node))]  # type: ignore[attr-defined]


def _said(node: ast.AST) -> str:
    if isinstance(node, ast.Import):
        return ", ".join(alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
    if isinstance(node, ast.ImportFrom):
        if (node.module or "").split(".")[0] in MODULES:
            return str(node.module)
        return ", ".join(alias.name for alias in node.names if alias.name in NAMES)
    return _call(node) if isinstance(node, ast.Call) else ""


def _call(node: ast.Call) -> str:
    called = node.func
    for keyword in node.keywords:
        true = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        if keyword.arg in {"shell", "trust_remote_code", "allow_pickle"} and true:
            return f"{keyword.arg}=True"
    if isinstance(called, ast.Name) and called.id in NAMES:
        return called.id
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        return called.attr if (called.value.id, called.attr) in METHODS else ""
    return ""


@pytest.mark.parametrize(
    "bad",
    [
        "import pickle",
        "from yaml import load",
        "from django.utils.safestring import mark_safe",
        "eval('1')",
        "import torch\ntorch.load('x')",
        "run('ls', shell=True)",
        "AutoModel.from_pretrained('x', trust_remote_code=True)",
        "np.load('x', allow_pickle=True)",
    ],
)
def test_the_rule_finds_what_it_is_for(bad: str) -> None:
    assert findings(bad)


def test_no_room_runs_what_it_reads() -> None:
    found = {str(path.relative_to(ROOT)): found for path in FILES if (found := findings(path.read_text()))}
    assert len(FILES) > 300
    assert found == {}


def test_no_template_and_no_module_writes_unescaped_text() -> None:
    bad = ("|safe", "autoescape off", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write")
    files = [path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*.*")]
    texts = {path: path.read_text() for path in files if path.suffix in {".html", ".js", ".txt"}}
    assert len(texts) > 50
    assert [path.name for path, text in texts.items() if any(word in text for word in bad)] == []
