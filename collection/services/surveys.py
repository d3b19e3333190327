"""The surveys before and after the conversation (§4.1, §4.2). Each side's is independent of the other's."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial

from django.db import transaction

from collection import signals
from collection.domain.errors import NotYourSeat, SurveyClosed, SurveyInvalid, TextEmpty
from collection.domain.lifecycle import State
from collection.domain.safety import Source
from collection.domain.text import clean_text
from collection.models import Conversation, PreChatSurvey, Seat, SeekerSurvey, SupporterSurvey
from collection.services.conversations import conversation_locked
from collection.services.safety_signals import signals_of_answer
from collection.services.seats import seat_release
from study.clock import database_now
from study.domain.errors import ConsentMissing
from study.domain.protocol import find
from study.models import Participation
from study.models.participant import Role

OPEN_ANSWER_MAX_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class PreChatAnswers:
    """The seeker's answers before the conversation; the first three are keys of the protocol."""

    problem: str
    emotion: str
    experience: str
    intensity_before: int
    situation: str


@dataclass(frozen=True, slots=True)
class SeekerAnswers:
    """The seeker's answers afterwards."""

    intensity_after: int
    empathy: int
    relevance: int
    ending: str
    liked: str = ""
    improve: str = ""


@dataclass(frozen=True, slots=True)
class SupporterAnswers:
    """The supporter's answers afterwards."""

    detail: int
    liked: str = ""
    improve: str = ""


@transaction.atomic
def pre_chat_submit(participation: Participation, answers: PreChatAnswers) -> PreChatSurvey:
    """Store the seeker's survey before the conversation; sending it again changes nothing.

    Raises:
        ConsentMissing: there is no consent or no seeker's role yet.
        SurveyInvalid: an answer is not one of the protocol's, or the situation is too short or too long.
    """
    participation = (
        Participation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("protocol_version", "study")
        .defer("protocol_version__document")
        .get(pk=participation.pk)
    )
    if participation.consent_id is None or participation.role != Role.SEEKER or participation.ended:
        raise ConsentMissing
    existing = PreChatSurvey.objects.filter(participation=participation).first()
    if existing is not None:
        return existing
    now, checked = database_now(), _checked(participation, answers)
    survey = PreChatSurvey.objects.create(participation=participation, submitted_at=now, **asdict(checked))
    signals_of_answer(participation, checked.situation, source=Source.SITUATION, now=now)
    return survey


def pre_chat_hand_over(participation: Participation, conversation: Conversation) -> None:
    """Give the seeker's answers to the conversation that they lead to.

    Answers that led to an earlier conversation stay with it; the next one gets a copy that says so. Should be called
    inside the transaction that makes the conversation.
    """
    answers = PreChatSurvey.objects.filter(participation=participation)
    survey = answers.filter(conversation__isnull=True).first()
    if survey is None:
        survey = answers.latest("pk")
        survey.pk, survey.carried_over = None, True
        if participation.compares:
            survey.intensity_before = _intensity_by_now(participation) or survey.intensity_before
        survey._state.adding = True
    survey.conversation = conversation
    survey.save()


def _intensity_by_now(participation: Participation) -> int | None:
    """Return how strong the feeling was after the last conversation: a second one begins there."""
    last = SeekerSurvey.objects.filter(conversation__seats__participation=participation).order_by("pk").last()
    return last.intensity_after if last is not None else None


def _checked(participation: Participation, answers: PreChatAnswers) -> PreChatAnswers:
    protocol = participation.protocol_version.protocol
    try:
        find(protocol.problems, answers.problem)
        find(protocol.emotions, answers.emotion)
        find(protocol.experiences, answers.experience)
    except KeyError as error:
        raise SurveyInvalid(f"{error.args[0]!r} is not one of the answers.") from None
    _check_range(
        "How strong the feeling is", answers.intensity_before, 1, len(protocol.scales.intensity.points)
    )
    situation = clean_text(answers.situation, max_length=OPEN_ANSWER_MAX_LENGTH)
    words = len(situation.split())
    low, high = protocol.surveys.situation_min_words, protocol.surveys.situation_max_words
    if not low <= words <= high:
        raise SurveyInvalid(f"Your description has {words} words; please write {low} to {high}.")
    return PreChatAnswers(
        problem=answers.problem,
        emotion=answers.emotion,
        experience=answers.experience,
        intensity_before=answers.intensity_before,
        situation=situation,
    )


