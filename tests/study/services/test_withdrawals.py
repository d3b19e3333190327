"""Tests of withdrawing at every state: what ends, what is paid, and that nothing of the words is left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client
from django.urls import reverse

from collection.domain.exits import EndReason
from collection.domain.lifecycle import State
from collection.domain.lobby import TicketState
from collection.models import Conversation, PreChatSurvey, Seat, StrategyRevision, Ticket, Utterance
from collection.selectors import public_release
from collection.services.conversations import conversation_stop
from collection.services.leaving import participation_leave
from collection.services.lobby import ticket_open, ticket_pair
from collection.services.programs import practice_start
from collection.services.scripted import scripted_turn
from collection.services.surveys import (
    PreChatAnswers,
    SeekerAnswers,
    SupporterAnswers,
    pre_chat_submit,
    seeker_survey_submit,
    supporter_survey_submit,
)
from qualitycontrol.models import AssessmentEvent, AuditEvent, IntensityDecision
from qualitycontrol.services.assessments import assessment_make
from study.clock import database_now
from study.domain.errors import HasWithdrawn
from study.domain.recruitment import Arrival
from study.domain.withdrawal import TOMBSTONE
from study.models import (
    ExternalIdentity,
    ExternalSubmission,
    LedgerEntry,
    Participant,
    Participation,
    Withdrawal,
)
from study.models.participant import Outcome, Role
from study.selectors import ledger_total
from study.services.participations import consent_give, participation_enter, role_choose
from study.services.withdrawals import LABELS, participant_withdraw
from tests.support.canaries import places_holding
from tests.support.factories import Pair, make_conversation, make_participation, make_study, pair_up, qualify
from tests.support.threads import at_once
from tests.support.training import browser_of, finish_page
from tutorial import api as tutorial
from tutorial.api import qualification_grant, qualification_revoke

pytestmark = pytest.mark.django_db

SEEKER_WORDS = {
    "person": "canary-person-id",
    "submission": "canary-submission-id",
    "device": "canary-device",
    "situation": "canarysituation",
    "message": "canarymessage",
    "uid": "canary-client-uid",
    "liked": "canaryliked",
    "improve": "canaryimprove",
}
STAFF_WORDS = {
    "note": "canarynote",
    "audit": "canaryaudit",
    "revision": "canaryrevision",
    "intensity": "canaryintensity",
    "revoked": "canaryrevoked",
}
WITH_WORDS = {
    "ExternalIdentity.encrypted",
    "ExternalSubmission.encrypted",
    "Qualification.revoked_reason",
    "PreChatSurvey.situation",
    "SeekerSurvey.liked",
    "SeekerSurvey.improve",
    "SupporterSurvey.liked",
    "SupporterSurvey.improve",
    "Utterance.text",
    "AgentTurn.text",
    "StrategyRevision.reason",
    "PartnerReport.text",
    "TeamMessage.text",
    "CheckIn.text",
    "CaseStep.note",
    "AssessmentEvent.reason",
    "AuditEvent.detail",
    "IntensityDecision.reason",
    "ReviewStep.reason",
    "ReviewVote.note",
    "ReviewDecision.reason",
}
"""Columns that may hold somebody's words or ids: a withdrawal erases them."""
WITHOUT_WORDS = {
    "Agent.config": "how a program decodes",
    "Agent.created_by": "a member of the study team",
    "ReleaseJob.by": "a member of the study team",
    "ReleaseJob.message": "a sentence of the platform",
    "StudyEvent.by": "a member of the study team",
    "StudyEvent.detail": "what was changed of a study, by name",
    "Agent.last_error": "a sentence of the platform",
    "AgentTurn.record": "numbers and the model's name",
    "AgentTurn.error": "a sentence of the platform",
    "AgentPreview.messages": "a member of the study team's own",
    "AgentPreview.by": "a member of the study team",
    "AgentPreview.error": "a sentence of the platform",
    "ProtocolVersion.document": "the protocol",
    "Study.title": "the study team's own",
    "Study.contact": "the study team's own",
    "Study.institution": "the study team's own",
    "Study.review_board": "the study team's own",
    "Recruitment.finish_url": "the study team's own",
    "Withdrawal.erased": "counts",
    "RetentionRun.erased": "counts",
    "ResourceCheck.name": "the protocol's",
    "AttemptItem.option_order": "numbers",
    "Conversation.source_name": "an imported file's name; imports have no participants",
    "Assessment.reasons": "codes of the rule",
    "Assessment.criteria": "figures and thresholds",
    "AssessmentEvent.by": "a staff member's name",
    "ConversationFlag.explanation": "made by the rule; it names messages and conversations by number",
    "ConversationFlag.ordinals": "numbers",
    "Release.manifest": "counts and digests",
    "Checkpoint.metrics": "a training: files, figures and the program's messages; names no conversation",
    "Evaluation.intervals": "a training: files, figures and the program's messages; names no conversation",
    "Evaluation.metrics": "a training: files, figures and the program's messages; names no conversation",
    "ReviewStep.by": "a staff member's name",
    "TrainingEvent.by": "a staff member's name",
    "TrainingEvent.reason": "a training: files, figures and the program's messages; names no conversation",
    "TrainingRun.evaluate_as": "a training: files, figures and the program's messages; names no conversation",
    "TrainingRun.folder": "a training: files, figures and the program's messages; names no conversation",
    "TrainingRun.message": "a training: files, figures and the program's messages; names no conversation",
    "Campaign.created_by": "a staff member's name",
    "CampaignStep.by": "a staff member's name",
    "TrainingRun.progress": "a training: files, figures and the program's messages; names no conversation",
    "TrainingRun.protocols": "a training: files, figures and the program's messages; names no conversation",
    "TrainingRun.source_name": "a training: files, figures and the program's messages; names no conversation",
    "TrainingRun.started_by": "a staff member's name",
}
"""Every other column that is long enough for words, and why it holds none of a participant's."""


