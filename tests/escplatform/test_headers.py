"""The headers of every page, and production's settings before `check --deploy`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.access.test_matrix import World, seen_answer, world  # noqa: F401 - a fixture
from tests.support.routes import routes, table

ROOT = Path(__file__).parents[2]
SECRET = "Zk3v9Qw1-one-test-on-this-machine-and-nothing-else"
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "escplatform.settings.production",
    "ESC_SECRET_KEY": SECRET,
    "ESC_IDENTITY_KEY": SECRET[::-1],
    "ESC_ALLOWED_HOSTS": "study.example.org",
    "ESC_ORIGINS": "https://study.example.org",
    "DATABASE_URL": "postgresql://esc:word@localhost:5432/esc",
    "REDIS_URL": "redis://localhost:6379/0",
}


def manage(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` under production's settings; `None` leaves a variable out."""
    values = PRODUCTION | changes
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ESC_", "DJANGO_"))}
    environment = kept | {name: value for name, value in values.items() if value is not None}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["anonymous", "seeker", "admin"])
def test_every_page_carries_the_headers(world: World, person: str) -> None:  # noqa: F811
    rows, pages = table(), 0
    for route in routes():
        answer = seen_answer(world, route, person)
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy, route.name
        assert "unsafe" not in policy, route.name
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert headers["X-Frame-Options"] == "DENY", route.name
        if rows[route.name].who != "everybody" and answer.status_code == 200:
            assert "no-store" in headers["Cache-Control"], route.name
        if headers.get("Content-Type", "").startswith("text/html"):
            pages += 1
            check_without_inline(answer.content.decode(), route.name)
    assert pages > 5


def check_without_inline(html: str, where: str) -> None:
    """A page's scripts are files or data; no handler and no style stands in it."""
    for attributes in re.findall(r"<script([^>]*)>", html):
        assert "src=" in attributes or 'type="application/json"' in attributes, where
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", html), where
    assert "<style" not in html, where
    assert not re.search(r"<[^>]+\sstyle\s*=", html.replace("&quot;", "")), where
    assert "javascript:" not in html, where


def test_an_answer_of_404_carries_them_too() -> None:
    headers = Client().get("/no-such-page/").headers
    assert headers["Permissions-Policy"]
    assert headers["Content-Security-Policy"]


def test_check_deploy_finds_nothing() -> None:
    done = manage("check", "--deploy", "--fail-level", "INFO")
    assert done.returncode == 0, done.stderr


def test_productions_cookies_and_transport() -> None:
    names = [
        "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "DEBUG", "STAFF_SECOND_FACTOR_REQUIRED",
    ]  # fmt: skip
    script = f"import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    values = json.loads(manage("shell", "-v", "0", "-c", script).stdout)
    assert dict(zip(names, values, strict=True)) == {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_SSL_REDIRECT": True,
        "DEBUG": False,
        "STAFF_SECOND_FACTOR_REQUIRED": True,
    }


@pytest.mark.parametrize("name", ["ESC_SECRET_KEY", "ESC_IDENTITY_KEY", "DATABASE_URL", "REDIS_URL"])
def test_a_missing_secret_stops_the_start_and_is_named(name: str) -> None:
    done = manage("check", **{name: None})
    assert done.returncode != 0
    assert name in done.stderr


@pytest.mark.parametrize("name", ["ESC_SECRET_KEY", "ESC_IDENTITY_KEY"])
@pytest.mark.parametrize(
    "weak", ["short", "changeme-changeme-changeme-changeme", "django-insecure-" + "x" * 40]
)
def test_a_default_secret_stops_the_start_and_is_named(name: str, weak: str) -> None:
    done = manage("check", **{name: weak})
    assert done.returncode != 0
    assert name in done.stderr
