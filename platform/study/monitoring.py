"""A study's monitoring mode, read from its row."""

from __future__ import annotations

from study.domain.monitoring import Watch
from study.models import Study


def watch_of(study: Study) -> Watch:
    """Return when somebody of the study team reads along."""
    return Watch(
        mode=study.monitoring,
        zone=study.office_zone,
        days=study.office_days,
        begins=study.office_from,
        ends=study.office_until,
    )
