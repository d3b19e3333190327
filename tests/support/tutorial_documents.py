"""Small tutorials as documents: two sub-tasks, one of each kind, with just enough items."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def make_options(count: int = 3, *, correct: int = 0) -> list[Document]:
    """Return options of which the one at index `correct` is right."""
    return [
        {"text": f"Reply {number}.", "correct": number == correct, "feedback": f"On reply {number}."}
        for number in range(count)
    ]


def make_item(key: str = "listening-first", **changes: Any) -> Document:
    """Return an exam item of the sub-task `listening`."""
    item: Document = {
        "key": key,
        "subtask": "listening",
        "kind": "choose_reply",
        "use": "exam",
        "difficulty": 1,
        "confusion": "talking",
        "stem": f"Which reply listens, in {key}?",
        "excerpt": [{"speaker": "seeker", "text": "I am tired."}],
        "source": "own text",
        "options": make_options(),
    }
    return item | changes


def make_turns(strategy: str = "asking") -> list[Document]:
    """Return an excerpt of four turns."""
    seeker = {"speaker": "seeker", "text": "It was a long day."}
    supporter = {"speaker": "supporter", "text": "What made it long?", "strategy": strategy, "note": "Open."}
    return [seeker, supporter, seeker, supporter]


def make_subtask(key: str, kind: str, **changes: Any) -> Document:
    """Return a page titled like its key."""
    subtask: Document = {
        "key": key,
        "kind": kind,
        "title": key.title(),
        "definition": "A few plain words.",
        "when": ["At the start."],
        "when_not": ["In danger."],
        "excerpt": {"topic": "A long day", "turns": make_turns()},
        "contrast": {
            "situation": "So.",
            "poor": "Hm.",
            "poor_why": "Cold.",
            "good": "Oh?",
            "good_why": "Warm.",
        },
        "recap": "Listen.",
        "source": "own text",
    }
    return subtask | changes


def make_rule(**changes: Any) -> Document:
    """Return a rule of one attempt with one question per sub-task and one do-no-harm item."""
    rule: Document = {
        "questions_per_subtask": 1,
        "harm_items": 1,
        "pass_subtask_correct": 2,
        "pass_harm_correct": 1,
        "attempts": 1,
        "min_seconds_per_item": 0,
        "disjoint_attempts": True,
        "qualification_days": 30,
        "source": "own rule",
    }
    return rule | changes


def make_document(*, items: list[Document] | None = None, **tutorial: Any) -> Document:
    """Return a document with the stage `listening`, the strategy `asking` and the items both need."""
    return {
        "name": "tiny",
        "stages": [{"key": "listening", "name": "Listening", "definition": "…", "source": "…"}],
        "strategies": [{"key": "asking", "name": "Asking", "token": "[Asking]"}],
        "tutorial": {
            "language": "en",
            "source": "own text",
            "subtasks": [make_subtask("listening", "stage"), make_subtask("asking", "strategy")],
            "safety_pages": [
                {
                    "key": "limits",
                    "title": "Limits",
                    "paragraphs": ["One."],
                    "points": [],
                    "source": "own text",
                }
            ],
            "exam": make_rule(),
        }
        | tutorial,
        "items": make_items() if items is None else items,
    }


def make_items() -> list[Document]:
    """Return one formative and one exam item per sub-task, and one do-no-harm item."""
    return [
        make_item("listening-quiz", use="formative"),
        make_item("listening-exam"),
        make_item("asking-quiz", subtask="asking", use="formative"),
        make_item("asking-exam", subtask="asking"),
        make_item("harm-exam", subtask="do_no_harm"),
    ]
