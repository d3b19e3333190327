"""What one web process counts of its own chat traffic, for whoever scrapes it. Never a text, never a person."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

SOCKETS = Gauge("esc_chat_sockets", "Sockets that are open in this process.")
ACK_SECONDS = Histogram(
    "esc_chat_ack_seconds",
    "From the arrival of a message to its commit, that is to its acknowledgement.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
GROUP_MESSAGES = Histogram(
    "esc_chat_group_messages", "Messages committed together.", buckets=(1, 2, 4, 8, 16, 32, 64, 128)
)
REFUSED = Counter("esc_chat_refused", "Messages that were refused, by the code of the refusal.", ["code"])
CAUGHT_UP = Counter(
    "esc_chat_caught_up",
    "Conversations whose messages a socket had not seen when they were read: after a wake-up by another process, which is "
    "what it is for, or at a poll, where a wake-up was lost.",
    ["by"],
)
