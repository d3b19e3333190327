"""Tests of the limit on bursts, at a clock that is set by hand."""

from __future__ import annotations

from collection.realtime.burst import Bursts


class Clock:
    """A clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_seat_may_send_so_many_messages_in_the_time_and_then_again() -> None:
    clock = Clock()
    bursts = Bursts(clock=clock)
    assert [bursts.allow(1, messages=2, seconds=10) for _time in range(3)] == [True, True, False]
    clock.now += 9.9
    assert not bursts.allow(1, messages=2, seconds=10)
    clock.now += 0.1
    assert [bursts.allow(1, messages=2, seconds=10) for _time in range(3)] == [True, True, False]


def test_a_refused_message_does_not_count() -> None:
    clock = Clock()
    bursts = Bursts(clock=clock)
    for _second in range(10):
        bursts.allow(1, messages=1, seconds=10)
        clock.now += 1
    assert bursts.allow(1, messages=1, seconds=10)


def test_seats_do_not_take_from_each_other() -> None:
    bursts = Bursts(clock=Clock())
    assert [bursts.allow(seat, messages=1, seconds=10) for seat in (1, 2, 1, 2)] == [True, True, False, False]


def test_seats_that_fell_silent_are_forgotten_and_others_are_not() -> None:
    clock = Clock()
    bursts = Bursts(clock=clock)
    for seat in range(50):
        bursts.allow(seat, messages=2, seconds=10)
    clock.now += 5
    bursts.allow(7, messages=2, seconds=10)
    clock.now += 6
    for _message in range(30):
        bursts.allow(99, messages=100, seconds=10)
    assert len(bursts) == 2
    assert [bursts.allow(7, messages=2, seconds=10) for _time in range(2)] == [True, False]
