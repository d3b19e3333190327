"""Refuse changes of the audit in the database itself, whatever program asks.

One is let through: a withdrawal puts its mark in the place of a detail, which may quote what was said.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

KEPT = ("id", "at", "user_id", "action", "conversation_id")
POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND NEW.detail = '[withdrawn]'
        AND ({", ".join(f"NEW.{name}" for name in KEPT)}) IS NOT DISTINCT FROM ({", ".join(f"OLD.{name}" for name in KEPT)})
      THEN RETURN NEW; END IF;
      RAISE EXCEPTION 'the audit is append-only';
    END $$
    """,
    """
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON qualitycontrol_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_append_only()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER audit_no_update BEFORE UPDATE ON qualitycontrol_auditevent
    WHEN NOT (NEW.detail = '[withdrawn]' AND {" AND ".join(f"NEW.{name} IS OLD.{name}" for name in KEPT)})
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_no_delete BEFORE DELETE ON qualitycontrol_auditevent
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
]
BACK = {
    "postgresql": [
        "DROP TRIGGER audit_append_only ON qualitycontrol_auditevent",
        "DROP FUNCTION audit_append_only()",
    ],
    "sqlite": ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"],
}


def forwards(apps: Any, schema_editor: Any) -> None:
    for statement in {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def backwards(apps: Any, schema_editor: Any) -> None:
    for statement in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("qualitycontrol", "0007_deidentification_passes")]

    operations = [migrations.RunPython(forwards, backwards)]
