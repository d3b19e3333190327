"""Numbers as the researchers' pages write them; what is not known is a dash."""

from __future__ import annotations

from django import template

register = template.Library()
UNKNOWN = "–"


@register.filter
def share(value: float | None) -> str:
    """Return a share, 0 to 1, in per cent with one decimal."""
    return UNKNOWN if value is None else f"{100 * value:.1f} %"


@register.filter
def minutes(value: float | None) -> str:
    """Return minutes with one decimal."""
    return UNKNOWN if value is None else f"{value:.1f}"


@register.filter
def words(name: object) -> str:
    """Return a stored name as words."""
    return str(name).replace("_", " ")
