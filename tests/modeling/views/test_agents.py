"""Tests of the agents' pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from modeling.models import Agent, AgentPreview
from modeling.services import previews
from modeling.services.agents import agent_create
from tests.modeling.pages import queued, registered
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
INDEX = "/research/agents/"
COMMON = {
    "name": "Mine", "kind": "scripted", "numbers": "int8", "constraint": "json_schema", "prompt": "support",
    "pause_seconds": "2.5", "characters_per_second": "25", "another": "0.25", "messages": "2",
    "temperature": "0.7", "top_p": "0.9", "top_k": "30", "repetition_penalty": "1.03", "max_new_tokens": "64",
    "goodbye": "Bye.",
}  # fmt: skip


@pytest.fixture
def staff() -> Client:
    """A researcher's browser."""
    browser = Client()
    browser.force_login(make_staff("ada"))
    return browser


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    sent: list[tuple[str, Any]] = []
    monkeypatch.setattr(
        previews.current_app, "send_task", lambda name, args, **_more: sent.append((name, args))
    )
    return sent


def agent_url(name: str, agent: Agent) -> str:
    return reverse(f"agents:{name}", args=[agent.public_id])


def test_only_staff_see_the_agents(client: Client) -> None:
    assert client.get(INDEX).status_code == 302


def test_an_agent_is_made_in_the_browser_and_its_next_version(staff: Client, store: Any) -> None:
    checkpoint = registered(queued(store))
    form = COMMON | {"kind": "checkpoint", "checkpoint": checkpoint.pk, "variant": "random"}
    response = staff.post(INDEX, form, follow=True)
    agent = Agent.objects.get()
    assert response.redirect_chain[-1][0] == agent_url("agent", agent)
    assert (agent.version, agent.variant, agent.weights_sha256) == (1, "random", checkpoint.weights_sha256)
    assert agent.settled.goodbye == "Bye."
    page = staff.get(f"{INDEX}?from={agent.public_id}").content.decode()
    assert "Make the next version of Mine" in page
    assert 'value="Mine"' in page
    staff.post(INDEX, form | {"temperature": "0.9"})
    assert list(Agent.objects.values_list("version", flat=True)) == [2, 1]


def test_a_server_is_made_and_its_key_is_a_name_only(staff: Client, settings: Any) -> None:
    settings.AGENT_KEYS = {"HOSTED": "open-sesame"}
    server = {"base_url": "https://models.example.org/v1", "model": "tiny", "key": "HOSTED"}
    staff.post(INDEX, COMMON | {"kind": "openai"} | server)
    agent = Agent.objects.get()
    assert agent.settled.server is not None
    assert agent.settled.server.key == "HOSTED"
    page = staff.get(agent_url("agent", agent)).content.decode()
    assert "https://models.example.org/v1" in page
    assert "open-sesame" not in page


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"kind": "checkpoint"},
        {"kind": "openai", "base_url": "ftp://x", "model": "m"},
        {"kind": "openai", "base_url": "", "model": ""},
        {"another": "2"},
        {"top_k": "many"},
        {"prompt": "../../etc/passwd"},
        {"kind": "hypnosis"},
    ],
)
def test_what_cannot_be_made_is_said_on_the_page(staff: Client, change: dict[str, str]) -> None:
    response = staff.post(INDEX, COMMON | change)
    assert response.status_code == 200
    assert b"error" in response.content
    assert not Agent.objects.exists()


def test_it_is_switched_and_chosen_for_practice(staff: Client) -> None:
    agent = agent_create(name="A", kind="scripted", by="ada")
    staff.post(agent_url("change", agent), {"practice": "on"})
    staff.post(agent_url("change", agent), {"enabled": "off"})
    agent.refresh_from_db()
    assert (agent.practice, agent.enabled) == (True, False)
    assert b"switched off" in staff.get(INDEX).content
    assert staff.get(agent_url("change", agent)).status_code == 405


def test_a_try_out_is_said_waited_for_and_cleared(
    staff: Client, asked: list[tuple[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    agent = agent_create(name="A", kind="scripted", by="ada")
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(agent_url("try", agent), {"text": "<b>Hello</b>"})
    preview = AgentPreview.objects.get()
    assert asked == [("modeling.agent_preview", [preview.pk])]
    page = staff.get(agent_url("agent", agent)).content.decode()
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page
    assert 'data-state="asked"' in page
    again = staff.post(agent_url("try", agent), {"text": "Again"}, follow=True)
    assert b"has not answered yet" in again.content
    previews.preview_answer(preview.pk)
    answer = staff.get(agent_url("try_status", agent)).json()
    assert (answer["state"], [m["role"] for m in answer["messages"]]) == ("open", ["seeker", "supporter"])
    staff.post(agent_url("try", agent), {"clear": "1"})
    assert staff.get(agent_url("try_status", agent)).json()["messages"] == []


def test_an_agent_that_does_not_exist(staff: Client) -> None:
    assert staff.get(f"{INDEX}nobody/").status_code == 404