def _enter(provider: str = "invitation") -> Participation:
    study = make_study()
    arrival = Arrival(provider, SEEKER_WORDS["person"], SEEKER_WORDS["submission"])
    participation = participation_enter(study, arrival=arrival, device=SEEKER_WORDS["device"])
    consent_give(participation.pk, public_release=True, contact_again=False)
    participation = role_choose(participation.pk, role=Role.SEEKER)
    situation = " ".join([SEEKER_WORDS["situation"]] * 25)
    pre_chat_submit(
        participation,
        PreChatAnswers(
            problem="job_crisis",
            emotion="anxiety",
            experience="current",
            intensity_before=4,
            situation=situation,
        ),
    )
    return participation


def _closed(seeker: Participation) -> Pair:
    """A conversation that is over, with everything in it that a withdrawal must take out."""
    supporter = make_participation(seeker.study, role=Role.SUPPORTER)
    pair = pair_up(seeker, supporter)
    pair.say(Role.SEEKER, f"I said {SEEKER_WORDS['message']}", uid=SEEKER_WORDS["uid"])
    pair.say(Role.SUPPORTER, "That stays.")
    conversation_stop(pair.conversation.pk, reason=EndReason.TIME_UP)
    seeker_survey_submit(
        pair.seeker.pk,
        SeekerAnswers(
            intensity_after=2,
            empathy=4,
            relevance=4,
            ending="natural",
            liked=SEEKER_WORDS["liked"],
            improve=SEEKER_WORDS["improve"],
        ),
    )
    supporter_survey_submit(pair.supporter.pk, SupporterAnswers(detail=4, liked="That stays too."))
    return pair.refresh()


