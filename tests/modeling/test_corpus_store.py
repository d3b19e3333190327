"""What is stored of a corpus, and what is refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from modeling import corpus_store
from modeling.corpus_store import store_corpus, store_release
from modeling.errors import CorpusUnusable
from modeling.released_folders import list_releases
from tests.modeling.pages import write_release


def test_a_corpus_is_stored_under_its_digest(corpus_path: Path, tmp_path: Path) -> None:
    content = corpus_path.read_bytes()
    stored = store_corpus([content[:100], content[100:]], name="c.json", store=tmp_path)
    assert stored.conversations == 20
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert [path.name for path in tmp_path.iterdir()] == [f"{stored.sha256}.json"]


def check_refuses(content: bytes, tmp_path: Path, *, because: str) -> None:
    with pytest.raises(CorpusUnusable, match=because):
        store_corpus([content], name="c.json", store=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_record_is_refused_by_index_and_field(corpus_path: Path, tmp_path: Path) -> None:
    document = json.loads(corpus_path.read_text())
    document[3]["dialog"][1]["annotation"]["strategy"] = "Hugging"
    check_refuses(
        json.dumps(document).encode(),
        tmp_path,
        because=r"c\.json is not a released corpus: record 3, dialog\[1\]\.annotation\.strategy: expected one of",
    )


@pytest.mark.parametrize(
    ("content", "because"), [(b"{", "not a released corpus"), (b"[]", "no conversation"), (b"\xff", "UTF-8")]
)
def test_what_is_no_corpus_is_refused(content: bytes, because: str, tmp_path: Path) -> None:
    check_refuses(content, tmp_path, because=because)


def test_a_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_store, "MAX_UPLOAD_BYTES", 1024**2)
    check_refuses(b" " * (1024**2 + 1), tmp_path, because="larger than 1 MB")


def test_releases_are_listed_newest_first_and_nothing_else_is(tmp_path: Path) -> None:
    write_release(tmp_path, number=1, name="first")
    write_release(tmp_path, number=2, name="second")
    (tmp_path / "no-release").mkdir()
    outside = write_release(tmp_path, number=3, name="outside")
    manifest = outside / "manifest.json"
    manifest.write_text(manifest.read_text().replace("esconv.json", "../first/esconv.json"))
    assert [(r.key, r.number, r.conversations) for r in list_releases(tmp_path)] == [
        ("second", 2, 20),
        ("first", 1, 20),
    ]
    assert list_releases(tmp_path / "missing") == []


def test_a_release_whose_data_was_changed_is_refused(tmp_path: Path) -> None:
    data = write_release(tmp_path / "releases") / "esconv.json"
    (release,) = list_releases(tmp_path / "releases")
    assert store_release(release, store=tmp_path / "store").sha256 == release.sha256
    data.write_text(data.read_text().replace("a test", "another"))
    with pytest.raises(CorpusUnusable, match="not what its manifest names"):
        store_release(release, store=tmp_path / "store")
    data.unlink()
    with pytest.raises(CorpusUnusable, match="cannot be read"):
        store_release(release, store=tmp_path / "store")
