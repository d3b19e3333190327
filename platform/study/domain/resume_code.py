"""Codes that a person can write down and come back with: `calm-river-4821`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Choose = Callable[[Sequence[str]], str]

_ADJECTIVES = (
    "amber brave bright brisk broad calm clear clever cosy crisp curious early easy fair fine fond fresh gentle "
    "glad golden good grand green happy honest humble jolly keen kind large light lively loyal lucky mellow mild "
    "modest neat noble open orange patient plain polite proud quick quiet ready rosy round safe sharp shiny silent "
    "silver simple smooth soft solid spare steady still strong sunny sweet swift tall tender tidy true vivid warm "
    "white wide wise young"
)
_NOUNS = (
    "acorn anchor apple arrow badge basil beach bell birch bird boat book branch bread bridge brook candle canoe "
    "castle cedar cherry clock cloud clover coast comet coral cottage daisy desk door dune eagle elm falcon fern "
    "field finch flute forest fox garden grove harbor hazel hill island jacket kettle kite ladder lake lamp lantern "
    "leaf lemon lily maple meadow melon mill moon moss oak olive orchard otter paper pear pebble pine planet pond "
    "rabbit rain reed river robin sail shell sparrow spoon star stone table tiger tower train tulip valley violin "
    "walnut willow window"
)
ADJECTIVES = tuple(_ADJECTIVES.split())
NOUNS = tuple(_NOUNS.split())
PATTERN = re.compile(r"^[a-z]+-[a-z]+-[0-9]{4}$")


def resume_code(choose: Choose) -> str:
    """Return a new code; `choose` picks one of a sequence at random."""
    digits = "".join(choose("0123456789") for _digit in range(4))
    return f"{choose(ADJECTIVES)}-{choose(NOUNS)}-{digits}"


def resume_code_clean(text: str) -> str:
    """Return a code as typed by a person in its stored spelling; "" when it cannot be one."""
    spelt = "-".join(text.strip().lower().replace("-", " ").split())
    return spelt if PATTERN.fullmatch(spelt) else ""