def _staff_notes(pair: Pair) -> None:
    staff = get_user_model().objects.create_user("staff")
    assessment = assessment_make(pair.conversation.pk)
    AssessmentEvent.objects.create(
        assessment=assessment,
        at=database_now(),
        event="approve",
        before="pending",
        after="qualified",
        by="staff",
        reason=f"quotes {STAFF_WORDS['note']}",
    )
    IntensityDecision.objects.create(
        assessment=assessment,
        reviewer=staff,
        action="keep",
        intensity_after=2,
        reason=STAFF_WORDS["intensity"],
        at=database_now(),
    )
    seeker = pair.seeker.participation
    assert seeker is not None
    held = qualification_grant(seeker.participant, protocol_version=seeker.protocol_version)
    qualification_revoke(held.pk, reason=STAFF_WORDS["revoked"])
    AuditEvent.objects.create(
        user=staff, action="transcript_read", conversation=pair.conversation, detail=STAFF_WORDS["audit"]
    )
    said = Utterance.objects.filter(conversation=pair.conversation, seat__role=Role.SUPPORTER).get()
    StrategyRevision.objects.create(
        utterance=said,
        old="question",
        new="others",
        source="adjudication",
        by="staff",
        at=database_now(),
        reason=STAFF_WORDS["revision"],
    )


def test_every_column_that_could_hold_words_is_accounted_for() -> None:
    rooms = {"study", "tutorial", "collection", "qualitycontrol", "modeling"}
    columns = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in rooms
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField | models.JSONField | models.BinaryField)
        # Keys and names of up to a hundred characters are no place for words.
        or (isinstance(field, models.CharField) and not field.choices and (field.max_length or 0) > 100)
    }
    assert columns == WITH_WORDS | set(WITHOUT_WORDS)


@pytest.mark.parametrize("provider", ["invitation", "prolific"])
def test_no_column_of_any_model_holds_a_word_after_a_withdrawal(provider: str) -> None:
    seeker = _enter(provider)
    pair = _closed(seeker)
    _staff_notes(pair)
    words = [*SEEKER_WORDS.values(), *STAFF_WORDS.values()]
    # The scan must be able to find each of them, or its silence afterwards would say nothing.
    found = places_holding(words)
    hashed = {SEEKER_WORDS["device"]}
    assert {word for word in words if any(word in place for place in found)} == set(words) - hashed

    receipt = participant_withdraw(seeker.participant_id)

    left = places_holding(words)
    if provider == "prolific":
        # Still to be paid by these ids: encrypted, and gone with the payment (test_payments).
        assert {place.split(":")[0] for place in left} == {
            "ExternalIdentity.encrypted",
            "ExternalSubmission.encrypted",
        }
        assert receipt.identity_erased_at is None
    else:
        assert left == []
        assert not ExternalIdentity.objects.filter(participant=seeker.participant_id).exists()
        assert not ExternalSubmission.objects.filter(participation=seeker).exists()
    assert Participation.objects.get(pk=seeker.pk).device_hash == ""
    assert receipt.erased == {
        "utterances": 1,
        "situations": 1,
        "open_answers": 1,
        "staff_notes": 5,
        "conversations": 1,
        "devices": 1,
    }
    assert set(receipt.erased) <= set(LABELS)


def test_the_partner_s_words_and_everybody_s_pay_stay() -> None:
    seeker = _enter()
    pair = _closed(seeker)
    before = ledger_total(seeker)
    participant_withdraw(seeker.participant_id)
    assert pair.texts() == [TOMBSTONE, "That stays."]
    assert pair.conversation.supporter_survey.liked == "That stays too."
    assert ledger_total(seeker) == before == Decimal("7.00")
    assert pair.supporter.participation is not None
    assert ledger_total(pair.supporter.participation) == Decimal("7.00")
    assert Participation.objects.get(pk=seeker.pk).outcome == Outcome.COMPLETED


def test_the_conversation_leaves_the_corpus() -> None:
    seeker = _enter()
    pair = _closed(seeker)
    assert public_release(pair.conversation)
    participant_withdraw(seeker.participant_id)
    assert not public_release(Conversation.objects.get(pk=pair.conversation.pk))


def test_a_supporter_s_withdrawal_leaves_the_seeker_s_story() -> None:
    pair = make_conversation(state=State.CLOSED)
    assert pair.supporter.participation is not None
    participant_withdraw(pair.supporter.participation.participant_id)
    assert PreChatSurvey.objects.get(conversation=pair.conversation).situation != ""


