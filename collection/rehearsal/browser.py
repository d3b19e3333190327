"""A browser without a screen: cookies, forms and a socket."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class RehearsalFailed(RuntimeError):
    """The platform answered in a way that a participant could not go on from."""


class Browser:
    """One participant's browser."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = httpx.AsyncClient(base_url=self.base_url, follow_redirects=True, timeout=30)
        self.page = ""
        self.path = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._http.aclose()

    async def open(self, url: str) -> str:
        """Open a page and return the path where it ended."""
        return self._took(await self._again_when_busy(lambda: self._http.get(url)))

    async def submit(self, values: dict[str, Any], *, url: str = "") -> str:
        """Send the page's form and return the path where it led."""
        token = _TOKEN.search(self.page)
        data = values | {"csrfmiddlewaretoken": token.group(1) if token else ""}
        headers = {"Referer": self.base_url + self.path}
        answer = await self._again_when_busy(
            lambda: self._http.post(url or self.path, data=data, headers=headers)
        )
        return self._took(answer)

    async def ask(self, url: str) -> dict[str, Any]:
        """Return the JSON at `url`."""
        answer = await self._again_when_busy(lambda: self._http.get(url))
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def _again_when_busy(self, request: Any) -> httpx.Response:
        for attempt in range(6):
            try:
                answer: httpx.Response = await request()
            except httpx.TransportError:
                if attempt == 5:
                    raise
            else:
                if answer.status_code < 500:
                    return answer
            await asyncio.sleep(0.5 * 2**attempt)
        return answer

    def _took(self, answer: httpx.Response) -> str:
        if answer.status_code >= 400 and answer.status_code != 409:
            raise RehearsalFailed(
                f"{answer.request.method} {answer.request.url.path}: HTTP {answer.status_code}"
            )
        self.page = answer.text
        self.path = answer.url.path
        return self.path

    def socket(self, path: str) -> connect:
        """Return a connection to a socket of the site, with this browser's cookies; for `async with`."""
        address = urlsplit(self.base_url)
        scheme = "wss" if address.scheme == "https" else "ws"
        cookies = "; ".join(f"{c.name}={c.value}" for c in self._http.cookies.jar)
        return connect(
            f"{scheme}://{address.netloc}{path}",
            origin=self.base_url,  # type: ignore[arg-type]  # websockets' NewType of str
            additional_headers={"Cookie": cookies},
            open_timeout=30,
        )


__all__ = ["Browser", "ClientConnection", "RehearsalFailed"]
