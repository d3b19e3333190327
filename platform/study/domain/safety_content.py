"""How a study cares for the people in it, as typed content: who looks when, how much a supporter takes, what is kept.

Source: Liu et al. 2021, Ethical Considerations; the figures are our own and a study's to change.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from study.domain.content import Entry
from study.domain.risk_content import Tier

Minutes = Annotated[int, Meta(ge=1)]
Days = Annotated[int, Meta(ge=1)]
PerDay = Annotated[int, Meta(ge=0)]


class RespondWithin(Entry):
    """Minutes in which a case of each tier is to be acknowledged, while somebody watches."""

    urgent: Minutes = 15
    concern: Minutes = 240
    notice: Minutes = 2880


class SupporterCare(Entry):
    """What keeps a supporter from carrying too much."""

    chats_per_day: PerDay = 0
    """Conversations that one supporter begins within 24 hours; 0: no limit."""
    passes_per_day: PerDay = 0
    """Conversations that a supporter may hand on within 24 hours, fully paid; a ready check is passed on freely."""
    cool_down_minutes: Annotated[int, Meta(ge=0)] = 0
    """Pause after a conversation in which a phrase of `cool_down_tier` or above was met; 0: none."""
    cool_down_tier: Tier = Tier.CONCERN


class Retention(Entry):
    """After how many days what goes. Without a figure a thing is kept until somebody erases it."""

    identifiers_days: Days | None = None
    """Recruiting ids and marks of a browser, after a person's last participation ended and was paid."""
    drafts_days: Days | None = None
    """Surveys of seekers who never came into a conversation, after their participation ended."""
    unreleased_days: Days | None = None
    """Words of conversations that no release holds, after they were closed."""
    messages_days: Days | None = None
    """Messages between participants and the study team, after their case was closed."""


class Safety(Entry):
    """The rules of care."""

    respond_within: RespondWithin = RespondWithin()
    care: SupporterCare = SupporterCare()
    retention: Retention = Retention()
    resource_check_days: Days = 90
    """How long a checked entry of the resources may be relied on."""
    sample_share: Annotated[float, Meta(ge=0, le=1)] = 0.05
    """Share of the unflagged messages that is drawn for judging what the phrases miss."""
    source: str = ""
