"""What a program in the supporter's seat may say: asked before a message is made, enforced when it is sent."""

from __future__ import annotations

from collection.models import Conversation
from study.domain.risk import OutputRefused, check_output
from study.models.protocol_version import protocol_by_digest

__all__ = ["OutputRefused", "output_check"]


def output_check(conversation_id: int, text: str) -> None:
    """Raise unless a program may say `text` in this conversation; `utterance_send` refuses the same.

    Raises:
        OutputRefused: the text holds advice that endangers, an insult, a diagnosis or talk of methods.
    """
    sha256 = Conversation.objects.values_list("protocol_version__sha256", flat=True).get(pk=conversation_id)
    check_output(text, protocol_by_digest(sha256).detectors)
