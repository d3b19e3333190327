"""Copies the database to a file and brings it back, by the database's own tools."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from study.models import Participant
from study.services.withdrawals import participant_withdraw
from study.withdrawal_log import withdrawals_noted


class BackupError(Exception):
    """Why there is no copy, or nothing was brought back; a sentence for a person."""


def backup(path: Path) -> int:
    """Write a copy of the database, as of one instant while people go on writing; return its size in bytes.

    PostgreSQL: `pg_dump` in its custom form. SQLite: its own online copy. The file appears when it is whole.

    Raises:
        BackupError: the file is there already, or the tool failed.
    """
    if path.exists():
        raise BackupError(f"{path} is there already; a backup is never written over.")
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.touch(mode=0o600)
        if connection.vendor == "sqlite":
            _sqlite_copy(str(connection.settings_dict["NAME"]), str(partial))
        else:
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={partial}")
        os.replace(partial, path)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        partial.unlink(missing_ok=True)
    return path.stat().st_size


def restore(path: Path) -> None:
    """Bring a copy back into an empty database, all or nothing.

    Raises:
        BackupError: the database is not empty, or the tool failed.
    """
    if not path.is_file():
        raise BackupError(f"{path} is no file.")
    if tables := connection.introspection.table_names():
        raise BackupError(
            f"The database holds {len(tables)} tables. A backup is only restored into an empty database: "
            "make a new one, and move the settings to it."
        )
    if connection.vendor == "sqlite":
        connection.close()
        _check_sqlite(path)
        _sqlite_copy(str(path), str(connection.settings_dict["NAME"]))
    else:
        _run(
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={connection.settings_dict['NAME']}",
            str(path),
            name_database=False,
        )


def withdrawals_repeat() -> int:
    """Erase once more whoever withdrew after the backup was made; return how many people.

    Source: the file that `study.withdrawal_log` keeps beside the database.
    """
    noted = set(withdrawals_noted())
    missing = Participant.objects.filter(public_id__in=noted, withdrawn_at__isnull=True)
    ids = list(missing.values_list("pk", flat=True))
    for participant_id in ids:
        participant_withdraw(participant_id)
    return len(ids)


def _sqlite_copy(source: str, target: str) -> None:
    try:
        with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
            one.backup(other)
    except sqlite3.Error as error:
        raise BackupError(f"SQLite could not copy {source}: {error}.") from None


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
            (found,) = file.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{path} is no backup of this platform: {error}.") from None
    if found != "ok":
        raise BackupError(f"{path} is damaged: {found}.")


def _run(tool: str, *arguments: str, name_database: bool = True) -> None:
    found = shutil.which(tool)
    if found is None:
        raise BackupError(f"{tool} is not on this machine: install PostgreSQL's client programs.")
    options = _addresses()
    if name_database:
        options["PGDATABASE"] = str(connection.settings_dict["NAME"])
    # The password goes by the environment: arguments stand in the list of processes.
    done = subprocess.run(  # noqa: S603 - a fixed tool with paths that the operator names
        [found, *arguments], env={**os.environ, **options}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")


def _addresses() -> dict[str, str]:
    settings: dict[str, Any] = connection.settings_dict
    known = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    return {name: str(settings[key]) for name, key in known.items() if settings.get(key)}
