"""The corpora that trainings read: copies named by their digest, so that a file changed later changes no training."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError
from corpus.esconv import iter_esconv
from modeling.errors import CorpusUnusable
from modeling.files import disk_full_said
from modeling.released_folders import ReleasedFolder

MAX_UPLOAD_BYTES = 256 * 1024 * 1024
"""The published ESConv.json has 12 MB."""
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredCorpus:
    """A corpus that was checked and stored."""

    sha256: str
    conversations: int


def store_corpus(blocks: Iterable[bytes], *, name: str, store: Path) -> StoredCorpus:
    """Check a file given in blocks and keep it under its digest; nothing is kept of one that is refused.

    `name` is only for the sentences.

    Raises:
        CorpusUnusable: it is too large, or no corpus; the sentence names the record and the field.
        DiskFull: there is no room.
    """
    store.mkdir(parents=True, exist_ok=True)
    with _temporary(store) as (descriptor, path):
        digest = hashlib.sha256()
        with disk_full_said(path), os.fdopen(descriptor, "wb") as stream:
            for block in _limited(blocks, name):
                digest.update(block)
                stream.write(block)
        conversations = _count(path, name)
        path.chmod(0o644)  # mkstemp's files are the owner's alone; a worker may be another user
        path.replace(store / f"{digest.hexdigest()}.json")
    return StoredCorpus(sha256=digest.hexdigest(), conversations=conversations)


def store_release(release: ReleasedFolder, *, store: Path) -> StoredCorpus:
    """Keep a copy of a release's data file.

    Raises:
        CorpusUnusable: the file cannot be read, is no corpus, or is not the one that the manifest names.
    """
    name = f"The data of release {release.number}"
    try:
        stream = release.data.open("rb")
    except OSError as error:
        raise CorpusUnusable(f"{name} cannot be read: {error.strerror}.") from error
    with stream:
        stored = store_corpus(iter(lambda: stream.read(BLOCK_BYTES), b""), name=name, store=store)
    if stored.sha256 != release.sha256:
        raise CorpusUnusable(
            f"{name} is not what its manifest names: its digest is {stored.sha256[:12]}…, the manifest has "
            f"{release.sha256[:12]}…. Copy the release anew."
        )
    return stored


def _limited(blocks: Iterable[bytes], name: str) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        if size > MAX_UPLOAD_BYTES:
            raise CorpusUnusable(f"{name} is larger than {MAX_UPLOAD_BYTES // 1024**2} MB.")
        yield block


def _count(path: Path, name: str) -> int:
    try:
        conversations = sum(1 for _ in iter_esconv(path))
    except CorpusError as error:
        raise CorpusUnusable(f"{name} is not a released corpus: {error}.") from error
    if not conversations:
        raise CorpusUnusable(f"{name} holds no conversation.")
    return conversations


@contextmanager
def _temporary(store: Path) -> Iterator[tuple[int, Path]]:
    descriptor, name = tempfile.mkstemp(dir=store, prefix=".incoming-")
    try:
        yield descriptor, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
