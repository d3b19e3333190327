"""Very many conversations at once, by the database's own row generator: for lists that must stay fast (PostgreSQL).

Each kind of row is multiplied from one that Django made, so that a new column has its default here, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.db.models import Model

from collection.models import Conversation, PreChatSurvey, Seat
from qualitycontrol.models import Assessment
from study.clock import database_now
from study.models import Study

BULK = "FROM collection_conversation c WHERE c.public_id LIKE 'bulk%%'"


def make_many_conversations(study: Study, *, count: int) -> None:
    """Store `count` closed conversations without utterances, with seats, surveys before and verdicts."""
    now = database_now()
    first = Conversation.objects.create(
        study=study,
        protocol_version=study.protocol_version,
        state="closed",
        started_at=now,
        closed_at=now,
        ended_ordinal=0,
        end_reason="finished",
    )
    _multiply(
        first,
        {
            "public_id": "'bulk' || lpad(n::text, 12, '0')",
            "origin": "CASE WHEN n %% 10 = 0 THEN 'practice' ELSE 'collected' END",
            "state": "CASE WHEN n %% 200 = 0 THEN 'cancelled' ELSE 'closed' END",
            "created_at": "timestamptz '2025-01-01' + n * interval '5 minutes'",
            "last_ordinal": "8 + n %% 60",
            "ended_ordinal": "8 + n %% 60",
            "end_reason": "CASE WHEN n %% 500 = 0 THEN 'seeker_safety' WHEN n %% 3 = 0 THEN 'supporter_left' "
            "ELSE 'finished' END",
        },
        f"FROM generate_series(1, {count}) n",
    )
    seat = Seat.objects.create(conversation=first, role="seeker", released_at=now)
    for role in ("seeker", "supporter"):
        _multiply(seat, {"conversation_id": "c.id", "role": f"'{role}'"}, BULK)
    survey = PreChatSurvey.objects.create(
        conversation=first, problem="x", emotion="x", experience="current", intensity_before=4, situation="x"
    )
    _multiply(
        survey,
        {
            "conversation_id": "c.id",
            "problem": "(ARRAY['job_crisis', 'academic_pressure', 'Sleep Problems'])[1 + c.id %% 3]",
            "emotion": "(ARRAY['anxiety', 'sadness'])[1 + c.id %% 2]",
            "situation": "repeat('It has been like this for weeks. ', 8)",
        },
        BULK,
    )
    verdict = (
        "CASE WHEN c.id %% 1000 = 0 THEN 'intensity_queried' WHEN c.id %% 2 = 0 THEN 'qualified' "
        "ELSE 'filtered_out' END"
    )
    assessment = Assessment.objects.create(
        conversation=first,
        protocol_version=study.protocol_version,
        number=1,
        state="qualified",
        alternative_state="qualified",
        utterances=1,
        long_enough=True,
        surveyed=True,
        made_at=now,
    )
    _multiply(assessment, {"conversation_id": "c.id", "state": verdict, "alternative_state": verdict}, BULK)
    for row in (assessment, survey, seat, first):
        row.delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _multiply(row: Model, changed: Mapping[str, str], source: str) -> None:
    """Store copies of `row`, one for each row of `source`, with `changed` columns by their SQL."""
    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    values = [changed.get(column, f't."{column}"') for column in columns]
    table, names = row._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    # The copied row stands first, whatever the source joins.
    joined = source.replace("FROM ", f'FROM (SELECT * FROM "{table}" WHERE id = %s) t, ', 1)
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {", ".join(values)} {joined}', [row.pk])
