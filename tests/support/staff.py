"""Staff accounts for tests; every function has defaults."""

from __future__ import annotations

import itertools

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.test import Client

from study.domain.staff_roles import StaffRole
from study.services.staff import roles_set

_numbers = itertools.count(1)
PASSWORD = "a long pass phrase"


def make_staff(
    name: str = "", *role: StaffRole, password: str | None = None, roles: tuple[StaffRole, ...] | None = None
) -> User:
    """Return a staff account; a researcher's unless roles are named, and `roles=()` names none."""
    user = User.objects.create_user(name or f"staff-{next(_numbers)}", password=password, is_staff=True)
    roles_set(user, (role or (StaffRole.RESEARCHER,)) if roles is None else roles)
    return user


def sign_in(client: Client, name: str, password: str = PASSWORD, **extra: str) -> object:
    """Post the sign-in form."""
    return client.post("/research/login/", {"login": name, "password": password, **extra})


def give_second_factor(user: User) -> str:
    """Set an authenticator app up for the account; return its secret."""
    secret = generate_totp_secret()
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(secret)}
    )
    return secret


def code_of(secret: str) -> str:
    """Return the six digits that an app shows now."""
    counter = list(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, counter))
