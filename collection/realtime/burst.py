"""How many messages one seat may send in a time, from however many tabs and however often it connects anew."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable


class Bursts:
    """A sliding window over the instants of each seat's last messages, for the sockets of one process."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: OrderedDict[int, _Window] = OrderedDict()
        """By seat; who spoke last stands last."""

    def __len__(self) -> int:
        """Return how many seats are remembered."""
        return len(self._windows)

    def allow(self, seat_id: int, *, messages: int, seconds: float) -> bool:
        """Return whether the seat may send one more message now, and count it if so."""
        now = self._clock()
        self._forget(now)
        window = self._windows.get(seat_id)
        if window is None:
            window = self._windows[seat_id] = _Window(messages, seconds)
        if not window.allow(now):
            return False
        self._windows.move_to_end(seat_id)
        return True

    def _forget(self, now: float) -> None:
        # Two for each message that comes: more than can be added, and no message waits for a long clearing.
        for _time in range(2):
            seat_id = next(iter(self._windows), None)
            if seat_id is None or not self._windows[seat_id].empty(now):
                return
            del self._windows[seat_id]


class _Window:
    """The instants of one seat's last messages."""

    __slots__ = ("_seconds", "_sent")

    def __init__(self, messages: int, seconds: float) -> None:
        self._seconds = seconds
        self._sent: deque[float] = deque(maxlen=messages)

    def allow(self, now: float) -> bool:
        if len(self._sent) == self._sent.maxlen and now - self._sent[0] < self._seconds:
            return False
        self._sent.append(now)
        return True

    def empty(self, now: float) -> bool:
        return not self._sent or now - self._sent[-1] >= self._seconds
