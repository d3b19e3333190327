"""Set whether the study team reads along. It changes what people agree to, so nobody may be inside."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from django.db import transaction

from study.domain.errors import ApplicationError
from study.models import Participation, Study


class WatchRefused(ApplicationError):
    """The monitoring mode cannot be set as asked."""

    code = "watch_refused"
    message = "The monitoring mode cannot be changed now."


@transaction.atomic
def watch_set(
    study_id: int,
    *,
    mode: str,
    zone: str = "UTC",
    days: str = "12345",
    begins: time = time(9),
    ends: time = time(17),
) -> Study:
    """Set the monitoring mode and its office hours.

    Raises:
        WatchRefused: the study is open, or somebody is inside who agreed to another text; or the hours make no sense.
    """
    study = Study.objects.select_for_update(no_key=True).get(pk=study_id)
    wanted = (mode, zone, days, begins, ends)
    if wanted == (
        study.monitoring,
        study.office_zone,
        study.office_days,
        study.office_from,
        study.office_until,
    ):
        return study
    if study.state == Study.State.OPEN:
        raise WatchRefused("Pause the study first: the mode is part of what people agree to.")
    if Participation.objects.filter(study=study, outcome="", consent__isnull=False).exists():
        raise WatchRefused("Somebody inside has agreed to the present mode. Wait until they have finished.")
    _check(mode, zone, days, begins, ends)
    study.monitoring, study.office_zone = mode, zone
    study.office_days, study.office_from, study.office_until = "".join(sorted(set(days))), begins, ends
    study.save(update_fields=["monitoring", "office_zone", "office_days", "office_from", "office_until"])
    return study


def _check(mode: str, zone: str, days: str, begins: time, ends: time) -> None:
    if mode not in Study.Monitoring.values:
        raise WatchRefused("There is no such monitoring mode.")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        raise WatchRefused(f"There is no time zone {zone!r}.") from None
    if not days or not set(days) <= set("1234567"):
        raise WatchRefused("Choose at least one day of the week.")
    if begins >= ends:
        raise WatchRefused("The office hours end before they begin.")
