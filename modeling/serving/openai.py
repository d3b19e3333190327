"""Any server that speaks OpenAI's chat completions: vLLM, SGLang, Ollama, TGI, `transformers serve`, or a hosted one.

The strategy comes before the text, so that the text follows from it as in the paper's Joint variant. Three ways to
get it: a JSON schema with the strategy first, a choice among the eight and then the text, or "[Strategy] text".
Source: OpenAI's API reference (response_format json_schema); vLLM's structured outputs (choice).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from corpus.labels import STRATEGIES, canonical_strategy
from modeling.domain.agent_config import Server
from modeling.domain.turns import Said, TurnError, TurnReply, TurnRequest
from modeling.errors import EngineFailed
from modeling.prompt_files import Prompt, read_prompt

TIMEOUT = httpx.Timeout(7.0, connect=3.0)
LARGEST_ANSWER = 200_000
"""Bytes; whatever sends more has gone wrong."""
_BRACKETS = re.compile(r"^\s*\[([^\]]{2,40})\]\s*")
MESSAGES_SENT = 40
"""The newest messages that a server is given; a conversation has 30 on average (Table 1)."""


class OpenAIEngine:
    """One model of one server."""

    def __init__(
        self, server: Server, *, key: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._server = server
        self._prompt: Prompt = read_prompt(server.prompt)
        self._client = httpx.Client(
            base_url=server.base_url.rstrip("/") + "/",
            headers=headers,
            timeout=TIMEOUT,
            transport=transport,
            follow_redirects=False,
        )
        # The server batches by itself: it gets the requests at once.
        self._threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="openai")

    def warm_up(self) -> None:
        """Ask the server for its models.

        Raises:
            EngineFailed: it does not answer.
        """
        try:
            answer = self._client.get("models")
        except httpx.HTTPError as error:
            raise EngineFailed(f"The server is not reached ({type(error).__name__}).") from error
        if answer.status_code in {401, 403}:
            raise EngineFailed("The server refuses the key.")

    def respond(self, requests: Sequence[TurnRequest]) -> list[TurnReply | TurnError]:
        """Return a reply or an error for each request."""
        return list(self._threads.map(self._respond_or_say, requests))

    def close(self) -> None:
        """Close the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _respond_or_say(self, request: TurnRequest) -> TurnReply | TurnError:
        try:
            return self._respond(request)
        except EngineFailed as error:
            return TurnError(str(error))

    def _respond(self, request: TurnRequest) -> TurnReply:
        started, usage = time.perf_counter(), Usage()
        if self._server.constraint == "choice" and not request.strategy:
            strategy = self._choose(request, usage)
            text = self._text_of(request, strategy, usage)
        elif request.strategy:
            strategy, text = request.strategy, self._text_of(request, request.strategy, usage)
        elif self._server.constraint == "json_schema":
            strategy, text = read_json(self._complete(request, _schema(), usage))
        else:
            strategy, text = read_brackets(self._complete(request, {}, usage))
        return TurnReply(
            text=text,
            strategy=strategy,
            engine=f"openai {self._server.constraint}",
            model=self._server.model,
            tokens=usage.completion,
            prompt_tokens=usage.prompt,
            finished=usage.finished,
            made_ms=round((time.perf_counter() - started) * 1000),
        )

    def _choose(self, request: TurnRequest, usage: Usage) -> str:
        names = list(STRATEGIES)
        # The first name is vLLM's since 0.12, the second its older one; a server ignores what it does not know.
        limits = {"structured_outputs": {"choice": names}, "guided_choice": names, "max_tokens": 12}
        ask = "Which strategy fits best for the next message? Answer with its name only."
        return strategy_named(self._complete(request, limits, usage, ask=ask))

    def _text_of(self, request: TurnRequest, strategy: str, usage: Usage) -> str:
        ask = f"Write the next message with the strategy {strategy}. Write the message only."
        said = self._complete(request, {}, usage, ask=ask)
        return _BRACKETS.sub("", said).strip()

    def _complete(self, request: TurnRequest, limits: dict[str, Any], usage: Usage, *, ask: str = "") -> str:
        decoding = request.decoding
        body = {
            "model": self._server.model,
            "messages": chat_messages(self._prompt, request.history, ask=ask),
            "temperature": decoding.temperature,
            "top_p": decoding.top_p,
            # The schema's own marks take some.
            "max_tokens": decoding.max_new_tokens + 40,
            "seed": sum(request.seed) % 2**31,
            **limits,
        }
        return usage.add(self._post(body))

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        try:
            with self._client.stream("POST", "chat/completions", json=body) as answer:
                content = _limited(answer)
        except httpx.TimeoutException as error:
            raise EngineFailed("The server did not answer in time.") from error
        except httpx.HTTPError as error:
            raise EngineFailed(f"The server is not reached ({type(error).__name__}).") from error
        if answer.status_code != 200:
            raise EngineFailed(f"The server answered with status {answer.status_code}.")
        try:
            found = json.loads(content)
        except ValueError as error:
            raise EngineFailed("The server answered something else than JSON.") from error
        if not isinstance(found, dict):
            raise EngineFailed("The server answered something else than a completion.")
        return found


