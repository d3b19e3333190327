"""An error is reported without a word of what people wrote."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.test import Client
from pytest_django import Settings
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from escplatform import error_reports

CANARY = "my-landlord-is-called-zebedee"


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self.raw: list[bytes] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.raw.append(envelope.serialize())
        if event := envelope.get_event():
            self.events.append(event)


@pytest.fixture
def sent(settings: Settings) -> Iterator[Kept]:
    settings.SENTRY_DSN = "http://key@localhost/1"
    kept = Kept()
    error_reports.configure(transport=kept)
    yield kept
    sentry_sdk.get_client().close()
    sentry_sdk.init()


def tell(text: str) -> None:
    raise ValueError(f"cannot store {text}")


def test_types_and_places_go_out_and_words_do_not(sent: Kept) -> None:
    note = f"local {CANARY}"
    sentry_sdk.set_user({"id": CANARY})
    sentry_sdk.add_breadcrumb(message=CANARY)
    try:
        tell(note)
    except ValueError as error:
        sentry_sdk.capture_exception(error)
    try:
        tell(note)
    except ValueError:
        logging.getLogger("collection").exception("Message %s was not stored.", CANARY)
    assert len(sent.events) == 2
    for event in sent.events:
        (error,) = event["exception"]["values"]
        assert (error["type"], error["value"]) == ("ValueError", "(withheld)")
        assert error["stacktrace"]["frames"][-1]["function"] == "tell"
    assert CANARY not in b"".join(sent.raw).decode()


@pytest.mark.django_db
def test_a_request_that_fails_takes_neither_its_headers_nor_its_address_along(
    sent: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("escplatform.health.jobs_that_stopped", fail)
    browser = Client(raise_request_exception=False, headers={"User-Agent": CANARY, "Cookie": f"s={CANARY}"})
    assert browser.get(f"/readyz?q={CANARY}").status_code == 500
    assert sent.events
    assert CANARY not in b"".join(sent.raw).decode()
    assert "request" not in json.loads(json.dumps(sent.events[0], default=str))


def test_without_an_address_nothing_is_set_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SENTRY_DSN = ""
    monkeypatch.setattr(sentry_sdk, "init", lambda **_options: pytest.fail("it was set up"))
    error_reports.configure()
