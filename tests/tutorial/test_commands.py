"""The study team's own decisions about qualifications, from the command line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.support.training import finish_tutorial, make_supporter, take_exam
from tutorial.domain.standing import TrainingState
from tutorial.models import Qualification
from tutorial.selectors import training_state

pytestmark = pytest.mark.django_db


def test_a_qualification_is_revoked_with_its_reason_and_granted_again() -> None:
    participation = make_supporter()
    finish_tutorial(participation)
    take_exam(participation)
    call_command("qualification_revoke", participation.public_id, reason="asked for money", stdout=StringIO())
    assert Qualification.objects.get().revoked_reason == "asked for money"
    assert training_state(participation) is TrainingState.FAILED
    out = StringIO()
    call_command("qualification_grant", participation.public_id, stdout=out)
    assert out.getvalue().startswith("Granted until 2")
    assert training_state(participation) is TrainingState.PASSED


@pytest.mark.parametrize("reason", ["  ", "x" * 201])
def test_nothing_is_revoked_without_a_reason_that_can_be_kept(reason: str) -> None:
    participation = make_supporter()
    call_command("qualification_grant", participation.public_id, stdout=StringIO())
    with pytest.raises(CommandError, match="reason"):
        call_command("qualification_revoke", participation.public_id, reason=reason)
    assert Qualification.objects.get().revoked_at is None


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(CommandError, match="no participation nobody"):
        call_command("qualification_revoke", "nobody", reason="any")
    with pytest.raises(CommandError, match="no participation nobody"):
        call_command("qualification_grant", "nobody")
    with pytest.raises(CommandError, match="no qualification to revoke"):
        call_command("qualification_revoke", make_supporter().public_id, reason="any")
