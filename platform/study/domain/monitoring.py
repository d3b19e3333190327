"""When somebody of the study team reads along, and until when a case is to be acknowledged. Pure: `now` is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MODES = ("none", "office_hours", "live")
_LONGEST_SEARCH = 366
"""Days that are looked through for the next office hour."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A study's monitoring mode with its office hours."""

    mode: str
    """"none", "office_hours" or "live"."""
    zone: str = "UTC"
    days: str = "12345"
    """ISO weekdays: 1 is Monday."""
    begins: time = time(9)
    ends: time = time(17)

    def watching(self, now: datetime) -> bool:
        """Return whether somebody reads along at `now` (aware)."""
        if self.mode != "office_hours":
            return self.mode == "live"
        local = now.astimezone(ZoneInfo(self.zone))
        return str(local.isoweekday()) in self.days and self.begins <= local.time() < self.ends

    def due_at(self, raised_at: datetime, *, minutes: int) -> datetime | None:
        """Return when a case raised at `raised_at` (aware) has to be acknowledged; None where nobody watches.

        In office hours only their minutes count: what comes in at night is due in the morning.
        """
        if self.mode == "none":
            return None
        left = timedelta(minutes=minutes)
        if self.mode == "live":
            return raised_at + left
        return self._after_office_time(raised_at, left)

    def _after_office_time(self, start: datetime, left: timedelta) -> datetime | None:
        zone = ZoneInfo(self.zone)
        day = start.astimezone(zone).date()
        for _day in range(_LONGEST_SEARCH):
            if str(day.isoweekday()) in self.days:
                opens = max(start, datetime.combine(day, self.begins, tzinfo=zone))
                closes = datetime.combine(day, self.ends, tzinfo=zone)
                # Aware instants of one zone subtract by the clock on the wall; of UTC by what really passes.
                there_is = closes.astimezone(start.tzinfo) - opens.astimezone(start.tzinfo)
                if there_is >= left:
                    return opens.astimezone(start.tzinfo) + left
                left -= max(there_is, timedelta(0))
            day += timedelta(days=1)
        return None
