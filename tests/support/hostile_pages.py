"""Opens rendered pages in one Chromium and tells what in them has come alive that should be text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, WebSocketRoute, sync_playwright

from tests.support.axe import HOST, answer_static

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
ASK = """() => ({
  pwned: "pwned" in window,
  marked: [...document.querySelectorAll("[data-pwn]")].map((element) => element.outerHTML.slice(0, 120)),
  violations: window.violations,
  text: [document.body.innerText,
    ...[...document.querySelectorAll("textarea, input")].map((element) => element.value)].join("\\n"),
})"""


@dataclass(frozen=True)
class Document:
    """A page as the server sends it."""

    body: bytes
    headers: dict[str, str]
    frames: tuple[dict[str, Any], ...] = ()
    """What its socket says to the first frame of the page."""
    shows: str = ""
    """CSS selector of what must be there before the page is looked at."""


@dataclass
class Seen:
    """What one page turned out to be."""

    text: str
    """What a person reads on it, the contents of its fields included."""
    alive: list[str] = field(default_factory=list)
    """Dialogs, runs of a payload, elements made by one, breaches of the content policy, errors of the page."""


def look_at(documents: Mapping[str, Document], *, browser_path: str) -> dict[str, Seen]:
    """Open every document once, in one browser, on its own path; nothing but the static files is reachable.

    The browser lives in a thread of its own, because Playwright's event loop would keep Django from the database.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(_look, documents, browser_path).result()


def _look(documents: Mapping[str, Document], browser_path: str) -> dict[str, Seen]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        try:
            return {path: _seen(browser.new_page(), path, document) for path, document in documents.items()}
        finally:
            browser.close()


def _seen(page: Page, path: str, document: Document) -> Seen:
    alive: list[str] = []
    page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: (alive.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: alive.append(f"error: {error}"))
    page.route("**/*", lambda route: _answer(route, path, document, alive))
    page.route_web_socket("**/*", lambda socket: _talk(socket, document))
    page.goto(HOST + path)
    if document.shows:
        page.wait_for_selector(document.shows, state="attached", timeout=10_000)
    told = page.evaluate(ASK)
    alive += ["a payload ran"] if told["pwned"] else []
    alive += [f"element: {line}" for line in told["marked"]]
    alive += [f"policy: {line}" for line in told["violations"]]
    page.close()
    return Seen(text=told["text"], alive=alive)


def _answer(route: Route, path: str, document: Document, alive: list[str]) -> None:
    parts = urlsplit(route.request.url)
    if f"{parts.scheme}://{parts.netloc}" != HOST:
        alive.append(f"request: {route.request.url}")
        route.abort()
    elif parts.path == path:
        route.fulfill(body=document.body, headers=document.headers)
    else:
        answer_static(route)


def _talk(socket: WebSocketRoute, document: Document) -> None:
    waiting = list(document.frames)

    def heard(_frame: str | bytes) -> None:
        while waiting:
            socket.send(json.dumps(waiting.pop(0)))

    socket.on_message(heard)
