"""Withdraw from the study: end, erase, and give a receipt, all or nothing."""

from __future__ import annotations

import secrets
from collections import Counter
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from study import signals
from study.clock import database_now
from study.domain.recruitment import PROVIDERS
from study.models import (
    ExternalIdentity,
    ExternalSubmission,
    LedgerEntry,
    Participant,
    Participation,
    Withdrawal,
)
from study.models.participant import Outcome
from study.services.participations import participation_end
from study.withdrawal_log import withdrawal_note

LABELS = {
    "utterances": _("messages"),
    "situations": _("descriptions of a situation"),
    "open_answers": _("open answers"),
    "team_messages": _("messages to and from the study team, and words of reports"),
    "staff_notes": _("notes of the study team on these conversations"),
    "conversations": _("conversations taken out of the corpus"),
    "released_conversations": _("conversations of earlier releases, which later ones leave out"),
    "comparison_answers": _("answers that compared two conversations"),
    "devices": _("marks of a browser"),
}
"""What a receipt may count, in words."""
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without letters and digits that are taken for one another."""
_PAID_BY_ID = tuple(key for key, provider in PROVIDERS.items() if provider.arrives_by_link)


@transaction.atomic
def participant_withdraw(participant_id: int) -> Withdrawal:
    """End what the participant takes part in, erase what they wrote, and return the receipt; once.

    What was earned stays booked. Recruiting ids go at once where nothing is left to pay by them, else with the
    last payment (`identities_settle`).
    """
    participant = Participant.objects.select_for_update(no_key=True).get(pk=participant_id)
    receipt = Withdrawal.objects.filter(participant=participant).first()
    if receipt is not None:
        return receipt
    now = database_now()
    participant.withdrawn_at = now
    participant.save(update_fields=["withdrawn_at"])
    erased: Counter[str] = Counter()
    for _receiver, counts in signals.participant_withdrawn.send(
        sender=Participant, participant_id=participant.pk
    ):
        erased.update(counts)
    _end_what_is_left(participant)
    devices = Participation.objects.filter(participant=participant).exclude(device_hash="")
    erased["devices"] += devices.update(device_hash="")
    receipt = Withdrawal.objects.create(
        participant=participant, number=_number(), at=now, erased={k: v for k, v in erased.items() if v}
    )
    _identity_settle(receipt)
    transaction.on_commit(partial(withdrawal_note, participant.public_id, at=now))
    return receipt


def _end_what_is_left(participant: Participant) -> None:
    """End what no room above knows: somebody who has come no further than the consent."""
    for participation in Participation.objects.filter(participant=participant, outcome="").order_by("pk"):
        agreed = participation.consent_id is not None
        participation_end(participation.pk, outcome=Outcome.WITHDRAWN if agreed else Outcome.NO_CONSENT)


def _number() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _letter in range(4)) for _group in range(3))
    return "-".join(("W", *groups))


def identities_settle() -> int:
    """Erase the recruiting ids of everybody who has withdrawn and is paid by now; return how many people."""
    waiting = Withdrawal.objects.filter(identity_erased_at__isnull=True).values_list("pk", flat=True)
    return sum(_settle_one(receipt_id) for receipt_id in list(waiting))


@transaction.atomic
def _settle_one(receipt_id: int) -> bool:
    return _identity_settle(Withdrawal.objects.select_for_update(no_key=True).get(pk=receipt_id))


def _identity_settle(receipt: Withdrawal) -> bool:
    participant = receipt.participant
    owed = LedgerEntry.objects.filter(
        Q(payment_line__isnull=True) | Q(payment_line__item__paid_at__isnull=True),
        participation__participant=participant,
        participation__provider__in=_PAID_BY_ID,
        amount__gt=0,
    )
    if receipt.identity_erased_at is not None or owed.exists():
        return False
    ExternalIdentity.objects.filter(participant=participant).delete()
    ExternalSubmission.objects.filter(participation__participant=participant).delete()
    receipt.identity_erased_at = database_now()
    receipt.save(update_fields=["identity_erased_at"])
    return True
