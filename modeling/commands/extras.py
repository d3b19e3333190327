"""What to say where the libraries of the `modeling` extra are not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from modeling.errors import ModelingError


class ExtraMissing(ModelingError):
    """A verb needs the libraries of the `modeling` extra."""

    code = "extra_missing"


@contextmanager
def modeling_extra() -> Iterator[None]:
    """Turn a missing library into a sentence.

    Raises:
        ExtraMissing: torch or one of its companions is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ExtraMissing(
            f"This verb needs {error.name}, which is not installed. Run `pip install -e '.[modeling]'`."
        ) from error
