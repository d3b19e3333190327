"""Tests of the engine for OpenAI-compatible servers, against a server of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from corpus.labels import STRATEGIES
from modeling.domain.agent_config import Server
from modeling.domain.turns import Said, TurnError, TurnReply, TurnRequest
from modeling.errors import EngineFailed
from modeling.serving.openai import OpenAIEngine

HISTORY = (
    Said("seeker", "Hi."),
    Said("seeker", "I lost my job."),
    Said("supporter", "I am sorry.", "Reflection of feelings"),
    Said("supporter", "What happened?", "Question"),
)
REQUEST = TurnRequest(history=HISTORY, variant="", seed=(7, 1))
Handler = Callable[[httpx.Request], httpx.Response]


def completion(text: str, **more: Any) -> httpx.Response:
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop", **more}
    usage = {"prompt_tokens": 50, "completion_tokens": 9}
    return httpx.Response(200, json={"choices": [choice], "usage": usage})


def ask(handler: Handler, *, constraint: str = "json_schema", key: str = "") -> TurnReply | TurnError:
    server = Server("http://server/v1", "tiny", constraint=constraint)  # type: ignore[arg-type]
    engine = OpenAIEngine(server, key=key, transport=httpx.MockTransport(handler))
    found = engine.respond([REQUEST])[0]
    engine.close()
    return found


def test_the_schema_puts_the_strategy_first() -> None:
    bodies: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url == "http://server/v1/chat/completions"
        assert request.headers["authorization"] == "Bearer sesame"
        bodies.append(json.loads(request.content))
        return completion('{"strategy": "Information", "message": " Many people feel so. "}')

    found = ask(answer, key="sesame")
    assert isinstance(found, TurnReply)
    assert (found.text, found.strategy) == ("Many people feel so.", "Information")
    assert (found.model, found.tokens, found.prompt_tokens) == ("tiny", 9, 50)
    schema = bodies[0]["response_format"]["json_schema"]["schema"]
    assert list(schema["properties"]) == ["strategy", "message"]
    assert schema["properties"]["strategy"]["enum"] == list(STRATEGIES)


def test_the_chat_alternates_and_names_ones_own_strategies() -> None:
    seen: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.extend(json.loads(request.content)["messages"])
        return completion("[Question] And then?")

    found = ask(answer, constraint="brackets")
    assert isinstance(found, TurnReply)
    assert (found.text, found.strategy) == ("And then?", "Question")
    assert [m["role"] for m in seen] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert seen[1]["content"] == "Hi.\nI lost my job."
    assert seen[2]["content"] == "[Reflection of feelings] I am sorry."
    assert all(f"[{strategy}]" in seen[0]["content"] for strategy in STRATEGIES)


def test_a_choice_is_made_first_and_the_text_follows_from_it() -> None:
    bodies: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return completion("Others" if len(bodies) == 1 else "[Others] Welcome.")

    found = ask(answer, constraint="choice")
    assert isinstance(found, TurnReply)
    assert (found.text, found.strategy, found.tokens) == ("Welcome.", "Others", 18)
    assert bodies[0]["structured_outputs"] == {"choice": list(STRATEGIES)}
    assert "with the strategy Others" in bodies[1]["messages"][0]["content"]


def refuse(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def hang(_request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("hangs")


@pytest.mark.parametrize(
    ("handler", "because"),
    [
        (refuse, "not reached"),
        (hang, "in time"),
        (lambda _r: httpx.Response(500, text="no"), "status 500"),
        (lambda _r: httpx.Response(302, headers={"location": "http://elsewhere/"}), "status 302"),
        (lambda _r: httpx.Response(200, text="<html>Sign in</html>"), "JSON"),
        (lambda _r: httpx.Response(200, json=[]), "completion"),
        (lambda _r: httpx.Response(200, json={"choices": []}), "completion"),
        (lambda _r: httpx.Response(200, content=b"x" * 1_000_000), "too long"),
        (lambda _r: completion(""), "form"),
        (lambda _r: completion("Just text."), "form"),
        (lambda _r: completion('{"strategy": "Hypnosis", "message": "Sleep."}'), "none of the eight"),
        (lambda _r: completion('{"message": "Sleep."}'), "form"),
        (lambda _r: completion(None), "no text"),  # type: ignore[arg-type]
    ],
)
def test_what_goes_wrong_is_an_error_with_a_sentence(handler: Handler, because: str) -> None:
    found = ask(handler)
    assert isinstance(found, TurnError)
    assert because in found.sentence


def test_a_key_that_is_refused_is_said_before_the_first_chat() -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(401))
    engine = OpenAIEngine(Server("http://server/v1", "tiny"), transport=transport)
    with pytest.raises(EngineFailed, match="key"):
        engine.warm_up()
    engine.close()
