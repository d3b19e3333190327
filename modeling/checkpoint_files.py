"""A checkpoint's files: what identifies them, and how they leave the platform.

Weights are safetensors; a file that could carry code is neither counted nor handed out.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from modeling.errors import CheckpointUnusable

SUFFIXES = frozenset({".safetensors", ".json", ".txt", ".jinja", ".model", ".md", ".toml", ".csv", ".svg"})
"""What a download may hold: weights, tokenizer, templates, manifest, log and figure."""
WEIGHTS = ".safetensors"
BLOCK_BYTES = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest instant that a zip file knows; so the same files give the same archive."""


def plain_files(folder: Path) -> list[Path]:
    """Return the files directly in `folder` that may be handed out, by name; links and folders are left out."""
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix in SUFFIXES
        and path.is_file()
        and not path.is_symlink()
        and not path.name.startswith(".")
    )


def weights_digest(folder: Path) -> str:
    """Return the SHA-256 of the names and contents of the weight files.

    Raises:
        CheckpointUnusable: the folder holds no weights.
    """
    files = [path for path in plain_files(folder) if path.suffix == WEIGHTS]
    if not files:
        raise CheckpointUnusable(f"{folder.name} holds no weights.")
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0")
        with path.open("rb") as stream:
            while block := stream.read(BLOCK_BYTES):
                digest.update(block)
    return digest.hexdigest()


def size_of(folder: Path) -> int:
    """Return how many bytes the folder's plain files have."""
    return sum(path.stat().st_size for path in plain_files(folder))


def zip_blocks(name: str, folder: Path, *, beside: Sequence[Path] = ()) -> Iterator[bytes]:
    """Yield a zip archive of a folder's plain files, and of files beside it, as it is made; it is never whole in memory.

    Every file lies under `name/` in the archive. Nothing is compressed: weights do not get smaller.
    """
    sink = _Sink()
    extra = [path for path in beside if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink()]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for path in [*plain_files(folder), *extra]:
            entry = zipfile.ZipInfo(f"{name}/{path.name}", date_time=_EPOCH)
            entry.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while block := source.read(BLOCK_BYTES):
                    target.write(block)
                    yield sink.take()
    yield sink.take()


class _Sink(io.RawIOBase):
    """A file that keeps what was written until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        """Say so to `zipfile`."""
        return True

    def write(self, block: object) -> int:
        """Keep a block."""
        data = bytes(block)  # type: ignore[call-overload]
        self._blocks.append(data)
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last call."""
        data = b"".join(self._blocks)
        self._blocks.clear()
        return data
