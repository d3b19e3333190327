"""Pairs that talk while something happens to the servers, and what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from tests.support.chatter import Chatter
from tests.support.stack import Stack


async def converse(
    stack: Stack,
    *,
    pairs: int,
    messages: int,
    seconds: float,
    outage: Callable[[], Awaitable[None]],
    proxied: bool = False,
    through: str = "",
) -> list[Chatter]:
    """Let pairs talk while `outage` happens; return every side when all has been said and seen.

    `proxied`: whoever finds one web server gone knocks at the other. `through`: everybody talks by this address.

    Raises:
        TimeoutError: somebody had not said or seen everything after `seconds`.
    """
    people = await asyncio.to_thread(stack.seed, pairs)
    sides = [
        # Seekers on one web server, supporters on the other: every message crosses.
        Chatter(
            address=through or stack.web[(person["role"] == "supporter") % len(stack.web)][0],
            second_address=stack.web[(person["role"] == "seeker") % len(stack.web)][0] if proxied else "",
            messages=messages,
            **person,
        )
        for person in people
    ]

    async def interrupt() -> None:
        await outage()
        for side in sides:
            side.may_finish.set()

    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(side.take_seat() for side in sides))
            await asyncio.gather(interrupt(), *(side.talk(until_shown=2 * messages) for side in sides))
    except TimeoutError:
        stood = "; ".join(
            f"{s.role} {s.public_id}: {len(s.acked)} said, {len(s.shown)} shown, {s.connections} connections, "
            f"closed with {s.closes}, refused with {s.refusals}"
            for s in sides
        )
        raise TimeoutError(f"After {seconds:.0f} s somebody was not done. {stood}") from None
    return sides


def counts(sides: Sequence[Chatter]) -> dict[str, int]:
    """Return what may never happen, counted over what every side was told and shown.

    `lost`: acknowledged messages that the partner was not shown in their place. `doubled`: messages shown twice to one side.
    `holes`: places in the order that nothing stands in.
    """
    found: Counter[str] = Counter(lost=0, doubled=0, holes=0)
    for side in sides:
        ordinals = [ordinal for ordinal, _text in side.shown]
        found["doubled"] += len(ordinals) - len(set(ordinals))
        found["holes"] += len(set(range(1, max(ordinals, default=0) + 1)) - set(ordinals))
        partner = next(
            (
                o
                for o in sides
                if o is not side and o.role != side.role and sorted(o.shown) == sorted(side.shown)
            ),
            None,
        )
        acked = set(side.acked.values())
        seen = {o for o, text in partner.shown if text.startswith(side.role)} if partner else set()
        found["lost"] += len(acked - seen)
    return dict(found)
