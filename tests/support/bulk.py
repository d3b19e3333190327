"""Very many conversations at once, by the database's own row generator: for lists that must stay fast (PostgreSQL)."""

from __future__ import annotations

from django.db import connection

from study.models import Study

STATEMENTS = (
    """
    INSERT INTO collection_conversation (public_id, study_id, protocol_version_id, origin, state, created_at,
        closed_at, started_at, last_ordinal, ended_ordinal, seeker_turns, last_role, end_reason, source_name)
    SELECT 'bulk' || lpad(n::text, 12, '0'), %(study)s, %(version)s,
        CASE WHEN n %% 10 = 0 THEN 'practice' ELSE 'collected' END,
        CASE WHEN n %% 200 = 0 THEN 'cancelled' ELSE 'closed' END,
        timestamptz '2025-01-01' + n * interval '5 minutes', now(), now(), 8 + n %% 60, 8 + n %% 60, 4, 'seeker',
        CASE WHEN n %% 500 = 0 THEN 'seeker_safety' WHEN n %% 3 = 0 THEN 'supporter_left' ELSE 'finished' END, ''
    FROM generate_series(1, %(count)s) n
    """,
    """
    INSERT INTO collection_seat (conversation_id, role, occupant, exit_status, outcome, released_at)
    SELECT id, role, 'human', '03', 'completed', now()
    FROM collection_conversation, unnest(ARRAY['seeker', 'supporter']) role WHERE public_id LIKE 'bulk%%'
    """,
    """
    INSERT INTO collection_prechatsurvey
        (conversation_id, problem, emotion, experience, intensity_before, situation)
    SELECT id, (ARRAY['job_crisis', 'academic_pressure', 'Sleep Problems'])[1 + id %% 3],
        (ARRAY['anxiety', 'sadness'])[1 + id %% 2], 'current', 4, repeat('It has been like this for weeks. ', 8)
    FROM collection_conversation WHERE public_id LIKE 'bulk%%'
    """,
    """
    INSERT INTO qualitycontrol_assessment (conversation_id, protocol_version_id, number, state,
        alternative_state, reasons, criteria, utterances, long_enough, surveyed, made_at)
    SELECT id, protocol_version_id, 1, verdict, verdict, '["too_short"]', '[]', last_ordinal, true, true, now()
    FROM collection_conversation, LATERAL (SELECT CASE WHEN id %% 1000 = 0 THEN 'intensity_queried'
        WHEN id %% 2 = 0 THEN 'qualified' ELSE 'filtered_out' END) v(verdict)
    WHERE public_id LIKE 'bulk%%'
    """,
)


def make_many_conversations(study: Study, *, count: int) -> None:
    """Store `count` closed conversations without utterances, with seats, surveys before and verdicts."""
    values = {"study": study.pk, "version": study.protocol_version_id, "count": count}
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, values)
        cursor.execute("ANALYZE")
