"""A whole study through its public doors, on both ways to run: from the recruiting link to a file that a model trains on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collection.domain.scripted import SEEKERS
from collection.rehearsal.browser import Browser
from corpus.esconv import read_esconv
from corpus.labels import Speaker
from modeling.domain.pieces import cut
from tests.support import stack as stacks
from tests.support.stack import Stack, server_port

SEED = "3"
"""With this seed both pairs of the rehearsal do their best, so both conversations qualify."""
PAIRS = 2


@pytest.fixture(scope="module", params=["embedded", "production"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The platform with the two studies of `manage.py demo`."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "embedded":
        context: Any = stacks.embedded(folder, port=server_port())
    else:
        context = stacks.production(folder, ports=(server_port(), server_port()), redis_port=server_port())
    with context as running:
        running.run("manage.py", "demo")
        yield running


def test_a_study_goes_from_the_link_to_a_corpus_that_can_be_trained_on(stack: Stack, tmp_path: Path) -> None:
    stack.run(
        "manage.py",
        "rehearse",
        "--conversations",
        str(PAIRS),
        "--seed",
        SEED,
        "--url",
        stack.web[0][0],
        "-v",
        "0",
    )
    stack.run("manage.py", "funnel", "rehearsal", "--json", str(tmp_path / "funnel.json"))
    # One applicant more than pairs: the one who does not pass.
    assert json.loads((tmp_path / "funnel.json").read_text()) == {
        "applicants": PAIRS + 1,
        "passed": PAIRS,
        "conversations": PAIRS,
        "finished_and_long_enough": PAIRS,
        "qualified": PAIRS,
    }
    stack.run("manage.py", "corpus_release", "first", "--out", str(tmp_path / "release"), "--rehearsal")
    conversations = read_esconv(tmp_path / "release" / "esconv.json")
    assert len(conversations) == PAIRS
    for conversation in conversations:
        said = [utterance.text for utterance in conversation.by(Speaker.SEEKER)]
        assert any(said == list(script.lines) for script in SEEKERS)
        assert conversation.survey.complete
        assert cut(conversation, index=0)
    stack.audit()


def test_somebody_alone_practises_with_a_scripted_partner(stack: Stack) -> None:
    assert "Hello" in asyncio.run(_practise(stack.web[0][0]))


async def _practise(address: str) -> str:
    """Enter the demonstration as a seeker, practise, and return the first thing that the scripted supporter says."""
    script = SEEKERS[0]
    async with Browser(address) as browser:
        await browser.open("/try/demo/?role=seeker")
        await browser.submit({"take_part": "on"})
        await browser.submit(
            {
                "problem": script.problem,
                "emotion": script.emotion,
                "intensity": "4",
                "situation": script.situation,
                "experience": script.experience,
            }
        )
        path = await browser.submit({"practise": "1"})
        assert path.endswith("/chat/")
        async with asyncio.timeout(40), browser.socket(path + "socket/") as socket:
            await socket.send(json.dumps({"type": "hello", "last_ordinal": 0}))
            async for raw in socket:
                frame = json.loads(raw)
                for item in frame.get("items", frame.get("utterances", [])):
                    if item["role"] == "supporter":
                        return str(item["text"])
    raise AssertionError("The scripted supporter said nothing.")
