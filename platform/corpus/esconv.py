"""Reads and writes ESConv.json and FailedESConv.json as published.

The reader takes both files: it knows the older strategy names and speakers of FailedESConv, and normalises
the white space that many published messages carry. A file is refused as a whole, with the record's index
and the field; only the labels of problems and emotions are open, for the data may admit more.
Source: github.com/thu-coai/Emotional-Support-Conversation, ESConv.json and FailedESConv.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from corpus.errors import CorpusFormatError, Refuse, raising
from corpus.fields import Fields, as_fields, normalise
from corpus.files import write_json_array
from corpus.jsonstream import iter_array
from corpus.labels import (
    EXPERIENCES,
    SPEAKER_ALIASES,
    STRATEGIES,
    STRATEGY_ALIASES,
    Speaker,
    canonical_speaker,
    canonical_strategy,
)
from corpus.record import Conversation, Survey, Utterance

SCORES = ("1", "2", "3", "4", "5")
DETAIL_SCORES = ("0", *SCORES)
"""The supporter's rating of the seeker's detail also has a zero in the published file."""

SEEKER_SCORE_FIELDS = {
    "initial_emotion_intensity": "intensity_before",
    "empathy": "empathy",
    "relevance": "relevance",
    "final_emotion_intensity": "intensity_after",
}
"""Published key to field of `Survey`, in the published order."""

QUESTION_FIELDS = {
    "seeker_question1": "seeker_liked",
    "seeker_question2": "seeker_improve",
    "supporter_question1": "supporter_liked",
    "supporter_question2": "supporter_improve",
}

_SPEAKERS = {**{str(speaker): speaker for speaker in Speaker}, **SPEAKER_ALIASES}
_ANNOTATIONS: dict[tuple[object, ...], tuple[str | None, int | None]] = {
    (Speaker.SEEKER,): (None, None),
    **{(Speaker.SEEKER, ("feedback", score)): (None, int(score)) for score in SCORES},
    **{
        (Speaker.SUPPORTER, ("strategy", label)): (canonical_strategy(label), None)
        for label in (*STRATEGIES, *STRATEGY_ALIASES)
    },
}
"""Every annotation a published message can have, after its speaker, and the strategy or feedback it means."""


def read_esconv(path: Path | str) -> list[Conversation]:
    """Return every conversation of a published file.

    Raises:
        CorpusFormatError: any record is not as published.
        OSError: the file cannot be read.
    """
    return list(iter_esconv(path))


def iter_esconv(path: Path | str, *, refuse: Refuse = raising) -> Iterator[Conversation]:
    """Yield the conversations of a published file one at a time, in constant memory.

    A damaged record goes to `refuse`, which raises, or notes the error and lets the reading go on.
    """
    for index, entry in enumerate(iter_array(Path(path))):
        try:
            conversation = conversation_from_esconv(entry, index=index)
        except CorpusFormatError as error:
            refuse(error)
        else:
            yield conversation


def parse_esconv(document: object) -> list[Conversation]:
    """Return the conversations of a decoded document.

    Raises:
        CorpusFormatError: the document is not a list, or a record is not as published.
    """
    if not isinstance(document, list):
        raise CorpusFormatError(None, "", "a JSON list of conversations", document)
    return [conversation_from_esconv(entry, index=index) for index, entry in enumerate(document)]


def conversation_from_esconv(entry: object, *, index: int = 0) -> Conversation:
    """Return one published record; `index` is only for the error's sentence.

    Raises:
        CorpusFormatError: the record is not as published.
    """
    fields = as_fields(index, "", entry)
    experience = fields.text("experience_type")
    if experience not in EXPERIENCES:
        raise fields.refuse("experience_type", f"one of {', '.join(EXPERIENCES)}", experience)
    survey = survey_from_esconv(fields)
    if survey.intensity_before is None:
        raise fields.refuse("survey_score.seeker.initial_emotion_intensity", "a score, the key is missing")
    return Conversation(
        experience=experience,
        emotion=fields.text("emotion_type"),
        problem=fields.text("problem_type"),
        situation=fields.text("situation", empty=True),
        survey=survey,
        utterances=_utterances(fields),
    )


def survey_from_esconv(fields: Fields) -> Survey:
    """Return the scores and answers of a record."""
    scores = fields.fields("survey_score")
    scores.only(("seeker", "supporter"))
    seeker, supporter = scores.fields("seeker"), scores.fields("supporter")
    seeker.only(tuple(SEEKER_SCORE_FIELDS))
    supporter.only(("relevance",))
    given = {
        name: score_from_esconv(seeker, key)
        for key, name in SEEKER_SCORE_FIELDS.items()
        if key in seeker.values
    }
    detail = score_from_esconv(supporter, "relevance", DETAIL_SCORES) if supporter.values else None
    # FailedESConv has none of the four questions.
    answers = {
        name: fields.text(key, empty=True) for key, name in QUESTION_FIELDS.items() if key in fields.values
    }
    return Survey(**given, detail=detail, **answers)  # type: ignore[arg-type]


def score_from_esconv(fields: Fields, key: str, allowed: tuple[str, ...] = SCORES) -> int:
    """Return a published score, a string, as a number."""
    value = fields.get(key, "a score")
    if value not in allowed:
        raise fields.refuse(key, f'a score as a string, "{allowed[0]}" to "{allowed[-1]}"', value)
    return int(str(value))


def _utterances(fields: Fields) -> tuple[Utterance, ...]:
    dialog = fields.items("dialog")
    if not dialog:
        raise fields.refuse("dialog", "at least one message")
    return tuple(
        _plain_utterance(entry) or _utterance(as_fields(fields.index, f"dialog[{position}]", entry))
        for position, entry in enumerate(dialog)
    )


def _plain_utterance(entry: Any) -> Utterance | None:
    """Return a message without surprises, nearly all of them; None sends it to the checks that name the fault."""
    try:
        speaker = _SPEAKERS[entry["speaker"]]
        strategy, feedback = _ANNOTATIONS[(speaker, *entry["annotation"].items())]
        text = normalise(entry["content"])
    except (KeyError, TypeError, AttributeError):
        return None
    return Utterance(speaker, text, strategy, feedback) if text and text.isascii() else None


def _utterance(fields: Fields) -> Utterance:
    name = fields.text("speaker")
    try:
        speaker = canonical_speaker(name)
    except ValueError:
        raise fields.refuse("speaker", "'seeker' or 'supporter'", name) from None
    text = fields.text("content")
    annotation = fields.fields("annotation")
    if speaker is Speaker.SUPPORTER:
        annotation.only(("strategy",))
        return Utterance(speaker, text, strategy=strategy_from_esconv(annotation))
    annotation.only(("feedback",))
    feedback = score_from_esconv(annotation, "feedback") if annotation.values else None
    return Utterance(speaker, text, feedback=feedback)


def strategy_from_esconv(annotation: Fields) -> str:
    """Return the canonical strategy of a supporter's annotation."""
    label = annotation.text("strategy")
    try:
        return canonical_strategy(label)
    except ValueError:
        raise annotation.refuse("strategy", "one of the eight strategies", label) from None


