"""What may be refused in the training. The code is for programs, the sentence for the person."""

from __future__ import annotations

from study.domain.errors import ApplicationError


class NotASupporter(ApplicationError):
    """Somebody without the supporter's role, or without consent, asked for the training."""

    code = "not_a_supporter"
    message = "The training is for supporters who have agreed to take part."


class TrainingClosed(ApplicationError):
    """Something was sent after the participation had ended."""

    code = "training_closed"
    message = "Your part in this study is complete."


class PageUnknown(ApplicationError):
    """The tutorial has no such page."""

    code = "page_unknown"
    message = "The training has no such page."


class QuestionUnknown(ApplicationError):
    """The page or the attempt has no such question."""

    code = "question_unknown"
    message = "There is no such question."


class AnswerUnknown(ApplicationError):
    """The answer is none of the options."""

    code = "answer_unknown"
    message = "Please choose one of the answers."


class QuizOpen(ApplicationError):
    """A page was to be finished while a question of its quiz has no right answer yet."""

    code = "quiz_open"
    message = "Please answer every question of this page first. You can try as often as you like."


class TutorialIncomplete(ApplicationError):
    """The exam was asked for before every page had been worked through."""

    code = "tutorial_incomplete"
    message = "The exam opens when every page of the training is done."


class AttemptUnknown(ApplicationError):
    """There is no attempt with that number, and it is not the next one."""

    code = "attempt_unknown"
    message = "There is no such attempt."


class AttemptsUsedUp(ApplicationError):
    """Every attempt that the protocol allows has been used."""

    code = "attempts_used_up"
    message = "You have used every attempt at the exam."


class AlreadyQualified(ApplicationError):
    """The exam was asked for by somebody whose qualification stands."""

    code = "already_qualified"
    message = "You have passed the exam already."


class AttemptOver(ApplicationError):
    """An answer came after the attempt had been handed in."""

    code = "attempt_over"
    message = "This attempt has been handed in. Its answers stand."


class AnswersMissing(ApplicationError):
    """An attempt was handed in with unanswered questions."""

    code = "answers_missing"
    message = "Please answer every question before you hand in the exam."


class ReasonMissing(ApplicationError):
    """A qualification was to be revoked without saying why."""

    code = "reason_missing"
    message = "Please give the reason for revoking this qualification."
