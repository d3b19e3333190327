"""A new identity key: everything is read before, during and after; people are still found."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command

from study.identity import decrypt, is_current
from study.models import ExternalIdentity, ExternalSubmission
from study.services.identity_rotation import Rotation, identifiers_rotate
from study.services.participations import participation_enter
from tests.support.factories import arrival, make_study
from tests.support.staff import give_second_factor, make_staff

pytestmark = pytest.mark.django_db
NEW = "a-new-key-that-is-long-enough-for-every-check"


def change_key(settings: Any, *, keep_old: bool = True) -> None:
    """Do what the operator does with the environment."""
    old = settings.IDENTITY_KEY
    settings.LOOKUP_KEY = old
    settings.IDENTITY_KEY = NEW
    settings.IDENTITY_KEYS_OLD = [old] if keep_old else []


def test_everything_encrypted_comes_under_the_new_key_and_people_are_found_again(settings: Any) -> None:
    study, ann = make_study(), arrival("ann")
    first = participation_enter(study, arrival=ann)
    staff = make_staff()
    secret = give_second_factor(staff)
    codes = RecoveryCodes.activate(staff).get_unused_codes()
    change_key(settings)
    assert identifiers_rotate(dry_run=True) == Rotation(rotated=4)
    assert not is_current(bytes(ExternalIdentity.objects.get().encrypted)), "a dry run changes nothing"
    assert identifiers_rotate() == Rotation(rotated=4)
    assert identifiers_rotate() == Rotation(current=4), "a second run finds nothing to do"
    settings.IDENTITY_KEYS_OLD = []
    assert decrypt(ExternalIdentity.objects.get().encrypted) == {"person_id": "ann"}
    assert decrypt(ExternalSubmission.objects.get().encrypted)["person_id"] == "ann"
    app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert get_adapter().decrypt(app.data["secret"]) == secret
    rows = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    assert RecoveryCodes(rows).get_unused_codes() == codes
    assert participation_enter(study, arrival=ann) == first


def test_what_no_key_opens_stays_and_is_said(settings: Any) -> None:
    participation_enter(make_study(), arrival=arrival("ann"))
    before = bytes(ExternalIdentity.objects.get().encrypted)
    change_key(settings, keep_old=False)
    with pytest.raises(CommandError, match="2 cannot be read"):
        call_command("identifiers_rotate", stdout=StringIO())
    assert bytes(ExternalIdentity.objects.get().encrypted) == before
