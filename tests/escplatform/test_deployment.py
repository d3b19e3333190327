"""The files that deploy the platform, checked as far as that goes without a container engine."""

from __future__ import annotations

import re
import shlex
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OWN = sorted(name for name, service in SERVICES.items() if "build" in service)
LASTING = sorted(name for name, service in SERVICES.items() if service["restart"] != "no")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def words(command: str | list[str]) -> list[str]:
    return shlex.split(command) if isinstance(command, str) else command


def test_compose_follows_the_published_schema() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            "docker-compose.yml",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_every_part_of_production_is_there() -> None:
    assert {"proxy", "web", "worker", "model-worker", "beat", "postgres", "redis", "migrate"} <= set(SERVICES)
    assert SERVICES["web"]["deploy"]["replicas"] >= 2


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_hardened_and_watched(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["healthcheck"]["test"]
    assert "build" in service or service["user"] not in {"root", "0", "0:0"}


def test_our_image_runs_as_nobody_in_particular() -> None:
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users
    assert users[-1] not in {"root", "0"}


@pytest.mark.parametrize("name", OWN)
def test_every_command_exists(name: str) -> None:
    command = words(SERVICES[name]["command"])
    if command[:2] == ["python", "manage.py"]:
        assert command[2] in get_commands()
    else:
        assert command[:3] == ["celery", "--app", "escplatform"]
        assert command[3] in {"worker", "beat"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_dependency_volume_and_secret_is_declared(name: str) -> None:
    service = SERVICES[name]
    for other, how in service.get("depends_on", {}).items():
        assert other in SERVICES
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    for value in service.get("environment", {}).values():
        if str(value).startswith("/run/secrets/"):
            assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_every_queue_has_its_worker() -> None:
    from django.conf import settings

    served = {
        words(service["command"])[words(service["command"]).index("--queues") + 1]
        for service in SERVICES.values()
        if "--queues" in words(service.get("command", []))
    }
    assert served == {"celery"} | {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}


def test_every_variable_that_compose_sets_is_documented() -> None:
    reference = (ROOT / "docs/reference/settings.md").read_text()
    names = {name for service in OWN for name in SERVICES[service]["environment"]}
    for name in names - {"HF_HOME"}:  # the Hub library's own
        assert f"`{name.removesuffix('_FILE')}`" in reference


def test_the_secrets_that_compose_wants_are_made_and_kept_from_others(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy" / "make-secrets.sh"
    script.write_bytes((ROOT / "deploy" / "make-secrets.sh").read_bytes())
    for _again in range(2):
        subprocess.run(["sh", str(script)], check=True)
        folder = tmp_path / "secrets"
        made = {path.name: path.read_text() for path in folder.iterdir()}
        assert {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()} == set(made)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len({*made.values()}) == len(made)
    assert all(len(text) >= 48 for text in made.values())
    assert made["database_url"] == f"postgresql://esc:{made['postgres_password']}@postgres:5432/esc"
    kept = made["esc_secret_key"]
    subprocess.run(["sh", str(script)], check=True)
    assert (folder / "esc_secret_key").read_text() == kept, "a second run changes nothing"


def test_the_image_is_built_from_the_lock_and_holds_every_room() -> None:
    assert "--constraint constraints.txt" in DOCKERFILE
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    copied = re.findall(r"^COPY (\S+) \./\S+$", DOCKERFILE, re.MULTILINE)
    assert {package.split("/")[0] for package in packages["packages"]} <= set(copied)
    sources = [
        name
        for line in re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE)
        for name in line.split()
    ]
    assert [name for name in sources if not (ROOT / name).exists()] == []


def test_nothing_of_a_running_installation_gets_into_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", "var", "secrets", ".env", ".venv"} <= set(ignored)


def test_the_proxy_keeps_the_metrics_inside_and_overwrites_what_browsers_claim() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    assert "respond /metrics 404" in caddy
    assert "dynamic a web 8000" in caddy
    assert caddy.count("{") == caddy.count("}")