def to_esconv(conversation: Conversation, *, index: int = 0) -> dict[str, object]:
    """Return one conversation as ESConv.json has it: keys in order, scores as strings, unanswered ones absent.

    Raises:
        CorpusFormatError: the format cannot say it, such as a supporter's message without a strategy.
    """
    if conversation.survey.intensity_before is None:
        raise CorpusFormatError(
            index, "survey.intensity_before", "the emotion intensity before the conversation"
        )
    return {
        "experience_type": conversation.experience,
        "emotion_type": conversation.emotion,
        "problem_type": conversation.problem,
        "situation": normalise(conversation.situation),
        "survey_score": survey_scores(conversation.survey),
        "dialog": [
            _message(utterance, index=index, position=position)
            for position, utterance in enumerate(conversation.utterances)
        ],
        **answers(conversation.survey),
    }


def survey_scores(survey: Survey) -> dict[str, dict[str, str]]:
    """Return the survey's scores under the published keys, as strings; unanswered ones are absent."""
    seeker = {key: getattr(survey, name) for key, name in SEEKER_SCORE_FIELDS.items()}
    return {
        "seeker": {key: str(score) for key, score in seeker.items() if score is not None},
        "supporter": {} if survey.detail is None else {"relevance": str(survey.detail)},
    }


def answers(survey: Survey) -> dict[str, str]:
    """Return the four open answers under the published keys."""
    return {key: normalise(getattr(survey, name)) for key, name in QUESTION_FIELDS.items()}


def annotation_of(utterance: Utterance) -> dict[str, str]:
    """Return an utterance's annotation as published: a strategy, a feedback score, or nothing."""
    if utterance.strategy is not None:
        return {"strategy": canonical_strategy(utterance.strategy)}
    return {} if utterance.feedback is None else {"feedback": str(utterance.feedback)}


def _message(utterance: Utterance, *, index: int, position: int) -> dict[str, object]:
    if utterance.speaker is Speaker.SUPPORTER and utterance.strategy is None:
        raise CorpusFormatError(index, f"utterances[{position}].strategy", "a strategy; ESConv requires one")
    text = normalise(utterance.text)
    if not text:
        raise CorpusFormatError(index, f"utterances[{position}].text", "text that is not empty")
    return {"speaker": str(utterance.speaker), "annotation": annotation_of(utterance), "content": text}


def write_esconv(conversations: Iterable[Conversation], path: Path | str) -> int:
    """Write ESConv.json (indent 2, UTF-8) and return the number of conversations written.

    A file at `path` is replaced only once the new one is complete.
    """
    entries = (to_esconv(conversation, index=index) for index, conversation in enumerate(conversations))
    return write_json_array(entries, Path(path), indent=2)
