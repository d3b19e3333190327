"""A study is copied, goes on, and its database is lost: the copy comes back, and nobody with it who withdrew meanwhile."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support import servers
from tests.support.stack import _SECRET, Stack

TALK = """
from tests.support.factories import make_conversation, make_study
study = make_study()
pairs = [make_conversation(study) for _number in range(3)]
for number, pair in enumerate(pairs):
    pair.say("seeker", f"words-of-seeker-{number}")
    pair.say("supporter", f"words-of-supporter-{number}")
print(pairs[0].seeker.participation.public_id)
"""
COUNT = """
import json
from collection.models import Utterance
from study.models import LedgerEntry, Participation, Withdrawal
print(json.dumps({
    "participations": Participation.objects.count(),
    "words": sorted(Utterance.objects.values_list("text", flat=True)),
    "ledger": [str(amount) for amount in LedgerEntry.objects.order_by("pk").values_list("amount", flat=True)],
    "withdrawn": Withdrawal.objects.count(),
}))
"""


@contextmanager
def postgresql(folder: Path) -> Iterator[tuple[Stack, Stack]]:
    """Yield the platform on one PostgreSQL database, and on another that is empty."""
    with servers.postgres(folder / "postgres") as host:
        where = f"postgresql://postgres@{host.replace('/', '%2F')}"
        common = {
            "DJANGO_SETTINGS_MODULE": "escplatform.settings.production",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "ESC_SECRET_KEY": _SECRET,
            "ESC_IDENTITY_KEY": _SECRET[::-1],
            "ESC_INSECURE_HTTP": "1",
            "PATH": f"{servers.postgres_programs()}:{os.environ['PATH']}",
        }
        first = Stack(folder, common | {"DATABASE_URL": f"{where}/postgres"})
        first.run("manage.py", "migrate", "--verbosity", "0")
        first.run("-c", _CREATE)
        yield first, Stack(folder, common | {"DATABASE_URL": f"{where}/second"})


_CREATE = """
import django; django.setup()
from django.db import connection
connection.ensure_connection()
connection.connection.autocommit = True
connection.cursor().execute("CREATE DATABASE second")
"""


@contextmanager
def sqlite(folder: Path) -> Iterator[tuple[Stack, Stack]]:
    """Yield the embedded default, and another folder of it beside the same log of withdrawals."""
    common = {"DJANGO_SETTINGS_MODULE": "escplatform.settings.embedded", "ESC_IDENTITY_KEY": _SECRET}
    common |= {"ESC_WITHDRAWAL_LOG": str(folder / "withdrawals.jsonl")}
    first, second = Stack(folder / "one", common), Stack(folder / "two", common)
    for stack in (first, second):
        stack.folder.mkdir()
    first.run("manage.py", "migrate", "--verbosity", "0")
    yield first, second


def count(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        stack.run("manage.py", "shell", "--verbosity", "0", "--command", COUNT)
    )
    return found


@pytest.mark.parametrize("database", [postgresql, sqlite])
def test_a_backup_comes_back_without_those_who_withdrew_since(database: Any, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with database(tmp_path) as (first, second):
        person = first.run("manage.py", "shell", "--verbosity", "0", "--command", TALK).strip()
        before, copy = count(first), tmp_path / "copies" / "today.dump"
        assert len(before["words"]) == 6
        first.run("manage.py", "backup", str(copy))
        assert copy.stat().st_mode & 0o077 == 0
        with pytest.raises(AssertionError, match="is there already; a backup is never written over"):
            first.run("manage.py", "backup", str(copy))

        first.run("manage.py", "erase", person)
        with pytest.raises(AssertionError, match="A backup is only restored into an empty database"):
            first.run("manage.py", "restore", str(copy))

        printed = second.run("manage.py", "restore", str(copy))
        assert "1 later withdrawals were repeated" in printed
        assert "rules hold" in printed
        after = count(second)
        assert after["withdrawn"] == 1
        assert after["participations"] == before["participations"]
        assert "words-of-seeker-0" not in after["words"]
        assert {"words-of-seeker-1", "words-of-supporter-2"} <= set(after["words"])
        assert after == count(first)
        # Numbering goes on where it was: nothing collides with what came back.
        second.run("manage.py", "study_create", "later", "--title", "Later", "--contact", "team@example.org")


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    stack = Stack(tmp_path, {"DJANGO_SETTINGS_MODULE": "escplatform.settings.embedded"})
    other = tmp_path / "other.dump"
    other.write_text("not a database, only a text that somebody picked by mistake" * 100)
    with pytest.raises(AssertionError, match="is no backup of this platform"):
        stack.run("manage.py", "restore", str(other))
    with pytest.raises(AssertionError, match="is no file"):
        stack.run("manage.py", "restore", str(tmp_path / "missing.dump"))
