"""Writes FailedESConv.json: conversations that did not help, as the authors published theirs.

The same record as ESConv.json without the four questions; the seeker is "speaker", the supporter "listener".
Source: github.com/thu-coai/Emotional-Support-Conversation, FailedESConv.json and the README's selection rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from corpus.esconv import QUESTION_FIELDS, to_esconv
from corpus.files import write_json_array
from corpus.labels import Speaker
from corpus.record import Conversation, feedback_scores

MORE_TURNS_THAN = 2
LOW_SCORE = 2

_SPEAKERS = {str(Speaker.SEEKER): "speaker", str(Speaker.SUPPORTER): "listener"}


def is_failed(conversation: Conversation) -> bool:
    """Return whether the published rule counts the conversation as one that did not help.

    More than two turns and both sides spoke; and with a post-chat survey the intensity did not decrease, or
    empathy or relevance is at most 2; without one, the last feedback score is at most 2.
    Source: README of the published corpus, "FailedESConv.json".
    """
    utterances = conversation.utterances
    if len(utterances) <= MORE_TURNS_THAN or len({u.speaker for u in utterances}) < len(Speaker):
        return False
    survey = conversation.survey
    if survey.complete:
        assert survey.empathy is not None
        assert survey.relevance is not None
        improved = survey.improvement is not None and survey.improvement > 0
        return not improved or survey.empathy <= LOW_SCORE or survey.relevance <= LOW_SCORE
    scores = feedback_scores(utterances)
    return bool(scores) and scores[-1] <= LOW_SCORE


def to_failed(conversation: Conversation, *, index: int = 0) -> dict[str, object]:
    """Return one conversation as FailedESConv.json has it, with the current strategy names.

    Raises:
        CorpusFormatError: the format cannot say it (see `corpus.esconv.to_esconv`).
    """
    entry = to_esconv(conversation, index=index)
    for key in QUESTION_FIELDS:
        del entry[key]
    for message in cast("list[dict[str, object]]", entry["dialog"]):
        message["speaker"] = _SPEAKERS[str(message["speaker"])]
    return entry


def write_failed(conversations: Iterable[Conversation], path: Path | str) -> int:
    """Write FailedESConv.json (indent 1, UTF-8) and return the number of conversations written.

    All of `conversations` are written; choose them with `is_failed`.
    """
    entries = (to_failed(conversation, index=index) for index, conversation in enumerate(conversations))
    return write_json_array(entries, Path(path), indent=1)
