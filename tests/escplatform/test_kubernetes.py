"""The manifests for a cluster: the same processes as docker-compose.yml, as locked in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
OBJECTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((ROOT / "deploy/kubernetes/escplatform.yaml").read_text())
)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PODS = [o["spec"]["template"] for o in OBJECTS if o["kind"] in {"Deployment", "Job"}]
CONTAINERS = [container for pod in PODS for container in pod["spec"]["containers"]]


def essence(command: list[str]) -> tuple[str, ...]:
    """Return what makes a process the process it is: without counts, paths and log levels."""
    kept = [word for word in command if word in {"web", "migrate", "beat", "worker"}]
    return (*kept, command[command.index("--queues") + 1] if "--queues" in command else "")


def test_the_processes_are_those_of_compose() -> None:
    composed = {essence(s["command"]) for s in COMPOSE["services"].values() if "build" in s}
    assert {essence(container["command"]) for container in CONTAINERS} == composed


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: container["name"])
def test_every_container_is_locked_in(container: dict[str, Any]) -> None:
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] is True
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"]["drop"] == ["ALL"]
    assert "memory" in container.get("resources", {"limits": {"memory": ""}})["limits"]


def test_every_pod_runs_as_nobody_in_particular() -> None:
    assert all(pod["spec"]["securityContext"]["runAsNonRoot"] for pod in PODS)


def test_everything_named_is_there() -> None:
    named = {(o["kind"], o["metadata"]["name"]) for o in OBJECTS}
    for pod in PODS:
        for volume in pod["spec"]["volumes"]:
            if claim := volume.get("persistentVolumeClaim"):
                assert ("PersistentVolumeClaim", claim["claimName"]) in named
    (service,) = (o for o in OBJECTS if o["kind"] == "Service")
    labels = [pod["metadata"]["labels"] for pod in PODS]
    assert service["spec"]["selector"] in labels


def test_every_setting_is_documented() -> None:
    reference = (ROOT / "docs/reference/settings.md").read_text()
    (config,) = (o for o in OBJECTS if o["kind"] == "ConfigMap")
    for name in config["data"]:
        assert f"`{name}`" in reference
