"""What the collection room announces. Receivers live in rooms above; they get ids, after the commit."""

from __future__ import annotations

from django.dispatch import Signal

conversation_closed = Signal()
"""A conversation is closed: both surveys are in or their time is up. Carries `conversation_id`. May come twice."""

chat_left_behind = Signal()
"""Somebody who compares is done with a conversation and its questions. Carries `seat`; sent inside the transaction,
once. The receiver lets the participation go on, or ends it."""

survey_arrived = Signal()
"""A survey came in. Carries `conversation_id`."""

practice_partner_wanted = Signal()
"""A practice begins. Carries `role`, the participant's. A receiver may return the key of a program for the other seat."""

transcript_read = Signal()
"""A member of the study team reads what was said. Carries `conversation_id`, `user_id` and `why`; sent in the
transaction of the reading, so that no reading goes without its entry."""
