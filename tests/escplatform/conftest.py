"""What these tests need."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> None:
    """Limits count in the cache, which outlives a test."""
    cache.clear()
