"""`{{ mapping|entry:key }}`: what a mapping holds under a key that is itself a variable."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def entry(mapping: Mapping[str, str], key: str) -> str:
    """Return `mapping[key]`."""
    return mapping[key]


@register.filter
def percent(share: float | None) -> str:
    """Return a share as whole per cent, or a dash where nothing is known."""
    return "–" if share is None else f"{share * 100:.0f} %"


@register.filter
def signed(value: float | None) -> str:
    """Return a number with its sign and two decimals, or a dash where nothing is known."""
    return "–" if value is None else f"{value:+.2f}"
