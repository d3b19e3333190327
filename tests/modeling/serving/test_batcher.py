"""Tests of micro-batches: what waits together is answered together, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from modeling.domain.turns import Said, TurnError, TurnReply, TurnRequest
from modeling.errors import EngineFailed
from modeling.serving.batcher import Batcher
from tests.support.threads import at_once


def request(number: int) -> TurnRequest:
    return TurnRequest(history=(Said("seeker", f"text {number}"),), variant="joint", seed=(number,))


class Gate:
    """Answers when it is let, and remembers the batches."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Event()
        self.batches: list[list[int]] = []

    def respond(self, requests: Sequence[TurnRequest]) -> list[TurnReply | TurnError]:
        self.batches.append([r.seed[0] for r in requests])
        self.entered.set()
        assert self.open.wait(20)
        return [self.reply(r.seed[0]) for r in requests]

    def reply(self, number: int) -> TurnReply | TurnError:
        if number == 13:
            return TurnError("Not this one.")
        return TurnReply(text=f"reply {number}", engine="gate", model="none")

    def warm_up(self) -> None: ...
    def close(self) -> None: ...


def test_what_gathers_while_the_engine_works_is_one_batch() -> None:
    gate = Gate()
    batcher = Batcher([gate], largest=8)
    found: dict[int, str] = {}

    def ask(number: int) -> None:
        found[number] = batcher.ask(request(number), seconds=20).text

    threads = [threading.Thread(target=ask, args=[n]) for n in range(10)]
    threads[0].start()
    assert gate.entered.wait(5)
    for thread in threads[1:]:
        thread.start()
    while len(batcher._queue) < 9:
        threading.Event().wait(0.005)
    gate.open.set()
    for thread in threads:
        thread.join(5)
    assert found == {n: f"reply {n}" for n in range(10)}
    assert [len(batch) for batch in gate.batches] == [1, 8, 1]
    batcher.close()


def test_two_engines_share_what_waits() -> None:
    gates = [Gate(), Gate()]
    for gate in gates:
        gate.open.set()
    batcher = Batcher(gates)
    replies = at_once([lambda n=n: batcher.ask(request(n), seconds=20).text for n in range(8)])
    assert sorted(map(str, replies)) == sorted(f"reply {n}" for n in range(8))
    assert sum(len(b) for gate in gates for b in gate.batches) == 8
    batcher.close()


def test_one_error_is_of_one_request() -> None:
    gate = Gate()
    gate.open.set()
    batcher = Batcher([gate])
    with pytest.raises(EngineFailed, match="Not this one"):
        batcher.ask(request(13), seconds=5)
    assert batcher.ask(request(1), seconds=5).text == "reply 1"
    batcher.close()


def test_who_waited_too_long_goes_on_without_and_is_not_computed() -> None:
    gate = Gate()
    batcher = Batcher([gate], largest=1)
    told: list[int] = []
    first = threading.Thread(target=lambda: batcher.ask(request(0), seconds=20))
    first.start()
    assert gate.entered.wait(5)
    with pytest.raises(EngineFailed, match="within"):
        batcher.ask(request(1), seconds=0.2, while_waiting=lambda: told.append(1))
    gate.open.set()
    assert batcher.ask(request(2), seconds=5).text == "reply 2"
    first.join(5)
    assert gate.batches == [[0], [2]]
    batcher.close()


def test_an_engine_that_breaks_fails_the_batch_and_goes_on() -> None:
    class Broken(Gate):
        def respond(self, requests: Sequence[TurnRequest]) -> list[TurnReply | TurnError]:
            if requests[0].seed == (0,):
                raise ZeroDivisionError
            return [] if requests[0].seed == (1,) else [self.reply(2)]

    batcher = Batcher([Broken()])
    with pytest.raises(EngineFailed, match="ZeroDivisionError"):
        batcher.ask(request(0), seconds=5)
    with pytest.raises(EngineFailed, match="number of requests"):
        batcher.ask(request(1), seconds=5)
    assert batcher.ask(request(2), seconds=5).text == "reply 2"
    batcher.close()
    with pytest.raises(EngineFailed, match="stopped"):
        batcher.ask(request(3), seconds=5)