class Usage:
    """What the calls of one reply took."""

    def __init__(self) -> None:
        self.prompt = self.completion = 0
        self.finished = True

    def add(self, answer: dict[str, Any]) -> str:
        """Count one answer and return its text.

        Raises:
            EngineFailed: it is no completion.
        """
        try:
            choice = answer["choices"][0]
            text = choice["message"]["content"]
            self.finished = choice.get("finish_reason") != "length"
            used = answer.get("usage") or {}
            self.prompt += int(used.get("prompt_tokens", 0))
            self.completion += int(used.get("completion_tokens", 0))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise EngineFailed("The server answered something else than a completion.") from error
        if not isinstance(text, str):
            raise EngineFailed("The server's completion has no text.")
        return text


def chat_messages(prompt: Prompt, history: Sequence[Said], *, ask: str = "") -> list[dict[str, str]]:
    """Return the chat so far as the server is told it: the task, the strategies, and who said what."""
    system = prompt.text(uses_strategies=True)
    messages = [{"role": "system", "content": f"{system}\n{ask}".strip()}]
    for said in history[-MESSAGES_SENT:]:
        role = "user" if said.role == "seeker" else "assistant"
        text = f"[{said.strategy}] {said.text}" if role == "assistant" and said.strategy else said.text
        if len(messages) > 1 and messages[-1]["role"] == role == "user":
            messages[-1]["content"] += f"\n{text}"
        elif len(messages) > 1 and messages[-1]["role"] == role:
            messages += [{"role": "user", "content": prompt.silence}, {"role": role, "content": text}]
        else:
            messages.append({"role": role, "content": text})
    if messages[-1]["role"] != "user":
        messages.append({"role": "user", "content": prompt.silence})
    return messages


def read_json(text: str) -> tuple[str, str]:
    """Return strategy and message of an answer in the schema's form.

    Raises:
        EngineFailed: it is not in that form.
    """
    try:
        found = json.loads(text)
        return strategy_named(found["strategy"]), str(found["message"]).strip()
    except (ValueError, LookupError, TypeError) as error:
        raise EngineFailed("The model's answer is not in the form that it was asked for.") from error


def read_brackets(text: str) -> tuple[str, str]:
    """Return strategy and message of "[Strategy] message".

    Raises:
        EngineFailed: it does not begin so, or names no strategy of the eight.
    """
    found = _BRACKETS.match(text)
    if found is None:
        raise EngineFailed("The model's answer names no strategy.")
    return strategy_named(found[1]), text[found.end() :].strip()


def strategy_named(text: str) -> str:
    """Return the published label of a strategy that a model named.

    Raises:
        EngineFailed: it is none of the eight.
    """
    name = text.strip().strip("[].\"'").strip()
    for strategy in STRATEGIES:
        if strategy.casefold() == name.casefold():
            return strategy
    try:
        return canonical_strategy(name)
    except ValueError:
        raise EngineFailed("The model named a strategy that is none of the eight.") from None


def _schema() -> dict[str, Any]:
    # Strategy before message: the order of the properties is the order of writing.
    properties = {
        "strategy": {"type": "string", "enum": list(STRATEGIES)},
        "message": {"type": "string", "minLength": 1, "maxLength": 600},
    }
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["strategy", "message"],
        "additionalProperties": False,
    }
    return {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "turn", "strict": True, "schema": schema},
        }
    }


def _limited(answer: httpx.Response) -> bytes:
    content = b""
    # A server that sends a byte at a time must not hold the turn beyond its deadline: the caller stops waiting.
    for block in answer.iter_bytes():
        content += block
        if len(content) > LARGEST_ANSWER:
            raise EngineFailed("The server's answer is too long.")
    return content
