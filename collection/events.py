"""Tell the sockets that something changed. Only a wake-up: what changed is read from the database.

Called after the commit, from any thread or process. Losing a wake-up costs no more than one poll period.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

log = logging.getLogger(__name__)
GROUP = "conversations"
"""One group for all conversations: a process listens once, and nothing has to be joined anew after Redis was away."""

Waker = Callable[[Sequence[int]], None]
Typist = Callable[[int, str], None]
_wakers: WeakKeyDictionary[asyncio.AbstractEventLoop, Waker] = WeakKeyDictionary()
_typists: WeakKeyDictionary[asyncio.AbstractEventLoop, Typist] = WeakKeyDictionary()


def waker_register(loop: asyncio.AbstractEventLoop, waker: Waker, typist: Typist) -> None:
    """Let `waker` hear, in its event loop, of every conversation that changed in this process, and `typist` who types.

    The sockets register here, so that the services need not know them.
    """
    _wakers[loop] = waker
    _typists[loop] = typist


def conversation_changed(conversation_id: int) -> None:
    """Wake the sockets of a conversation in every web process."""
    if not _wake_here(conversation_id):
        _tell_others({"ids": [conversation_id]}, conversation_id)


def typing(conversation_id: int, role: str) -> None:
    """Show the other side, in every web process, that the side `role` types."""
    done = False
    for loop, typist in list(_typists.items()):
        if loop.is_running():
            loop.call_soon_threadsafe(typist, conversation_id, role)
            done = True
    if not done:
        _tell_others({"ids": [], "typing": [(conversation_id, role)]}, conversation_id)


def _tell_others(news: dict[str, Any], conversation_id: int) -> None:
    layer = None if settings.EMBEDDED else get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(GROUP, {"type": "conversations.changed", **news})
    except Exception as error:
        log.warning("A wake-up for conversation %s was not sent: %s", conversation_id, type(error).__name__)


def _wake_here(conversation_id: int) -> bool:
    """Wake the sockets of this process, which tell the other processes; return whether there are any."""
    done = False
    for loop, waker in list(_wakers.items()):
        if loop.is_running():
            loop.call_soon_threadsafe(waker, [conversation_id])
            done = True
    return done
