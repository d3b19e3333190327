"""Tests of the chat's socket: both seats, on PostgreSQL, through the ASGI application."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from channels.db import database_sync_to_async

from collection.domain.exits import EndReason
from collection.models import FeedbackRequest, Utterance
from collection.services.conversations import conversation_stop
from collection.services.utterances import utterance_relabel
from study.models.participant import Role
from tests.support.factories import Pair, make_conversation, make_older, make_participation, make_study
from tests.support.sockets import Browser, session_cookie

ROLES = (Role.SEEKER, Role.SUPPORTER)


async def test_a_message_is_acknowledged_when_it_is_stored_and_shown_to_the_partner(
    seeker: Browser, supporter: Browser
) -> None:
    await seeker.hello()
    await supporter.hello()
    await seeker.say("uid-00001", "Good evening.")
    ack = await seeker.expect("ack")
    stored = await database_sync_to_async(Utterance.objects.get)()
    assert (ack["client_uid"], ack["ordinal"], ack["sent_at"]) == ("uid-00001", 1, stored.sent_at.isoformat())
    shown = (await supporter.expect("utterances"))["items"]
    assert shown == [{"ordinal": 1, "role": "seeker", "text": "Good evening.", "sent_at": ack["sent_at"]}]
    await supporter.support("uid-00002", "And to you.")
    await supporter.expect("ack")
    own = next(
        frame
        for frame in supporter.heard
        if frame["type"] == "utterances" and frame["items"][0]["ordinal"] == 2
    )
    assert own["items"][0]["strategy"] == "question"
    assert own["items"][0]["own"]


@pytest.mark.parametrize("known", range(6))
async def test_who_comes_back_gets_what_came_after_the_last_ordinal_seen(
    pair: Pair, seeker: Browser, known: int
) -> None:
    def talk() -> None:
        for number in range(5):
            pair.say(ROLES[number % 2], f"{number + 1}")

    await database_sync_to_async(talk)()
    welcome = await seeker.hello(known)
    assert [item["ordinal"] for item in welcome["utterances"]] == list(range(known + 1, 6))
    assert (welcome["last_ordinal"], welcome["reload"]) == (5, False)
    again = await seeker.resume(0)
    assert [item["text"] for item in again["utterances"]] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("unknown", [3, 7, 2**31 - 1])
async def test_an_ordinal_that_does_not_exist_means_to_begin_anew(
    pair: Pair, seeker: Browser, unknown: int
) -> None:
    await database_sync_to_async(pair.say)(Role.SEEKER)
    await database_sync_to_async(pair.say)(Role.SEEKER)
    welcome = await seeker.hello(unknown)
    assert (welcome["reload"], welcome["last_ordinal"], len(welcome["utterances"])) == (True, 2, 2)


async def test_a_room_that_knows_less_than_the_database_sends_nobody_back_to_the_beginning(
    pair: Pair, seeker: Browser, supporter: Browser
) -> None:
    await supporter.hello()
    # Another process stored this and its wake-up was lost.
    await database_sync_to_async(pair.say)(Role.SEEKER)
    welcome = await seeker.hello(1)
    assert (welcome["reload"], welcome["last_ordinal"], welcome["utterances"]) == (False, 1, [])


async def test_a_resend_is_stored_once_and_acknowledged_each_time(
    seeker: Browser, supporter: Browser
) -> None:
    await seeker.hello()
    await supporter.hello()
    for _time in range(3):
        await seeker.say("uid-00001", "Once.")
    acks = [await seeker.expect("ack") for _time in range(3)]
    assert len({(ack["ordinal"], ack["sent_at"]) for ack in acks}) == 1
    await supporter.expect("utterances")
    await supporter.listen()
    assert supporter.texts() == ["Once."]
    await seeker.say("uid-00001", "Twice.")
    refused = await seeker.expect("refused")
    assert (refused["code"], refused["client_uid"], refused["retry"]) == (
        "client_uid_reused",
        "uid-00001",
        False,
    )


async def test_two_tabs_of_one_seat_show_the_same(pair: Pair, supporter: Browser) -> None:
    tabs = [await database_sync_to_async(Browser.of)(pair.seeker.participation) for _number in range(2)]
    for tab in (*tabs, supporter):
        await tab.hello()
    await tabs[0].say("uid-00001", "From the first.")
    await tabs[1].say("uid-00001", "From the first.")
    await tabs[1].say("uid-00002", "From the second.")
    while len(supporter.texts()) < 2:
        await supporter.expect("utterances")
    await supporter.support("uid-00003", "Heard.")
    await supporter.support("uid-00004", "Both.")
    for tab in (*tabs, supporter):
        while len(tab.texts()) < 4:
            await tab.expect("utterances")
        await tab.listen(0.2)
        assert sorted(tab.texts()) == sorted(["From the first.", "From the second.", "Heard.", "Both."])
        ordinals = [item["ordinal"] for frame in tab.heard for item in frame.get("items", [])]
        assert ordinals == [1, 2, 3, 4]
    for tab in tabs:
        cards = [frame["status"]["feedback"] for frame in tab.heard if frame["type"] == "status"]
        assert next(card for card in cards if card) == {"number": 1, "ordinals": [3, 4]}
    await tabs[0].send({"type": "feedback.give", "number": 1, "score": 4})
    for tab in tabs:
        while (await tab.expect("status"))["status"]["feedback"] is not None:
            pass
    assert await database_sync_to_async(FeedbackRequest.objects.filter(score=4).count)() == 1


async def test_a_stale_tab_cannot_speak_after_the_end_and_keeps_its_socket(pair: Pair) -> None:
    tabs = [await database_sync_to_async(Browser.of)(pair.seeker.participation) for _number in range(2)]
    for tab in tabs:
        await tab.hello()
    await tabs[0].send({"type": "conversation.end", "manner": "leave"})
    ended = [await tab.expect("ended") for tab in tabs]
    assert {frame["reason"] for frame in ended} == {"leave"}
    await tabs[1].say("uid-00001", "One more thing.")
    assert (await tabs[1].expect("refused"))["code"] == "ended"
    await tabs[1].send({"type": "conversation.end", "manner": "safety"})
    assert (await tabs[1].expect("refused"))["code"] == "ended"
    await tabs[1].send({"type": "ping"})
    await tabs[1].expect("pong")


async def test_the_end_is_shown_to_both_once_with_the_way_on(
    pair: Pair, seeker: Browser, supporter: Browser
) -> None:
    await seeker.hello()
    await supporter.hello()
    await database_sync_to_async(conversation_stop)(pair.conversation.pk, reason=EndReason.TIME_UP)
    for tab, seat in ((seeker, pair.seeker), (supporter, pair.supporter)):
        assert seat.participation is not None
        frame = await tab.expect("ended")
        assert frame["next_url"] == f"/p/{seat.participation.public_id}/"
    await asyncio.sleep(1.2)  # two polls
    for tab in (seeker, supporter):
        await tab.listen(0.1)
        assert [frame["type"] for frame in tab.heard].count("ended") == 1
        assert (await tab.resume(0))["status"]["state"] == "surveying"
        await tab.expect("ended")


async def test_gates_are_told_and_kept(pair: Pair, seeker: Browser) -> None:
    welcome = await seeker.hello()
    status = welcome["status"]
    assert (status["may_finish"], status["may_leave_free"], status["state"]) == (False, False, "chatting")
    for manner, code in (("finish", "cannot_finish_yet"), ("partner_silent", "partner_not_idle")):
        await seeker.send({"type": "conversation.end", "manner": manner})
        assert (await seeker.expect("refused"))["code"] == code
    await database_sync_to_async(make_older)(pair, seconds=181)
    while not (await seeker.expect("status"))["status"]["may_leave_free"]:
        pass
    await seeker.send({"type": "conversation.end", "manner": "partner_silent"})
    assert (await seeker.expect("ended"))["reason"] == "partner_silent"


async def test_more_time_is_asked_for_on_the_socket_and_told_to_the_partner(
    pair: Pair, seeker: Browser, supporter: Browser
) -> None:
    await database_sync_to_async(make_older)(pair, seconds=150)
    status = (await seeker.hello())["status"]
    assert (status["extension_left"], status["own_limit_seconds"]) == (True, 180)
    assert (await supporter.hello())["status"]["partner_limit_seconds"] == 180
    await seeker.send({"type": "silence.extend"})
    while (await supporter.expect("status"))["status"]["partner_limit_seconds"] != 300:
        pass
    while (status := (await seeker.expect("status"))["status"])["extension_left"]:
        pass
    assert (status["own_limit_seconds"], status["partner_limit_seconds"]) == (300, 180)
    await supporter.send({"type": "silence.extend"})
    await supporter.support("uid-00001")
    await supporter.send({"type": "silence.extend"})
    assert (await supporter.expect("refused"))["code"] == "extension_refused"


async def test_presence_is_told_when_it_comes_and_when_it_goes(
    pair: Pair, seeker: Browser, supporter: Browser
) -> None:
    await database_sync_to_async(make_older)(pair, seconds=30)
    assert not (await seeker.hello())["status"]["partner_present"]
    await supporter.hello()
    while not (await seeker.expect("status"))["status"]["partner_present"]:
        pass
    await supporter.leave()
    await asyncio.sleep(0.6)
    await database_sync_to_async(make_older)(pair, seconds=30)
    while (await seeker.expect("status"))["status"]["partner_present"]:
        pass


async def test_the_turns_are_told_after_a_message(seeker: Browser) -> None:
    await seeker.hello()
    await seeker.say("uid-00001")
    assert (await seeker.expect("status"))["status"]["seeker_turns"] == 1


async def test_typing_is_shown_to_the_partner_only_and_counts_as_activity(
    pair: Pair, seeker: Browser, supporter: Browser
) -> None:
    await database_sync_to_async(make_older)(pair, seconds=100)
    await seeker.hello()
    await supporter.hello()
    await supporter.send({"type": "typing"})
    await seeker.expect("partner.typing")
    while (await seeker.expect("status"))["status"]["partner_idle_seconds"] > 50:
        pass
    assert "partner.typing" not in {frame["type"] for frame in supporter.heard}


async def test_a_strategy_is_changed_on_the_socket(pair: Pair, supporter: Browser) -> None:
    await supporter.hello()
    await supporter.support("uid-00001")
    await supporter.expect("ack")
    await supporter.send({"type": "utterance.relabel", "ordinal": 1, "strategy": "others"})
    assert await supporter.expect("relabelled") == {"type": "relabelled", "ordinal": 1, "strategy": "others"}
    assert (await supporter.resume(0))["utterances"][0]["strategy"] == "others"


async def test_neither_side_sees_what_belongs_to_the_other(
    pair: Pair, seeker: Browser, supporter: Browser
) -> None:
    """Canaries: strategies never reach the seeker; survey, feedback and identity never the supporter."""
    welcomes = [await seeker.hello(), await supporter.hello()]
    for number in range(4):
        await supporter.support(f"uid-0000{number}", f"Supporter {number}.")
        await supporter.expect("ack")
    await seeker.send({"type": "feedback.give", "number": 2, "score": 3})
    await seeker.say("uid-00009", "Thank you.")
    await seeker.expect("ack")
    await database_sync_to_async(utterance_relabel)(seat_id=pair.supporter.pk, ordinal=4, strategy="others")
    for tab in (seeker, supporter):
        welcomes.append(await tab.resume(0))
        await tab.listen()
    to_seeker = json.dumps([f for f in seeker.heard if not f.get("items", [{}])[0].get("own")])
    for canary in ("question", "others", "strategy", "uid-0000"):
        assert canary not in to_seeker.replace('"client_uid": "uid-00009"', "")
    to_supporter = json.dumps(supporter.heard)
    survey = ("job_crisis", "anxiety", "dissolved", "intensity", "current")
    assert pair.seeker.participation is not None
    for canary in (*survey, "score", "number", "uid-00009", pair.seeker.participation.public_id):
        assert canary not in to_supporter
    assert all(w["status"]["feedback"] is None for w in welcomes if w["role"] == "supporter")


BAD = [
    "{",
    "[]",
    b"\xff\xfe",
    '{"type":"shout"}',
    '{"type":"hello","last_ordinal":-1}',
    "[" * 9000,
    "x" * 17_000,
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
async def test_a_bad_frame_is_answered_and_the_socket_lives_on(seeker: Browser, bad: str | bytes) -> None:
    await seeker.hello()
    await seeker.send(bad)
    assert (await seeker.expect("refused"))["code"] == "bad_frame"
    await seeker.say("uid-00001")
    await seeker.expect("ack")


async def test_the_fifth_bad_frame_in_a_row_closes_the_socket(seeker: Browser) -> None:
    await seeker.hello()
    for bad in ("{", "{", "{", "{"):
        await seeker.send(bad)
    await seeker.send({"type": "ping"})
    await seeker.expect("pong")
    for _number in range(5):
        await seeker.send("{")
    assert await seeker.closed() == 4000
    assert [frame["type"] for frame in seeker.heard].count("refused") == 9


async def test_too_many_messages_at_once_are_refused_for_a_moment(seeker: Browser) -> None:
    await seeker.hello()
    for number in range(9):
        await seeker.say(f"uid-0000{number}")
    refused = await seeker.expect("refused")
    assert (refused["code"], refused["retry"], refused["client_uid"]) == ("too_fast", True, "uid-00008")


async def test_tabs_of_one_seat_share_one_limit_and_a_new_connection_brings_none(
    pair: Pair, supporter: Browser
) -> None:
    tabs = [await database_sync_to_async(Browser.of)(pair.seeker.participation) for _number in range(3)]
    for tab in (*tabs[:2], supporter):
        await tab.hello()
    for number in range(8):
        await tabs[number % 2].say(f"uid-0000{number}")
    for tab in tabs[:2]:
        for _number in range(4):
            await tab.expect("ack")
    await tabs[2].hello()
    for tab in tabs:
        await tab.say("uid-00008")
        assert (await tab.expect("refused"))["code"] == "too_fast"
    await supporter.support("uid-10001", "The other seat may still speak.")
    await supporter.expect("ack")


def strangers(pair: Pair) -> dict[str, Browser]:
    assert pair.seeker.participation is not None
    assert pair.supporter.participation is not None
    own, partner = pair.seeker.participation.public_id, pair.supporter.participation.public_id
    closed = make_conversation(state="closed")  # type: ignore[arg-type]
    assert closed.seeker.participation is not None
    waiting = make_participation(make_study())
    return {
        "no cookie": Browser(own, cookie=""),
        "made up": Browser(own, cookie="sessionid=abcdefghijklmnopqrstuvwxyz012345"),
        "partner": Browser(own, cookie=session_cookie(partner)),
        "unknown": Browser("nobody", cookie=session_cookie("nobody")),
        "released": Browser.of(closed.seeker.participation),
        "no seat yet": Browser.of(waiting),
    }


async def test_a_foreign_seat_is_closed_with_4001(pair: Pair) -> None:
    for who, tab in (await database_sync_to_async(strangers)(pair)).items():
        assert await tab.open(), who
        assert await tab.closed() == 4001, who


async def test_another_site_s_cookie_does_not_hide_the_session(pair: Pair) -> None:
    def browser() -> Browser:
        assert pair.seeker.participation is not None
        public_id = pair.seeker.participation.public_id
        return Browser(public_id, cookie='other={"a": [1]}; {bad; ' + session_cookie(public_id))

    tab = await database_sync_to_async(browser)()
    assert (await tab.hello())["role"] == "seeker"


ORIGINS: list[tuple[str | None, str]] = [
    (None, "testserver"),
    ("", "testserver"),
    ("null", "testserver"),
    ("https://evil.example", "testserver"),
    ("https://testserver", "testserver"),
    ("http://testserver:9999", "testserver"),
    ("http://testserver.evil.example", "testserver"),
    ("http://eviltestserver", "testserver"),
    ("http://testserver@evil.example", "testserver"),
    ("http://testserver/", "testserver"),
    ("HTTP://TESTSERVER.evil", "testserver"),
    ("http://evil.example", "evil.example"),
    ("http://localhost", "127.0.0.1"),
    ("file://", "testserver"),
]


@pytest.mark.parametrize(("origin", "host"), ORIGINS)
async def test_only_a_page_of_this_very_site_opens_a_socket(
    pair: Pair, origin: str | None, host: str
) -> None:
    def browser() -> Browser:
        assert pair.seeker.participation is not None
        public_id = pair.seeker.participation.public_id
        return Browser(public_id, cookie=session_cookie(public_id), origin=origin, host=host)

    assert not await (await database_sync_to_async(browser)()).open()


@pytest.mark.parametrize(
    ("origin", "host"), [("http://testserver", "testserver"), ("http://localhost:8000", "localhost:8000")]
)
async def test_this_very_site_does(pair: Pair, origin: str, host: str) -> None:
    def browser() -> Browser:
        assert pair.seeker.participation is not None
        public_id = pair.seeker.participation.public_id
        return Browser(public_id, cookie=session_cookie(public_id), origin=origin, host=host)

    tab = await database_sync_to_async(browser)()
    assert await tab.open()
    await tab.leave()


async def test_a_conversation_that_is_not_begun_takes_no_message(quick: None) -> None:
    def waiting() -> Any:
        return Browser.of(make_conversation(state="ready_check").seeker.participation)  # type: ignore[arg-type]

    tab = await database_sync_to_async(waiting)()
    assert (await tab.hello())["status"]["state"] == "ready_check"
    await tab.say("uid-00001")
    assert (await tab.expect("refused"))["code"] == "not_started"


@pytest.mark.parametrize("channel_layer", ["dead"], indirect=True)
async def test_the_card_of_help_is_there_at_once_and_stays_though_redis_is_dead(
    channel_layer: str, pair: Pair, seeker: Browser, supporter: Browser
) -> None:
    await seeker.hello()
    await supporter.hello()
    begin = asyncio.get_running_loop().time()
    await seeker.say("uid-00001", "I want to die.")
    for side in (seeker, supporter):
        while not (await side.expect("status"))["status"]["resources_shown"]:
            pass
    assert asyncio.get_running_loop().time() - begin < 2
    again = await seeker.resume(0)
    assert again["status"]["resources_shown"]


async def test_an_ordinary_message_shows_no_card(seeker: Browser, supporter: Browser) -> None:
    await supporter.hello()
    welcome = await seeker.hello()
    assert not welcome["status"]["resources_shown"]
    await seeker.say("uid-00001", "It was a long day.")
    await seeker.expect("ack")
    assert not (await supporter.resume(0))["status"]["resources_shown"]