@transaction.atomic
def seeker_survey_submit(seat_id: int, answers: SeekerAnswers) -> SeekerSurvey:
    """Store the seeker's survey and release the seat; the same answers again change nothing.

    Raises:
        NotYourSeat, SurveyClosed, SurveyInvalid: see each.
    """
    seat, conversation = _seat_locked(seat_id, Role.SEEKER)
    for name in ("intensity_after", "empathy", "relevance"):
        _check_range(name, getattr(answers, name), 1, 5)
    if answers.ending not in {"natural", "sudden"}:
        raise SurveyInvalid("Please say how the conversation ended.")
    existing = SeekerSurvey.objects.filter(conversation=conversation).first()
    if existing is None:
        _check_survey_open(conversation)
        existing = SeekerSurvey.objects.create(
            conversation=conversation, submitted_at=database_now(), **_with_open_answers(answers)
        )
        _stored(seat, conversation, answers)
    elif any(getattr(existing, name) != value for name, value in _with_open_answers(answers).items()):
        raise SurveyClosed
    seat_release(seat, now=database_now())
    return existing


@transaction.atomic
def supporter_survey_submit(seat_id: int, answers: SupporterAnswers) -> SupporterSurvey:
    """Store the supporter's survey and release the seat; the same answers again change nothing.

    Raises:
        NotYourSeat, SurveyClosed, SurveyInvalid: see each.
    """
    seat, conversation = _seat_locked(seat_id, Role.SUPPORTER)
    _check_range("detail", answers.detail, 1, 5)
    existing = SupporterSurvey.objects.filter(conversation=conversation).first()
    if existing is None:
        _check_survey_open(conversation)
        existing = SupporterSurvey.objects.create(
            conversation=conversation, submitted_at=database_now(), **_with_open_answers(answers)
        )
        _stored(seat, conversation, answers)
    elif any(getattr(existing, name) != value for name, value in _with_open_answers(answers).items()):
        raise SurveyClosed
    seat_release(seat, now=database_now())
    return existing


def _seat_locked(seat_id: int, role: str) -> tuple[Seat, Conversation]:
    found = Seat.objects.filter(pk=seat_id, role=role).values_list("conversation_id", flat=True).first()
    if found is None:
        raise NotYourSeat
    conversation = conversation_locked(found)
    seats = Seat.objects.select_related("participation__study", "participation__protocol_version")
    return seats.defer("participation__protocol_version__document").get(pk=seat_id), conversation


def _check_survey_open(conversation: Conversation) -> None:
    if conversation.state != State.SURVEYING:
        raise SurveyClosed("The time for these questions is over. You are paid all the same.")


def _stored(seat: Seat, conversation: Conversation, answers: SeekerAnswers | SupporterAnswers) -> None:
    if seat.participation is not None:
        signals_of_answer(
            seat.participation,
            answers.liked,
            answers.improve,
            source=Source.OPEN_ANSWER,
            now=database_now(),
            conversation_id=conversation.pk,
        )
    transaction.on_commit(
        partial(signals.survey_arrived.send, sender=Conversation, conversation_id=conversation.pk)
    )


def _with_open_answers(answers: SeekerAnswers | SupporterAnswers) -> dict[str, object]:
    values: dict[str, object] = asdict(answers)
    for name in ("liked", "improve"):
        try:
            values[name] = clean_text(str(values[name]), max_length=OPEN_ANSWER_MAX_LENGTH)
        except TextEmpty:
            values[name] = ""  # an open answer may be left out
    return values


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise SurveyInvalid(f"{name}: please choose one of the {high} points.")
