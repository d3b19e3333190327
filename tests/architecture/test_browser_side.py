"""The browser side's promises that a reader could break by one line: no inline code, no markup from data,
no physical directions in the style sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MODULES = sorted(path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)
STYLES = sorted(path for path in (ROOT / "static").rglob("*.css") if "vendor" not in path.parts)

# A script element without src, unless it carries data only.
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE)
_INLINE_STYLE = re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE)
_HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE)
_UNSAFE_TEMPLATE = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off")
_MARKUP_FROM_DATA = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function)\b"
)
_PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|width|height"
    r"|(?:min|max)-(?:width|height)|text-align)\s*:\s*(?P<value>[^;]*);"
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_look_at() -> None:
    assert len(TEMPLATES) > 15
    assert len(MODULES) > 15
    assert len(STYLES) >= 6


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_holds_no_inline_code(path: Path) -> None:
    source = path.read_text()
    assert not _INLINE_SCRIPT.search(source)
    assert not _INLINE_STYLE.search(source)
    assert not _HANDLER.search(source)
    assert not _UNSAFE_TEMPLATE.search(source)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_checked_and_puts_text_in_as_text(path: Path) -> None:
    source = path.read_text()
    assert source.startswith("// @ts-check\n")
    assert not _MARKUP_FROM_DATA.search(source)
    assert len(source.splitlines()) <= 300


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_a_style_sheet_knows_start_and_end_but_not_left_and_right(path: Path) -> None:
    physical = [
        match.group()
        for match in _PHYSICAL.finditer(path.read_text())
        if not (match.group().startswith("text-align") and match["value"] in {"start", "end", "center"})
    ]
    assert physical == []


def test_the_seekers_page_is_given_no_strategies() -> None:
    """The page shows strategies only where the configuration has them; the seeker's has none (paper §4.1)."""
    for partial in ("_composer.html", "_chat_panel.html", "_chat_dialogs.html"):
        source = (ROOT / "templates" / "collection" / partial).read_text()
        guarded = re.split(r"\{% if chat_config\.strategies %\}", source)
        assert "chat_config.strategies" not in guarded[0]
