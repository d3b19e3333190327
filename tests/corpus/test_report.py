from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from corpus.cli import main
from corpus.report import write_report
from tests.corpus.factories import small_corpus

HERE = Path(__file__).parent
TABLES = {"table2", "table3", "table6", "figure3", "figure4", "feedback_phases"}
FIGURES = {"figure3", "figure4", "feedback_phases"}


class Page(HTMLParser):
    """Collects what a page holds, and fails on tags that do not close in order."""

    VOID = {"meta", "img", "br"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.targets: set[str] = set()
        self.links: set[str] = set()
        self.cells = 0
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "img":
            self.images.append(values)
        if tag == "td":
            self.cells += 1
        self.targets |= {f"#{value}" for key, value in attrs if key == "id"}
        self.links |= {str(value) for key, value in attrs if key == "href"}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def names(paths: list[Path]) -> set[str]:
    return {path.name for path in paths}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on the small corpus, beside a file that was there before."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "notes.md").write_text("ours")
    write_report(small_corpus(), folder, source="<our> corpus.json")
    return folder


def test_every_table_and_figure_is_written(folder: Path) -> None:
    tables = {f"{name}.{kind}" for name in TABLES for kind in ("txt", "tex", "csv")}
    figures = {f"{name}.{kind}" for name in FIGURES for kind in ("svg", "pdf", "png")}
    assert names(list(folder.iterdir())) == {"report.html", "notes.md"} | tables | figures


def test_other_files_in_the_folder_stay(folder: Path) -> None:
    assert (folder / "notes.md").read_text() == "ours"


def test_the_page_stands_alone(folder: Path) -> None:
    text = (folder / "report.html").read_text()
    page = Page(text)
    assert len(page.images) == 3
    assert all(
        image["alt"] and str(image["src"]).startswith("data:image/svg+xml;base64,") for image in page.images
    )
    assert len(page.links) == 6
    assert page.links <= page.targets
    assert page.cells > 100
    assert "python -m corpus strategies &lt;our&gt; corpus.json" in text
    assert "<our>" not in text
    assert "$" not in re.sub(r"base64,[^\"]*", "", text)


def test_a_model_adds_figure_5_and_changes_nothing_else(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(HERE / name) for name in ("esconv_small.json", "failed_small.json")]
    assert main(["figures", files[0], "--out", str(tmp_path), "--model", files[1]]) == 0
    assert capsys.readouterr().out == f"{tmp_path}: 34 files, begin with report.html\n"
    written = list(tmp_path.iterdir())
    added = {f"figure5.{kind}" for kind in ("svg", "pdf", "png", "txt", "tex", "csv")}
    assert names(written) == (names(list(folder.iterdir())) | added) - {"notes.md"}
    command = "python -m corpus figures esconv_small.json --out DIR --model failed_small.json"
    assert command in (tmp_path / "report.html").read_text()
    for path in written:
        if path.name not in added | {"report.html"}:
            assert path.read_bytes() == (folder / path.name).read_bytes()  # equal input, equal bytes
