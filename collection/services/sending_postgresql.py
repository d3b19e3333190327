"""Read and store the rooms of a batch in three prepared statements: PostgreSQL.

The rules are `collection.domain.sending`'s, as for the ORM's way (`sending_rows`); here is only less to do per message.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from weakref import WeakSet

from django.db import connection

from collection.domain.sending import Draft, Room, Said, SeatState
from collection.models import Seat
from study.models.protocol_version import protocol_by_digest


class Prepared:
    """A statement that each connection plans once: planning costs more than running it."""

    def __init__(self, name: str, types: Sequence[str], sql: str) -> None:
        self._prepare = f"PREPARE {name} ({', '.join(types)}) AS {sql}"
        self._execute = f"EXECUTE {name} ({', '.join(['%s'] * len(types))})"
        self._ready: WeakSet[Any] = WeakSet()
        """Connections of the driver that know the statement. It outlives a rollback, and ends with the connection."""

    def execute(self, cursor: Any, values: Sequence[Any]) -> None:
        """Run the statement; its rows are the cursor's."""
        if cursor.connection not in self._ready:
            # Every batch has the same shape, so one plan serves all sizes.
            cursor.execute("SET plan_cache_mode = force_generic_plan")
            cursor.execute(self._prepare)
            self._ready.add(cursor.connection)
        cursor.execute(self._execute, values)


# A seat's role and occupant never change, and it is released only after its conversation has left the state in
# which anything can be said: so the join may read seats as they were before the wait for the lock.
_LOCK = Prepared(
    "sending_lock",
    ("bigint[]", "text"),
    """
SELECT c.id, v.sha256, c.state, c.last_ordinal, c.seeker_turns, c.last_role,
       s.id, s.role, s.occupant = $2, s.released_at IS NOT NULL
  FROM collection_conversation c
  JOIN study_protocolversion v ON v.id = c.protocol_version_id
  JOIN collection_seat s ON s.conversation_id = c.id
 WHERE c.id = ANY($1)
 ORDER BY c.id
   FOR NO KEY UPDATE OF c
""",
)

# A statement of its own: it must see what was committed while the first one waited for its locks.
_READ = Prepared(
    "sending_read",
    ("bigint[]", "bigint[]", "text[]"),
    """
SELECT clock_timestamp(),
       (SELECT json_agg(json_build_array(u.conversation_id, u.id, u.ordinal, u.seat_id, u.client_uid, u.text,
                                         u.strategy, u.sent_at))
          FROM unnest($2, $3) AS d(conversation_id, client_uid)
          JOIN collection_utterance u USING (conversation_id, client_uid))::text,
       (SELECT json_agg(json_build_array(u.conversation_id, u.id, u.ordinal, u.seat_id, u.client_uid, u.text,
                                         u.strategy, u.sent_at) ORDER BY u.ordinal)
          FROM collection_utterance u
         WHERE u.conversation_id = ANY($1) AND u.feedback_request_id IS NULL AND u.strategy <> '')::text,
       (SELECT json_agg(json_build_array(r.conversation_id, r.number, r.score IS NULL))
          FROM unnest($1) AS c(id)
         CROSS JOIN LATERAL (SELECT conversation_id, number, score FROM collection_feedbackrequest
                              WHERE conversation_id = c.id ORDER BY number DESC LIMIT 1) r)::text
""",
)

_STORE = Prepared(
    "sending_store",
    (
        "timestamptz",
        "bigint[]",
        "int[]",
        "bigint[]",
        "int[]",
        "bigint[]",
        "text[]",
        "text[]",
        "text[]",
        "int[]",
        "int[]",
        "int[]",
        "int[]",
        "int[]",
        "bigint[]",
        "bigint[]",
        "int[]",
        "bigint[]",
        "int[]",
        "int[]",
        "text[]",
    ),
    """
WITH asked AS (
    INSERT INTO collection_feedbackrequest (conversation_id, number, asked_at)
    SELECT conversation_id, number, $1
      FROM unnest($2, $3) AS a(conversation_id, number)
    RETURNING id, conversation_id, number
), said AS (
    INSERT INTO collection_utterance (conversation_id, ordinal, seat_id, client_uid, strategy, text, sent_at,
                                      compose_ms, key_count, pasted_chars, focus_losses, feedback_request_id)
    SELECT n.conversation_id, ordinal, seat_id, client_uid, strategy, text, $1,
           compose_ms, key_count, pasted_chars, focus_losses, asked.id
      FROM unnest($4, $5, $6, $7,
                  $8, $9, $10, $11,
                  $12, $13, $14)
           AS n(conversation_id, ordinal, seat_id, client_uid, strategy, text, compose_ms, key_count,
                pasted_chars, focus_losses, number)
      LEFT JOIN asked ON asked.conversation_id = n.conversation_id AND asked.number = n.number
), covered AS (
    UPDATE collection_utterance u SET feedback_request_id = asked.id
      FROM unnest($15, $16, $17)
           AS k(id, conversation_id, number)
      JOIN asked USING (conversation_id, number)
     WHERE u.id = k.id
), moved AS (
    UPDATE collection_conversation c
       SET last_ordinal = m.last_ordinal, seeker_turns = m.seeker_turns, last_role = m.last_role
      FROM unnest($18, $19, $20, $21)
           AS m(id, last_ordinal, seeker_turns, last_role)
     WHERE c.id = m.id
)
UPDATE collection_seat SET active_at = $1, seen_at = $1 WHERE id = ANY($6)
""",
)


