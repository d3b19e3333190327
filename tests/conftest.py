"""The suite's servers and its most common rows."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from tests.support import servers


@pytest.fixture(scope="session")
def postgres_host() -> Iterator[str]:
    """A PostgreSQL of the suite's own.

    Not under pytest's temporary folder: as root, another run would close that folder to the server's user.
    """
    with tempfile.TemporaryDirectory(prefix="esc-postgres-") as folder:
        Path(folder).chmod(0o755)
        with servers.postgres(Path(folder) / "data") as host:
            yield host


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres_host: str) -> None:
    """Point Django at the suite's PostgreSQL, before pytest-django makes its test database there."""
    connections["default"].settings_dict["HOST"] = postgres_host


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the suite's own."""
    folder: Path = tmp_path_factory.mktemp("redis")
    with servers.redis(folder, port=free_port()) as url:
        yield url
