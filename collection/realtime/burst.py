"""How many messages one socket may send in a time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable


class Burst:
    """A sliding window over the instants of the last messages."""

    def __init__(self, *, messages: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=messages)

    def allow(self) -> bool:
        """Return whether one more message may be sent now, and count it if so."""
        now = self._clock()
        if len(self._sent) == self._sent.maxlen and now - self._sent[0] < self._seconds:
            return False
        self._sent.append(now)
        return True
