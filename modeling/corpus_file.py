"""The corpus a run reads: its conversations and the digest that says which file it was."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError
from corpus.esconv import read_esconv
from corpus.record import Conversation
from modeling.errors import CorpusUnusable


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A released corpus as read."""

    conversations: list[Conversation]
    sha256: str
    """Digest of the file's bytes."""
    name: str
    """The file's name, without its folder."""


def read_corpus(path: Path) -> CorpusFile:
    """Read a released corpus.

    Raises:
        CorpusUnusable: the file cannot be read, is no corpus, or holds no conversation.
    """
    try:
        conversations = read_esconv(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CorpusUnusable(f"{path} cannot be read: {error.strerror or error}.") from error
    except CorpusError as error:
        raise CorpusUnusable(f"{path} is not a released corpus: {error}.") from error
    if not conversations:
        raise CorpusUnusable(f"{path} holds no conversation.")
    return CorpusFile(conversations=conversations, sha256=digest, name=path.name)
