"""What a checkpoint's archive holds, and what never leaves."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from modeling.checkpoint_files import size_of, weights_digest, zip_blocks
from modeling.errors import CheckpointUnusable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkpoint with three things that must not leave: pickled code, a link out, a hidden file."""
    best = tmp_path / "best"
    best.mkdir()
    (best / "model.safetensors").write_bytes(b"w" * 3_000_000)
    (best / "tokenizer.json").write_text("{}")
    (best / "optimizer.pt").write_bytes(b"pickle")
    (best / ".hidden.json").write_text("{}")
    (tmp_path / "secret.txt").write_text("secret")
    (best / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "log.csv").write_text("step\n")
    return best


def test_the_archive_holds_weights_tokenizer_and_log_and_nothing_else(folder: Path) -> None:
    blocks = list(
        zip_blocks("run-1", folder, beside=[folder.parent / "log.csv", folder.parent / "gone.toml"])
    )
    assert len(blocks) > 3  # it is sent while it is made
    archive = zipfile.ZipFile(io.BytesIO(b"".join(blocks)))
    assert archive.testzip() is None
    assert archive.namelist() == ["run-1/model.safetensors", "run-1/tokenizer.json", "run-1/log.csv"]
    assert archive.read("run-1/model.safetensors") == b"w" * 3_000_000


def test_the_same_files_give_the_same_archive(folder: Path) -> None:
    assert b"".join(zip_blocks("a", folder)) == b"".join(zip_blocks("a", folder))


def test_the_digest_is_of_the_weights_only(folder: Path) -> None:
    before = weights_digest(folder)
    (folder / "tokenizer.json").write_text('{"other": 1}')
    assert weights_digest(folder) == before
    (folder / "model.safetensors").write_bytes(b"v")
    assert weights_digest(folder) != before
    assert size_of(folder) == 1 + len('{"other": 1}')


def test_a_folder_without_weights_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(CheckpointUnusable, match="holds no weights"):
        weights_digest(tmp_path)
