"""Log lines for a collector: one object each."""

from __future__ import annotations

import json
import logging
import logging.config

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from escplatform import env


def test_a_line_is_an_object_with_time_level_logger_and_trace(capsys: pytest.CaptureFixture[str]) -> None:
    formatters = settings.LOGGING["formatters"]
    logger = logging.Logger("collection.realtime")
    handler = logging.StreamHandler()
    configurator = logging.config.DictConfigurator({"version": 1})
    handler.setFormatter(configurator.configure_formatter(dict(formatters["json"])))
    logger.addHandler(handler)
    try:
        raise KeyError("x")
    except KeyError:
        logger.exception("Conversation %s was not read.", 12)
    line = json.loads(capsys.readouterr().err)
    assert line["message"] == "Conversation 12 was not read."
    assert (line["level"], line["logger"]) == ("ERROR", "collection.realtime")
    assert "KeyError" in line["exc_info"]
    assert line["time"]


def test_an_unknown_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESC_LOG_FORMAT", "xml")
    with pytest.raises(ImproperlyConfigured, match="ESC_LOG_FORMAT is 'xml'; write one of: plain, json"):
        env.choice("ESC_LOG_FORMAT", ("plain", "json"))
