"""Asks axe about pages that Django's test client has rendered, in both themes, on a desktop and a phone."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route, sync_playwright

HOST = "http://pages.invalid"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
VIEWS = tuple(product(SIZES, THEMES))
GRAVE = ("serious", "critical")


def grave_findings(
    documents: Mapping[str, bytes],
    *,
    browser_path: str,
    shots: Path | None = None,
    views: Sequence[tuple[str, str]] = VIEWS,
) -> list[str]:
    """Return what axe calls serious or critical, a line each: page, size, theme, rule and the first element.

    `documents` are whole pages by their path; style sheets and scripts come from the static folders and every
    other request fails, so nothing but the pages has to run. The browser lives in a thread of its own, because
    Playwright's event loop would keep Django from the database in this one. Screenshots go to `shots`. `views` are
    pairs of a size and a theme.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(_ask, documents, browser_path, shots, views).result()


def _ask(
    documents: Mapping[str, bytes], browser_path: str, shots: Path | None, views: Sequence[tuple[str, str]]
) -> list[str]:
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for size, theme in views:
            width, height = SIZES[size]
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",
            )
            page.route("**/*", lambda route: _answer(route, documents))
            for path in documents:
                page.goto(HOST + path)
                found += [f"{path} ({size}, {theme}): {line}" for line in _grave(page)]
                if shots is not None:
                    shots.mkdir(parents=True, exist_ok=True)
                    name = f"{path.strip('/').replace('/', '-') or 'root'}-{size}-{theme}.png"
                    page.screenshot(path=shots / name, full_page=True)
            page.close()
        browser.close()
    return found


def _answer(route: Route, documents: Mapping[str, bytes]) -> None:
    path = urlsplit(route.request.url).path
    if path in documents:
        route.fulfill(body=documents[path], content_type="text/html; charset=utf-8")
        return
    answer_static(route)


def answer_static(route: Route) -> None:
    """Answer with the static file of that address; every other request fails."""
    path = urlsplit(route.request.url).path
    file = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    if file is None:
        route.abort()
        return
    route.fulfill(path=file, content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")


def _grave(page: Page) -> list[str]:
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    lines = [
        f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in results.response["violations"]
        if violation["impact"] in GRAVE
    ]
    return lines + ([f"scrolls sideways by {wide} pixels"] if wide > 0 else [])
