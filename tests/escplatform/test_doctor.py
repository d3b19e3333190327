"""What is wrong is found, and something is said that helps."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from escplatform import doctor
from escplatform.doctor import CHECKS, Level, examine
from escplatform.job_marks import _ran, periodic_jobs
from study.clock import database_now
from study.models import Study
from tests.support.factories import make_participation, make_study

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def healthy(settings: Settings, tmp_path: Path) -> None:
    """A deployment that lacks nothing but what the suite's servers lack."""
    settings.VAR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.MODELS, settings.RELEASES = tmp_path / "models", tmp_path / "releases"
    settings.WITHDRAWAL_LOG = tmp_path / "withdrawals.jsonl"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")
    for name in periodic_jobs():
        _ran(task=type("Task", (), {"name": name})(), state="SUCCESS")


def of(check: str) -> list[tuple[Level, str]]:
    """Return what one check finds, unless all is well."""
    return [(f.level, f.says) for f in examine() if f.check == check and f.level is not Level.OK]


def test_a_healthy_deployment_has_a_line_for_every_check() -> None:
    assert {finding.check for finding in examine()} == set(CHECKS)
    for check in (
        "database",
        "clock",
        "redis",
        "periodic jobs",
        "folders",
        "static files",
        "identity key",
        "studies",
    ):
        assert of(check) == []


def test_every_trouble_comes_with_a_way_to_mend_it() -> None:
    call = io.StringIO()
    with pytest.raises(CommandError, match="findings are errors"):
        call_command("doctor", "--json", stdout=call)
    for finding in json.loads(call.getvalue()):
        assert finding["level"] in {"ok", "warning", "error"}
        assert finding["mend"] or finding["level"] != "error"


def test_a_postgresql_that_does_not_wait_for_the_disk_is_found() -> None:
    # The suite's own is such a one.
    assert {says.split(" = ")[0].split()[-1] for _level, says in of("durability")} == {
        "fsync",
        "synchronous_commit",
        "full_page_writes",
    }


def test_jobs_that_nobody_runs() -> None:
    later = database_now() + timedelta(hours=72)
    with time_machine.travel(later, tick=False), pytest.MonkeyPatch.context() as patch:
        patch.setattr("escplatform.job_marks.database_now", lambda: later)
        assert len(of("periodic jobs")) == len(periodic_jobs())


def test_a_clock_that_is_wrong() -> None:
    with time_machine.travel(database_now() + timedelta(minutes=10)):
        ((level, says),) = of("clock")
    assert level is Level.WARNING
    assert "600 s apart" in says


def test_an_identity_key_that_opens_nothing(settings: Settings) -> None:
    make_participation()
    settings.IDENTITY_KEY = "another-key-than-the-one-the-study-was-begun-with"
    ((level, says),) = of("identity key")
    assert level is Level.ERROR
    assert "nobody can be paid" in says


def test_redis_that_does_not_answer(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    ((level, says),) = of("redis")
    assert (level, says[:17]) == (Level.ERROR, "CELERY_BROKER_URL")


def test_redis_that_may_drop_jobs(settings: Settings, redis_url: str) -> None:
    from redis import Redis

    settings.CELERY_BROKER_URL = redis_url
    with Redis.from_url(redis_url) as client:
        assert [level for level, _says in of("redis")] == [Level.WARNING]  # no append-only file
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert [level for level, _says in of("redis")] == [Level.ERROR, Level.WARNING]
        client.config_set("maxmemory-policy", "noeviction")


def test_folders_and_static_files(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("")
    settings.RELEASES = file / "releases"
    (settings.STATIC_ROOT / "staticfiles.json").unlink()
    ((level, says),) = of("folders")
    assert level is Level.ERROR
    assert "cannot be written" in says
    assert of("static files")


def test_an_open_study_without_an_address_or_a_cap() -> None:
    study = make_study()
    Study.objects.filter(pk=study.pk).update(contact="ask around", budget_hard=None)
    assert len(of("studies")) == 2


def test_migrations_that_were_not_applied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'escplatform'")
    ((level, says),) = of("database")
    assert level is Level.ERROR
    assert "migrations are not applied" in says


def test_a_check_that_fails_itself_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> object:
        raise RuntimeError("odd")

    monkeypatch.setitem(doctor.CHECKS, "clock", broken)  # type: ignore[arg-type]
    assert of("clock") == [(Level.ERROR, "could not be looked at: RuntimeError: odd")]
