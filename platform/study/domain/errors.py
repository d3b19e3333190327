"""The one family of errors a person may cause: a code first, a sentence second.

Raised by services and domain functions of every room; translated once at each edge.
"""

from __future__ import annotations


class ApplicationError(Exception):
    """Something that was asked for cannot be done. `str(error)` is a sentence for the person who asked."""

    code = "error"
    message = "This cannot be done."
    status = 409
    """Of the page that says it."""
    retry = False
    """Whether the very same request may succeed a moment later."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class ProtocolInvalid(ApplicationError):
    """A protocol document cannot be read, or contradicts itself."""

    code = "protocol_invalid"
    message = "The protocol is not valid."


class ProtocolChanged(ApplicationError):
    """The same name and version came with other contents."""

    code = "protocol_changed"
    message = "A protocol that has been stored is never changed: give it a new version."


class ConsentMissing(ApplicationError):
    """A participant went on without having consented."""

    code = "consent_missing"
    message = "Please read the information and decide whether you want to take part first."


class StudyClosed(ApplicationError):
    """The study takes nobody in at the moment."""

    code = "study_closed"
    message = "This study does not take anybody in at the moment."


class EntryRefused(ApplicationError):
    """The link that brought somebody here cannot be used."""

    code = "entry_refused"
    message = "This link cannot be used."


class BudgetReached(StudyClosed):
    """The study's budget lets nobody new in."""

    code = "budget_reached"
    message = (
        "Enough people are taking part for now, so nobody new can come in. "
        "If a task was reserved for you, please return it at the site that sent you; it may open again."
    )


class HasWithdrawn(EntryRefused):
    """Somebody who withdrew came with a new submission."""

    code = "has_withdrawn"
    message = "You have withdrawn from this study, so you cannot take part in it again."


class TakenPartAlready(EntryRefused):
    """Somebody came with a new submission of a task that they have finished (`participation.repeat_after`)."""

    code = "taken_part_already"
    message = "You have already taken part in this study. Each person can take part once."

    def __init__(self, earlier: str) -> None:
        super().__init__()
        self.earlier = earlier
        """Public id of the earlier participation."""


class RecruitmentInvalid(ApplicationError):
    """A task at a recruiting site is not set up in a way that can work."""

    code = "recruitment_invalid"


class PaymentRefused(ApplicationError):
    """A plan of payments cannot be made, or a file cannot be marked as paid. Nothing was changed."""

    code = "payment_refused"


class RoleRefused(ApplicationError):
    """The role cannot be taken (again)."""

    code = "role_refused"
    message = "This role cannot be chosen now."


class StudyStepRefused(ApplicationError):
    """A study cannot be opened, paused or closed as it stands."""

    code = "study_step_refused"
    message = "The study cannot do this now."
