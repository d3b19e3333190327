"""Let one participation be paid for several conversations: an entry names the conversation that it pays.

SQLite builds the table anew and so loses the triggers that refuse changes of the ledger; they are made again.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

EVENTS = ("UPDATE", "DELETE")


def triggers_off(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for event in EVENTS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS ledger_no_{event.lower()}")


def triggers_on(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for event in EVENTS:
            schema_editor.execute(
                f"CREATE TRIGGER ledger_no_{event.lower()} BEFORE {event} ON study_ledgerentry "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


class Migration(migrations.Migration):
    dependencies = [("study", "0003_ledger_append_only")]

    operations = [
        migrations.RunPython(triggers_off, triggers_on),
        migrations.RemoveConstraint(model_name="ledgerentry", name="ledger_one_entry_per_reason"),
        migrations.AddField(
            model_name="ledgerentry",
            name="about",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.UniqueConstraint(
                fields=("participation", "reason", "about"),
                name="ledger_one_entry_per_reason_and_conversation",
            ),
        ),
        migrations.RunPython(triggers_on, triggers_off),
    ]
