"""Tell the sockets that something changed. Only a wake-up: what changed is read from the database.

Called after the commit, from any thread or process. Losing a wake-up costs no more than one poll period.
"""

from __future__ import annotations

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

log = logging.getLogger(__name__)


def conversation_changed(conversation_id: int) -> None:
    """Wake the sockets of a conversation in every web process."""
    from collection.realtime import (
        runtime,  # the services call this module, and the sockets call the services
    )

    if runtime.changed_from_thread(conversation_id) or settings.EMBEDDED:
        return
    layer = get_channel_layer()
    if layer is None:
        return
    event = {"type": "conversations.changed", "ids": [conversation_id]}
    try:
        async_to_sync(layer.group_send)(runtime.GROUP, event)
    except Exception as error:
        log.warning("A wake-up for conversation %s was not sent: %s", conversation_id, type(error).__name__)