def rooms_lock(drafts: Sequence[Draft]) -> tuple[dict[int, Room], datetime]:
    """Lock and read the drafts' conversations; return them with the database's time.

    Locked in the order of their ids, so that no two batches can deadlock. Should be called inside a transaction.
    """
    ids = sorted({draft.conversation_id for draft in drafts})
    rooms: dict[int, Room] = {}
    with connection.cursor() as cursor:
        _LOCK.execute(cursor, [ids, Seat.HUMAN])
        for (
            pk,
            sha256,
            state,
            last_ordinal,
            turns,
            last_role,
            seat,
            role,
            human,
            released,
        ) in cursor.fetchall():
            room = rooms.get(pk)
            if room is None:
                protocol = protocol_by_digest(sha256)
                room = rooms[pk] = Room(pk, protocol, state, last_ordinal, turns, last_role)
            room.seats[seat] = SeatState(role=role, human=human, released=released)
        _READ.execute(
            cursor, [ids, [draft.conversation_id for draft in drafts], [draft.client_uid for draft in drafts]]
        )
        now, known, unrated, requests = cursor.fetchone()
    for conversation_id, *row in _rows(known):
        said = _said(row)
        rooms[conversation_id].known[said.client_uid] = said
    for conversation_id, *row in _rows(unrated):
        rooms[conversation_id].unrated.append(_said(row))
    for conversation_id, number, is_open in _rows(requests):
        rooms[conversation_id].request_count = number
        rooms[conversation_id].request_open = is_open
    return rooms, now


def _rows(text: str | None) -> list[list[Any]]:
    rows: list[list[Any]] = json.loads(text) if text else []
    return rows


def _said(row: Sequence[Any]) -> Said:
    pk, ordinal, seat_id, client_uid, text, strategy, sent_at = row
    return Said(
        pk=pk,
        ordinal=ordinal,
        seat_id=seat_id,
        client_uid=client_uid,
        text=text,
        strategy=strategy,
        sent_at=datetime.fromisoformat(sent_at) if sent_at else None,
    )


def rooms_store(rooms: Sequence[Room], *, now: datetime) -> None:
    """Store what was accepted. Should be called in the transaction that locked the rooms."""
    new = [(room.conversation_id, said, said.draft) for room in rooms for said in room.new]
    covered = [(room.conversation_id, said) for room in rooms for said in room.covered]
    asked = [(room.conversation_id, number) for room in rooms for number in room.requests]
    values: list[Any] = [
        now,
        [conversation_id for conversation_id, _number in asked],
        [number for _conversation_id, number in asked],
        [conversation_id for conversation_id, _said, _draft in new],
        [said.ordinal for _id, said, _draft in new],
        [said.seat_id for _id, said, _draft in new],
        [said.client_uid for _id, said, _draft in new],
        [said.strategy for _id, said, _draft in new],
        [said.text for _id, said, _draft in new],
        [draft.compose_ms for _id, _said, draft in new if draft],
        [draft.key_count for _id, _said, draft in new if draft],
        [draft.pasted_chars for _id, _said, draft in new if draft],
        [draft.focus_losses for _id, _said, draft in new if draft],
        [said.request for _id, said, _draft in new],
        [said.pk for _id, said in covered],
        [conversation_id for conversation_id, _said in covered],
        [said.request for _id, said in covered],
        [room.conversation_id for room in rooms],
        [room.last_ordinal for room in rooms],
        [room.seeker_turns for room in rooms],
        [room.last_role for room in rooms],
    ]
    with connection.cursor() as cursor:
        _STORE.execute(cursor, values)
