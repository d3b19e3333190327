"""Looks at a deployment from inside and says what is wrong and how to mend it. Reads only, but for one probe file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.checks import ERROR, WARNING, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from escplatform.job_marks import jobs_that_stopped
from study.clock import database_now
from study.identity import decrypt
from study.models import ExternalIdentity, Study

MAX_SKEW_SECONDS = 2.0
MIN_FREE_BYTES = 2 * 1024**3
OLDEST_POSTGRESQL = 14
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """The platform works; something will hurt later."""
    ERROR = "error"
    """The platform does not work, or breaks a promise."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    check: str
    level: Level
    says: str
    mend: str = ""
    """What to do about it; empty when all is well."""


Look = Callable[[], Iterator[tuple[Level, str, str]]]


def examine() -> list[Finding]:
    """Return the findings of every check, in order; a check that cannot be made is an error of its own."""
    found: list[Finding] = []
    for name, look in CHECKS.items():
        try:
            answers = list(look()) or [(Level.OK, "", "")]
        except Exception as error:
            answers = [
                (Level.ERROR, f"could not be looked at: {type(error).__name__}: {error}", "see the log")
            ]
        found += [Finding(name, level, says, mend) for level, says, mend in answers]
    return found


def _system() -> Iterator[tuple[Level, str, str]]:
    for message in run_checks(include_deployment_checks=not settings.EMBEDDED):
        if message.level >= ERROR:
            yield Level.ERROR, f"{message.id}: {message.msg}", message.hint or ""
        elif message.level >= WARNING:
            yield Level.WARNING, f"{message.id}: {message.msg}", message.hint or ""


def _database() -> Iterator[tuple[Level, str, str]]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield (
            Level.ERROR,
            f"the database does not answer: {error}".strip(),
            "start it, or correct DATABASE_URL",
        )
        return
    if connection.vendor == "postgresql":
        major = int(connection.pg_version) // 10_000  # type: ignore[attr-defined]
        if major < OLDEST_POSTGRESQL:
            yield Level.ERROR, f"PostgreSQL {major} is too old", f"upgrade to {OLDEST_POSTGRESQL} or newer"
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield Level.ERROR, f"{len(missing)} migrations are not applied", "run: python manage.py migrate"


def _durability() -> Iterator[tuple[Level, str, str]]:
    """What is acknowledged has to be on the disk."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {name}")
            if cursor.fetchone()[0] == "off":
                yield (
                    Level.ERROR,
                    f"PostgreSQL runs with {name} = off: acknowledged messages can be lost",
                    f"set {name} = on in postgresql.conf",
                )


def _clock() -> Iterator[tuple[Level, str, str]]:
    skew = abs((database_now() - timezone.now()).total_seconds())
    if skew > MAX_SKEW_SECONDS:
        yield (
            Level.WARNING,
            f"this machine's clock and the database's are {skew:.0f} s apart (deadlines follow the database's)",
            "let both follow a time server",
        )


def _redis() -> Iterator[tuple[Level, str, str]]:
    from redis import Redis
    from redis.exceptions import RedisError

    for name in ("REDIS_URL", "CELERY_BROKER_URL"):
        address = getattr(settings, name, "")
        if not address.startswith(REDIS_SCHEMES):
            continue
        client = Redis.from_url(address, socket_timeout=3, socket_connect_timeout=3)
        try:
            client.ping()
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy")  # type: ignore[union-attr]
            if name == "CELERY_BROKER_URL" and policy != "noeviction":
                yield (
                    Level.ERROR,
                    f"the broker may drop jobs ({policy})",
                    "redis: maxmemory-policy noeviction",
                )
            if name == "CELERY_BROKER_URL" and client.config_get("appendonly").get("appendonly") != "yes":  # type: ignore[union-attr]
                yield (
                    Level.WARNING,
                    "the broker forgets jobs at a restart (sweeps find them again)",
                    "redis: appendonly yes",
                )
        except RedisError as error:
            yield (
                Level.ERROR,
                f"{name} does not answer: {error}",
                "start Redis; the chat goes on meanwhile, partners see messages at the poll",
            )
        finally:
            client.close()


def _jobs() -> Iterator[tuple[Level, str, str]]:
    for name in jobs_that_stopped():
        yield (
            Level.ERROR,
            f"{name} has not run lately: nobody acts on its deadlines",
            "start `celery --app escplatform beat` and a worker (`make run` has both inside)",
        )


def _folders() -> Iterator[tuple[Level, str, str]]:
    for folder in {settings.VAR, settings.MODELS, settings.RELEASES, settings.WITHDRAWAL_LOG.parent}:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder):
                pass
        except OSError as error:
            yield (
                Level.ERROR,
                f"{folder} cannot be written: {error.strerror}",
                "give it to the platform's user",
            )
            continue
        free = shutil.disk_usage(folder).free
        if free < MIN_FREE_BYTES:
            yield Level.WARNING, f"{folder} has {free // 1024**2:,} MB left", "make room"


def _static() -> Iterator[tuple[Level, str, str]]:
    if not settings.EMBEDDED and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield (
            Level.ERROR,
            "the static files are not collected",
            "run: python manage.py collectstatic --noinput",
        )


def _identity() -> Iterator[tuple[Level, str, str]]:
    row = ExternalIdentity.objects.order_by("pk").first()
    if row is None:
        return
    try:
        decrypt(bytes(row.encrypted))
    except InvalidToken:
        yield (
            Level.ERROR,
            "the identity key does not open the stored recruiting ids: nobody can be paid by id",
            "bring back the ESC_IDENTITY_KEY that the study was begun with",
        )


def _studies() -> Iterator[tuple[Level, str, str]]:
    for study in Study.objects.filter(state=Study.State.OPEN, is_demo=False):
        if "@" not in study.contact:
            yield (
                Level.WARNING,
                f"study {study.slug} is open and its contact is no address: {study.contact!r}",
                "give the address that participants write to",
            )
        if study.budget_hard is None:
            yield Level.WARNING, f"study {study.slug} is open without a budget cap", "set one"


def _backups() -> Iterator[tuple[Level, str, str]]:
    if connection.vendor == "postgresql" and not shutil.which("pg_dump"):
        yield (
            Level.WARNING,
            "pg_dump is not here: `backup` cannot work",
            "install PostgreSQL's client programs",
        )


CHECKS: dict[str, Look] = {
    "settings": _system,
    "database": _database,
    "durability": _durability,
    "clock": _clock,
    "redis": _redis,
    "periodic jobs": _jobs,
    "folders": _folders,
    "static files": _static,
    "identity key": _identity,
    "studies": _studies,
    "backups": _backups,
}
