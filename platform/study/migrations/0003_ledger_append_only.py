"""Refuse changes of the ledger in the database itself, whatever program asks.

Deleting the ledger when its time of keeping is over is a deliberate act: disable the two triggers first.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$
    """,
    """
    CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON study_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER ledger_no_{event.lower()} BEFORE {event} ON study_ledgerentry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
    """
    for event in ("UPDATE", "DELETE")
]
BACK = {
    "postgresql": [
        "DROP TRIGGER ledger_append_only ON study_ledgerentry",
        "DROP FUNCTION ledger_append_only()",
    ],
    "sqlite": ["DROP TRIGGER ledger_no_update", "DROP TRIGGER ledger_no_delete"],
}


def forwards(apps: Any, schema_editor: Any) -> None:
    for statement in {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def backwards(apps: Any, schema_editor: Any) -> None:
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("study", "0002_recruitment_payments_and_withdrawal")]

    operations = [migrations.RunPython(forwards, backwards)]