def test_in_the_chat_both_sides_end_and_the_partner_is_paid_like_anybody_who_was_left() -> None:
    pair = make_conversation()
    pair.say(Role.SEEKER, "I take this back.")
    assert pair.seeker.participation is not None
    participant_withdraw(pair.seeker.participation.participant_id)
    pair.refresh()
    assert (pair.conversation.state, pair.conversation.end_reason) == (State.SURVEYING, EndReason.WITHDRAWN)
    assert pair.seeker.released_at is not None
    assert (pair.seeker.outcome, pair.supporter.outcome) == (Outcome.WITHDRAWN, Outcome.PARTNER_LEFT)
    assert pair.supporter.exit_status == "02"
    supporter_survey_submit(pair.supporter.pk, SupporterAnswers(detail=3))
    mine, theirs = (seat.participation for seat in (pair.seeker, pair.supporter))
    assert mine is not None
    assert theirs is not None
    mine.refresh_from_db()
    assert (mine.outcome, ledger_total(mine)) == (Outcome.WITHDRAWN, Decimal("1.50"))
    assert ledger_total(theirs) == Decimal("6.80")
    # The wait is paid when the partner, who may look for somebody else, is done.
    assert participation_leave(theirs).outcome == Outcome.PARTNER_LEFT
    assert ledger_total(theirs) == Decimal("7.00")
    assert pair.refresh().conversation.state == State.CLOSED


def test_while_the_questions_are_open_the_finished_chat_stays_paid() -> None:
    pair = make_conversation(state=State.SURVEYING)
    mine = pair.seeker.participation
    assert mine is not None
    participant_withdraw(mine.participant_id)
    mine.refresh_from_db()
    assert (mine.outcome, ledger_total(mine)) == (Outcome.COMPLETED, Decimal("7.00"))


def test_at_the_ready_check_the_partner_keeps_the_place_in_the_queue() -> None:
    pair = make_conversation(state=State.READY_CHECK)
    mine, theirs = pair.seeker.participation, pair.supporter.participation
    assert mine is not None
    assert theirs is not None
    participant_withdraw(mine.participant_id)
    ticket = Ticket.objects.get(participation=theirs)
    assert (ticket.state, ticket.priority) == (TicketState.WAITING, 1)
    assert pair.refresh().conversation.state == State.CANCELLED
    mine.refresh_from_db()
    assert mine.outcome == Outcome.WITHDRAWN
    next_seeker = make_participation(theirs.study)
    assert ticket_pair(ticket_open(next_seeker).pk) is not None


def test_in_the_queue_the_wait_is_paid() -> None:
    mine = make_participation()
    ticket = ticket_open(mine)
    Ticket.objects.filter(pk=ticket.pk).update(since=ticket.since - timedelta(seconds=90))
    participant_withdraw(mine.participant_id)
    mine.refresh_from_db()
    assert (mine.outcome, ledger_total(mine)) == (Outcome.WITHDRAWN, Decimal("1.70"))
    assert not Ticket.objects.filter(participation=mine, state=TicketState.WAITING).exists()


def test_before_the_consent_there_is_nothing_to_withdraw_but_the_entry() -> None:
    mine = participation_enter(make_study(), arrival=Arrival("panel", "p", "s"))
    receipt = participant_withdraw(mine.participant_id)
    mine.refresh_from_db()
    assert mine.outcome == Outcome.NO_CONSENT
    assert receipt.identity_erased_at is not None
    assert not ExternalIdentity.objects.exists()


def test_a_program_that_repeated_what_it_was_told_is_erased_too() -> None:
    seeker = make_participation(make_study(is_demo=True))
    conversation = practice_start(seeker)
    seat = Seat.objects.get(conversation=conversation, participation=seeker)
    other = Seat.objects.get(conversation=conversation, occupant="scripted")
    pair = Pair(conversation=conversation, seeker=seat, supporter=other)
    pair.say(Role.SEEKER, "My canarymessage worries me a lot these days.")
    scripted_turn(conversation.pk)
    pair.say(Role.SUPPORTER, "You said: canarymessage.")
    participant_withdraw(seeker.participant_id)
    assert set(pair.texts()) == {TOMBSTONE}


