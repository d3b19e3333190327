"""The audit is only ever added to, whatever program asks; a transcript is not shown before it is written down."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from qualitycontrol.models import AuditEvent
from tests.qualitycontrol.rows import make_conversations
from tests.support.staff import make_staff

pytestmark = pytest.mark.django_db
TABLE = "qualitycontrol_auditevent"


@pytest.fixture
def event(client: Client) -> AuditEvent:
    """A transcript that somebody read."""
    client.force_login(make_staff("ada"))
    assert client.get(f"/research/conversations/{make_conversations()[0].public_id}/").status_code == 200
    return AuditEvent.objects.get()


def test_who_read_which_transcript_is_there(event: AuditEvent) -> None:
    assert (event.user.username, event.action) == ("ada", "transcript_read")


@pytest.mark.parametrize(
    "statement",
    [f"UPDATE {TABLE} SET action = 'x'", f"UPDATE {TABLE} SET user_id = user_id", f"DELETE FROM {TABLE}"],
)
def test_the_database_refuses_changes(event: AuditEvent, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.get().action == event.action


def test_neither_do_bulk_changes_pass(event: AuditEvent) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(action="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).delete()
