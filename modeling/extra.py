"""Whether the libraries of the `modeling` extra are installed here, without importing any of them."""

from __future__ import annotations

from importlib.util import find_spec

LIBRARIES = ("torch", "transformers", "accelerate", "safetensors", "tokenizers")


def missing_libraries() -> list[str]:
    """Return the names of those that are not installed."""
    return [name for name in LIBRARIES if find_spec(name) is None]
