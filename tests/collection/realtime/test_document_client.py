"""Tests that the AsyncAPI document suffices to write a client from: it holds a whole conversation."""

from __future__ import annotations

from typing import Any

from tests.support import document_client as document
from tests.support.factories import Pair
from tests.support.sockets import Browser


async def wait_for(tab: Browser, kind: str, **fields: Any) -> dict[str, Any]:
    """Return the next frame of a kind with these fields; every frame on the way is checked."""
    while True:
        frame = document.hear(await tab.expect(*document.HEARD))
        if frame["type"] == kind and fields.items() <= frame.items():
            return frame


async def test_a_client_written_from_the_document_holds_a_conversation(
    pair: Pair, seeker: Browser, supporter: Browser
) -> None:
    assert pair.seeker.participation is not None
    assert seeker.socket.scope["path"] == document.address(pair.seeker.participation.public_id)
    for tab in (seeker, supporter):
        assert await tab.open()
        await tab.send(document.say("hello", last_ordinal=0))
        await wait_for(tab, "welcome", last_ordinal=0, reload=False)
    await seeker.send(document.say("typing"))
    await wait_for(supporter, "partner.typing")
    for _attempt in range(2):  # a resend is acknowledged again
        await seeker.send(document.say("utterance.send", client_uid="document-1", text="I cannot sleep."))
        await wait_for(seeker, "ack", client_uid="document-1", ordinal=1)
    heard = await wait_for(supporter, "utterances")
    assert [item["text"] for item in heard["items"]] == ["I cannot sleep."]

    await supporter.send(document.say("utterance.send", client_uid="document-2", text="Since when?"))
    await wait_for(supporter, "refused", code="strategy_required", client_uid="document-2", retry=False)
    for number in (2, 3):
        await supporter.send(
            document.say(
                "utterance.send", client_uid=f"document-{number}", text="Since when?", strategy="question"
            )
        )
        await wait_for(supporter, "ack", ordinal=number)
    await supporter.send(document.say("utterance.relabel", ordinal=3, strategy="others"))
    await wait_for(supporter, "relabelled", ordinal=3)
    while (await wait_for(seeker, "status"))["status"]["feedback"] is None:
        pass
    await seeker.send(document.say("feedback.give", number=1, score=5))
    await seeker.send(document.say("ping"))
    await wait_for(seeker, "pong")
    await seeker.send(document.say("conversation.end", manner="finish"))
    await wait_for(seeker, "refused", code="cannot_finish_yet")
    await seeker.send(document.say("conversation.end", manner="leave"))
    for tab in (seeker, supporter):
        await wait_for(tab, "ended")


async def test_close_codes_are_in_the_document(seeker: Browser) -> None:
    assert await seeker.open()
    for _number in range(5):
        await seeker.send("not a frame")
        document.hear(await seeker.expect("refused"))
    assert str(await seeker.closed()) in document.CHANNEL["x-close-codes"]