def test_all_parts_of_one_person_go_together() -> None:
    study = make_study()
    first = make_participation(study, person="same")
    second = make_participation(study, person="same", role=Role.SUPPORTER)
    participant_withdraw(first.participant_id)
    assert set(Participation.objects.values_list("pk", "outcome")) == {
        (first.pk, Outcome.WITHDRAWN),
        (second.pk, Outcome.WITHDRAWN),
    }


def test_whoever_withdrew_does_not_come_in_again_but_back_to_the_same_place() -> None:
    study = make_study()
    arrival = Arrival("prolific", "p", "first")
    mine = participation_enter(study, arrival=arrival)
    consent_give(mine.pk, public_release=False, contact_again=False)
    participant_withdraw(mine.participant_id)
    assert participation_enter(study, arrival=arrival) == mine
    with pytest.raises(HasWithdrawn):
        participation_enter(study, arrival=Arrival("prolific", "p", "second"))


def test_a_second_time_the_same_receipt() -> None:
    mine = make_participation()
    first = participant_withdraw(mine.participant_id)
    assert participant_withdraw(mine.participant_id) == first
    assert Participant.objects.get(pk=mine.participant_id).withdrawn_at == first.at


@pytest.mark.django_db(transaction=True)
def test_ten_withdrawals_at_once_are_one() -> None:
    pair = make_conversation()
    assert pair.seeker.participation is not None
    found = at_once([partial(participant_withdraw, pair.seeker.participation.participant_id)] * 10)
    assert {r.number for r in found if isinstance(r, Withdrawal)} == {Withdrawal.objects.get().number}, found
    assert LedgerEntry.objects.filter(reason="outcome:withdrawn").count() == 1


@pytest.mark.django_db(transaction=True)
def test_both_sides_withdraw_at_once() -> None:
    for _trial in range(5):
        pair = make_conversation()
        sides = [seat.participation for seat in (pair.seeker, pair.supporter)]
        found = at_once([partial(participant_withdraw, p.participant_id) for p in sides if p is not None])
        assert all(isinstance(receipt, Withdrawal) for receipt in found), found
        assert pair.refresh().conversation.state == State.CLOSED


def test_a_supporter_s_training_is_paid_by_the_pages_done() -> None:
    mine = make_participation(role=Role.SUPPORTER, qualified=False)
    pages = [step.page.key for step in tutorial.progress(mine).steps]
    finish_page(mine, pages[0])
    participant_withdraw(mine.participant_id)
    part = (Decimal("6.00") / len(pages)).quantize(Decimal("0.01"))
    assert set(LedgerEntry.objects.values_list("reason", "amount")) == {
        ("outcome:withdrawn", Decimal("1.30")),
        ("training_part", part),
    }


def test_the_page_asks_first_then_shows_the_receipt_ever_after() -> None:
    pair = make_conversation(state=State.CLOSED)
    mine = pair.seeker.participation
    assert mine is not None
    browser: Client = browser_of(mine)
    url = reverse("study:withdraw", args=[mine.public_id])
    assert url in browser.get(reverse("study:end", args=[mine.public_id])).content.decode()
    assert browser.get(url).status_code == 200
    assert browser.post(url).status_code == 400
    assert not Withdrawal.objects.exists()
    answer = browser.post(url, {"confirm": "1"})
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"storage"')
    receipt = Withdrawal.objects.get()
    assert receipt.number in browser.get(url).content.decode()
    assert browser_of(make_participation()).get(url).status_code == 404


def test_qualified_supporters_stay_out_after_withdrawing() -> None:
    mine = make_participation(role=Role.SUPPORTER, qualified=False)
    qualify(mine)
    participant_withdraw(mine.participant_id)
    answer = browser_of(mine).get(reverse("collection:lobby", args=[mine.public_id]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("study:end", args=[mine.public_id])
