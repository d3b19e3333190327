"""Take people in, record their consent and role, and end their participation with its pay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from study import signals
from study.clock import database_now
from study.domain.errors import (
    ConsentMissing,
    EntryRefused,
    HasWithdrawn,
    RoleRefused,
    StudyClosed,
    TakenPartAlready,
)
from study.domain.pay import lines_left, pay_lines
from study.domain.protocol import text_digest
from study.domain.recruitment import Arrival, Part
from study.identity import encrypt, keyed_hash
from study.models import (
    Consent,
    ExternalIdentity,
    ExternalSubmission,
    InvitationLink,
    Participant,
    Participation,
    Recruitment,
    Study,
)
from study.models.participant import Outcome, Role, new_completion_code
from study.monitoring import consent_sections
from study.selectors import pay_booked
from study.services.budget import intake_check
from study.services.ledger import ledger_book


@transaction.atomic
def participation_enter(
    study: Study,
    *,
    arrival: Arrival,
    device: str = "",
    recruitment: Recruitment | None = None,
    cohort: str = "",
) -> Participation:
    """Return the participation of this submission, made at its first arrival.

    Raises:
        StudyClosed: a new submission came while the study takes nobody in.
        BudgetReached: a new submission came after the study's budget was used.
        HasWithdrawn: a new submission came of somebody who withdrew.
        TakenPartAlready: a new submission came of somebody who has finished this task before.
    """
    session_hash = keyed_hash("session", arrival.provider, study.slug, arrival.session_id)
    found = Participation.objects.filter(session_hash=session_hash).first()
    if found is not None:
        return found
    _check_first_time(study, arrival, recruitment)
    if study.state != Study.State.OPEN:
        raise StudyClosed
    intake_check(study, part=Part(recruitment.part) if recruitment else Part.WHOLE)
    signals.participation_entered.send(sender=Study, study=study)
    participant = _participant(arrival)
    if participant.withdrawn_at is not None:
        raise HasWithdrawn
    first_time: dict[str, Any] = {
        "participant": participant,
        "study": study,
        "protocol_version": study.protocol_version,
        "provider": arrival.provider,
        "recruitment": recruitment,
        "cohort": cohort,
        "device_hash": keyed_hash("device", device) if device else "",
    }
    participation, created = Participation.objects.get_or_create(
        session_hash=session_hash, defaults=first_time
    )
    if created:
        ExternalSubmission.objects.create(participation=participation, encrypted=encrypt(_ids(arrival)))
    return participation


def _check_first_time(study: Study, arrival: Arrival, recruitment: Recruitment | None) -> None:
    person_hash = keyed_hash("person", arrival.provider, arrival.person_id)
    earlier = (
        Participation.objects.filter(
            study=study,
            recruitment=recruitment,
            participant__identities__provider=arrival.provider,
            participant__identities__person_hash=person_hash,
            participant__withdrawn_at__isnull=True,
        )
        .exclude(outcome="")
        .select_related("protocol_version")
        .defer("protocol_version__document")
        .order_by("-pk")
        .first()
    )
    if earlier is not None:
        rules = earlier.protocol_version.protocol.participation
        if not rules.repeats(earlier.outcome):
            raise TakenPartAlready(earlier.public_id)


def _ids(arrival: Arrival) -> dict[str, str]:
    return {
        "person_id": arrival.person_id,
        "session_id": arrival.session_id,
        "return_origin": arrival.return_origin,
    }


def _participant(arrival: Arrival) -> Participant:
    person_hash = keyed_hash("person", arrival.provider, arrival.person_id)
    identity = ExternalIdentity.objects.filter(provider=arrival.provider, person_hash=person_hash).first()
    if identity is not None:
        return identity.participant
    try:
        with transaction.atomic():
            return _participant_create(arrival, person_hash=person_hash)
    except IntegrityError:
        # Two first arrivals of one person came at once: the unique constraint let one of them in.
        return ExternalIdentity.objects.get(provider=arrival.provider, person_hash=person_hash).participant


def _participant_create(arrival: Arrival, *, person_hash: str) -> Participant:
    participant = Participant.objects.create()
    ExternalIdentity.objects.create(
        participant=participant,
        provider=arrival.provider,
        person_hash=person_hash,
        encrypted=encrypt({"person_id": arrival.person_id}),
    )
    return participant


@transaction.atomic
def invitation_use(token: str, *, visitor: str, device: str = "") -> tuple[Participation, str]:
    """Enter by an invitation link; return the participation and the role that the link fixes.

    `visitor` names the browser, so that coming back by the same link does not use it up.

    Raises:
        EntryRefused: there is no such invitation, it is used up, or it has expired.
        StudyClosed, BudgetReached: the study takes nobody in.
    """
    token_hash = keyed_hash("invitation", token)
    invitation = (
        InvitationLink.objects.select_for_update(no_key=True, of=("self",))
        .select_related("study")
        .filter(token_hash=token_hash)
        .first()
    )
    if invitation is None:
        raise EntryRefused("This invitation is not known here. Please check that the link is complete.")
    arrival = Arrival(
        provider="invitation", person_id=f"{token_hash}:{visitor}", session_id=f"{token_hash}:{visitor}"
    )
    session_hash = keyed_hash("session", "invitation", invitation.study.slug, arrival.session_id)
    known = Participation.objects.filter(session_hash=session_hash).first()
    if known is not None:
        return known, invitation.role
    if invitation.expires_at is not None and invitation.expires_at <= database_now():
        raise EntryRefused("This invitation has expired. Please write to the study team.")
    if invitation.uses >= invitation.max_uses:
        raise EntryRefused("This invitation has been used already. Please write to the study team.")
    participation = participation_enter(
        invitation.study, arrival=arrival, device=device, cohort=invitation.cohort
    )
    invitation.uses += 1
    invitation.save(update_fields=["uses"])
    return participation, invitation.role


@transaction.atomic
def consent_give(participation_id: int, *, public_release: bool, contact_again: bool) -> Participation:
    """Record that the participant takes part; a second time changes nothing."""
    participation = _locked(participation_id)
    if participation.consent is not None:
        return participation
    _still_open(participation)
    text = participation.protocol_version.protocol.consent
    participation.consent = Consent.objects.create(
        participant=participation.participant,
        protocol_version=participation.protocol_version,
        text_version=text.version,
        text_sha256=consent_digest(participation),
        take_part=True,
        public_release=public_release,
        contact_again=contact_again,
    )
    participation.save(update_fields=["consent"])
    return participation


def consent_digest(participation: Participation) -> str:
    """Return the sha256 of the consent text as this study shows it, ticks included."""
    text = participation.protocol_version.protocol.consent
    sections = consent_sections(participation.study, participation.protocol_version.protocol)
    return text_digest([text.version, text.title, text.summary, sections, text.ticks])


@transaction.atomic
def role_choose(participation_id: int, *, role: str) -> Participation:
    """Give the participation its role; it is chosen once.

    Raises:
        ConsentMissing: there is no consent yet.
        RoleRefused: the role is unknown, or another one was chosen before.
    """
    participation = _locked(participation_id)
    _still_open(participation)
    if participation.consent_id is None:
        raise ConsentMissing
    if role not in Role.values:
        raise RoleRefused("Please choose one of the two roles.")
    if participation.role not in {"", role}:
        raise RoleRefused("You have chosen your role already.")
    if participation.fixed_role not in {"", role}:
        raise RoleRefused("The task that you accepted is for the other role.")
    participation.role = role
    participation.save(update_fields=["role"])
    return participation


@transaction.atomic
def participation_end(
    participation_id: int, *, outcome: str, wait_seconds: float = 0, training_share: Decimal = Decimal(0)
) -> Participation:
    """End a participation: outcome, exit status, completion code and pay, all or nothing; once.

    What is paid is what `study.domain.pay` says, which is what the pages showed before; conversations are paid when
    they are over (`conversation_pay`).
    A participation that has ended already is returned as it is, whatever `outcome` says.
    """
    participation = _locked(participation_id)
    if participation.ended:
        return participation
    rewards = participation.protocol_version.protocol.rewards
    participation.outcome = Outcome(outcome)
    participation.exit_status = rewards.row(outcome, role=participation.role).exit_status
    participation.ended_at = database_now()
    participation.completion_code = new_completion_code()
    participation.save(update_fields=["outcome", "exit_status", "ended_at", "completion_code"])
    lines = pay_lines(
        rewards,
        outcome=outcome,
        role=participation.role,
        wait_seconds=wait_seconds,
        training_share=training_share,
    )
    for line in lines_left(lines, booked=pay_booked(participation)):
        ledger_book(participation, reason=line.reason, amount=line.amount)
    signals.participation_ended.send(sender=Participation, participation=participation)
    return participation


@transaction.atomic
def conversation_pay(participation_id: int, *, outcome: str, conversation: str) -> None:
    """Book what a conversation that ended with `outcome` pays, once. The participation goes on or ends afterwards.

    `conversation` is its public id.
    """
    participation = _locked(participation_id)
    rewards = participation.protocol_version.protocol.rewards
    for line in pay_lines(rewards, outcome=outcome, role=participation.role, about=conversation):
        ledger_book(participation, reason=line.reason, amount=line.amount, about=line.about)


def _locked(participation_id: int) -> Participation:
    return (
        Participation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("participant", "protocol_version", "study", "consent", "recruitment")
        .defer("protocol_version__document")
        .get(pk=participation_id)
    )


def _still_open(participation: Participation) -> None:
    if participation.ended:
        raise RoleRefused("Your part in this study is complete.")
