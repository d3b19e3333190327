"""What the study room announces, inside the transaction that it happens in."""

from __future__ import annotations

from django.dispatch import Signal

participation_entered = Signal()
"""Somebody new is about to be let into a study. Carries `study`. A receiver may raise `StudyClosed`."""

participation_ended = Signal()
"""A participation has its outcome. Carries `participation`; what is booked now is paid with it."""

participant_withdrawn = Signal()
"""Somebody withdraws. Carries `participant_id`, under a lock on the participant.

Every room ends what the participant takes part in, erases what it holds of their words, and returns how much it
erased as `dict[str, int]` with names of `study.services.withdrawals.LABELS`. An exception undoes the withdrawal.
"""

retention_due = Signal()
"""The time of some of a study's data is over. Carries `study_id` and `cutoffs` (`study.services.retention.Cutoffs`).

Every room erases what it holds from before them, in the announcing transaction, and returns how much as `dict[str, int]`
with names of `study.services.retention.LABELS`.
"""
