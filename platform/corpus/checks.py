"""What holds for every record, whatever file it came from."""

from __future__ import annotations

from corpus.errors import CorpusFormatError
from corpus.fields import is_unicode
from corpus.labels import EXPERIENCES, INTENSITY_REVIEWS, STRATEGIES, STRATEGY_REVIEWS, Speaker
from corpus.record import Conversation, Survey, Utterance

SCORE_RANGES = {
    "intensity_before": (1, 5),
    "intensity_after": (1, 5),
    "original_intensity_after": (1, 5),
    "empathy": (1, 5),
    "relevance": (1, 5),
    "detail": (0, 5),
}
ANSWERS = ("seeker_liked", "seeker_improve", "supporter_liked", "supporter_improve")


def check_record(conversation: Conversation, *, index: int) -> Conversation:
    """Return `conversation` if it is one the collection could have made.

    Raises:
        CorpusFormatError: a label, score, text, time or reference is not possible; `index` goes into it.
    """
    if conversation.experience not in EXPERIENCES:
        raise CorpusFormatError(
            index, "experience", f"one of {', '.join(EXPERIENCES)}", conversation.experience
        )
    for name in ("emotion", "problem"):
        if not getattr(conversation, name).strip():
            raise CorpusFormatError(index, name, "text that is not empty")
    for name in ("emotion", "problem", "situation"):
        _check_unicode(getattr(conversation, name), name, index=index)
    if conversation.minutes is not None and conversation.minutes < 0:
        raise CorpusFormatError(index, "minutes", "a number from 0", conversation.minutes)
    _check_survey(conversation.survey, index=index)
    if not conversation.utterances:
        raise CorpusFormatError(index, "utterances", "at least one message")
    _check_flags(conversation, index=index)
    for position in range(len(conversation.utterances)):
        _check_utterance(conversation.utterances, position, index=index)
    return conversation


def _check_flags(conversation: Conversation, *, index: int) -> None:
    for name, about in conversation.flags.items():
        _check_unicode(name, "flags", index=index)
        for at, position in enumerate(about):
            if not 0 <= position < len(conversation.utterances):
                raise CorpusFormatError(index, f"flags.{name}[{at}]", "the index of a message", position)


def _check_survey(survey: Survey, *, index: int) -> None:
    for name, (low, high) in SCORE_RANGES.items():
        score = getattr(survey, name)
        if score is not None and not low <= score <= high:
            raise CorpusFormatError(index, f"survey.{name}", f"a score from {low} to {high}", score)
    if survey.intensity_review is not None and survey.intensity_review not in INTENSITY_REVIEWS:
        raise CorpusFormatError(
            index,
            "survey.intensity_review",
            f"one of {', '.join(INTENSITY_REVIEWS)}",
            survey.intensity_review,
        )
    for name in ANSWERS:
        _check_unicode(getattr(survey, name), f"survey.{name}", index=index)


def _check_utterance(utterances: tuple[Utterance, ...], position: int, *, index: int) -> None:
    utterance = utterances[position]
    path = f"utterances[{position}]"
    if not utterance.text.strip():
        raise CorpusFormatError(index, f"{path}.text", "text that is not empty")
    _check_unicode(utterance.text, f"{path}.text", index=index)
    if utterance.offset_seconds is not None and utterance.offset_seconds < 0:
        raise CorpusFormatError(index, f"{path}.offset_seconds", "a number from 0", utterance.offset_seconds)
    if utterance.speaker is Speaker.SUPPORTER:
        _check_supporter(utterance, path, index=index)
    else:
        _check_seeker(utterances, position, path, index=index)


def _check_supporter(utterance: Utterance, path: str, *, index: int) -> None:
    # A model without strategies leaves none; a label from outside the framework is damage.
    for name in ("strategy", "original_strategy"):
        label = getattr(utterance, name)
        if label is not None and label not in STRATEGIES:
            raise CorpusFormatError(index, f"{path}.{name}", "one of the eight strategies", label)
    for at, vote in enumerate(utterance.votes):
        if vote not in STRATEGIES:
            raise CorpusFormatError(index, f"{path}.votes[{at}]", "one of the eight strategies", vote)
    if utterance.review is not None and utterance.review not in STRATEGY_REVIEWS:
        raise CorpusFormatError(
            index, f"{path}.review", f"one of {', '.join(STRATEGY_REVIEWS)}", utterance.review
        )
    if utterance.feedback is not None or utterance.rates:
        raise CorpusFormatError(index, f"{path}.feedback", "no feedback on a supporter's message")


def _check_seeker(utterances: tuple[Utterance, ...], position: int, path: str, *, index: int) -> None:
    utterance = utterances[position]
    if (utterance.strategy, utterance.original_strategy, utterance.review) != (
        None,
        None,
        None,
    ) or utterance.votes:
        raise CorpusFormatError(index, f"{path}.strategy", "no strategy on a seeker's message")
    if utterance.feedback is not None and not 1 <= utterance.feedback <= 5:
        raise CorpusFormatError(index, f"{path}.feedback", "a score from 1 to 5", utterance.feedback)
    for at, rated in enumerate(utterance.rates):
        earlier = 0 <= rated < position and utterances[rated].speaker is Speaker.SUPPORTER
        if utterance.feedback is None or not earlier:
            raise CorpusFormatError(
                index, f"{path}.rates[{at}]", "an earlier message of the supporter", rated
            )


def _check_unicode(text: str, field: str, *, index: int) -> None:
    if not is_unicode(text):
        raise CorpusFormatError(index, field, "Unicode text without lone surrogates")
