"""What may be refused in a conversation. The code goes to the client, the sentence to the person."""

from __future__ import annotations

from study.domain.errors import ApplicationError


class ConversationOver(ApplicationError):
    """Something was said after the end."""

    code = "ended"
    message = "The conversation has ended. Your text was not sent."


class NotStarted(ApplicationError):
    """Something was said before both were ready."""

    code = "not_started"
    message = "The conversation has not begun yet."


class ConversationGoesOn(ApplicationError):
    """Somebody leaves by another door than the conversation's own."""

    code = "conversation_goes_on"
    message = "The conversation is going on. Please leave it by its own button."


class NotYourSeat(ApplicationError):
    """The seat is not the caller's, or no longer open."""

    code = "not_your_seat"
    message = "This seat is not yours."


class CaseRefused(ApplicationError):
    """Something cannot be done with a safety case."""

    code = "case_refused"
    message = "This cannot be done with this case."


class NothingToReport(ApplicationError):
    """A report came without a partner or without a reason."""

    code = "nothing_to_report"
    message = "There is no conversation to report a partner of, or no reason was chosen."


class NoMorePasses(ApplicationError):
    """A supporter handed on more conversations than the protocol pays for."""

    code = "no_more_passes"
    message = "You have handed on as many conversations as this study allows for a day. You may still end it safely."


class CheckInRefused(ApplicationError):
    """An answer to a check-in that nobody asks for, or that is none of the three."""

    code = "check_in_refused"
    message = "There is no question to answer here."


class StrategyRequired(ApplicationError):
    """A supporter's utterance came without a strategy (§4.1)."""

    code = "strategy_required"
    message = "Please choose the skill that you are using first."


class StrategyUnknown(ApplicationError):
    """The protocol of this conversation has no such strategy."""

    code = "strategy_unknown"
    message = "This skill does not exist in this study."


class StrategyNotYours(ApplicationError):
    """A seeker's utterance came with a strategy."""

    code = "strategy_not_yours"
    message = "Only supporters choose a skill."


class Outdated(ApplicationError):
    """Something was said after what a message answers."""

    code = "outdated"
    message = "Something was said in the meantime."


class TextEmpty(ApplicationError):
    """There is nothing to send."""

    code = "text_empty"
    message = "There is nothing to send yet."


class TextTooLong(ApplicationError):
    """The text is longer than the protocol allows."""

    code = "text_too_long"


class TextInvalid(ApplicationError):
    """The text holds characters that cannot be stored or shown."""

    code = "text_invalid"
    message = "The text holds characters that cannot be sent."


class ClientUidReused(ApplicationError):
    """The same client id came with another text."""

    code = "client_uid_reused"
    message = "This message was already sent with another text."


class TooFast(ApplicationError):
    """More messages came than one seat may send in the time."""

    code = "too_fast"
    message = "That was quick. Please wait a moment before the next message."
    retry = True


class FeedbackFirst(ApplicationError):
    """The protocol's gate is hard and a feedback request waits."""

    code = "feedback_first"
    message = "Please rate the last messages first."


class FeedbackUnknown(ApplicationError):
    """There is no such feedback request, or it is no longer open."""

    code = "feedback_unknown"
    message = "These messages cannot be rated any more."


class CannotFinishYet(ApplicationError):
    """The gate to finish is not open yet (Figure 8)."""

    code = "cannot_finish_yet"


class PartnerNotIdle(ApplicationError):
    """The partner has not been silent long enough (Figure 8)."""

    code = "partner_not_idle"
    message = "Your partner has been active recently."


class ExtensionRefused(ApplicationError):
    """More time was asked for a second time, or by somebody who is not silent."""

    code = "extension_refused"
    message = "More time can be asked for once in a conversation, after a while without a message."


class RelabelTooLate(ApplicationError):
    """The strategy of this message can no longer be changed."""

    code = "relabel_too_late"
    message = "The skill of this message can no longer be changed."


class SurveyInvalid(ApplicationError):
    """An answer of a survey is missing or out of range."""

    code = "survey_invalid"


class SurveyClosed(ApplicationError):
    """The survey was answered already, with other answers, or its time is over."""

    code = "survey_closed"
    message = "The questions have been answered already."


class LobbyRefused(ApplicationError):
    """The participant cannot wait for a partner now."""

    code = "lobby_refused"


class PauseFirst(LobbyRefused):
    """A supporter has had enough for now (the protocol's rules of care)."""

    code = "pause_first"
    message = "After a difficult conversation, or after several in one day, there is a pause first."


class NotQualified(ApplicationError):
    """Only who has passed the exam may support (§4.1)."""

    code = "not_qualified"
    message = "Please complete the supporter training first."
