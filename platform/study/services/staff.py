"""Staff accounts: made, given roles, ended. By admins in the browser and by `manage.py staff`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from study.domain.errors import ApplicationError
from study.domain.staff_roles import StaffRole


class StaffRefused(ApplicationError):
    """The account cannot be made or changed like this."""

    code = "staff_refused"


@transaction.atomic
def staff_add(username: str, *, roles: Iterable[StaffRole] = ()) -> tuple[User, str]:
    """Make a staff account; return it and its password, which is stored nowhere else.

    Raises:
        StaffRefused: the name is taken or cannot be a name.
    """
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise StaffRefused(" ".join(error.messages)) from error
    if len(username) > 150 or User.objects.filter(username__iexact=username).exists():
        raise StaffRefused(f"The name {username[:150]!r} is taken or too long.")
    password = secrets.token_urlsafe(15)
    user = User.objects.create_user(username, password=password, is_staff=True)
    roles_set(user, roles)
    return user, password


@transaction.atomic
def roles_set(user: User, roles: Iterable[StaffRole]) -> None:
    """Give an account exactly these roles; groups that are no roles stay.

    Raises:
        StaffRefused: nobody would be left who can give roles.
    """
    wanted = set(roles)
    if StaffRole.ADMIN not in wanted:
        _refuse_last_admin(user)
    user.groups.remove(
        *Group.objects.filter(name__in=[role.value for role in StaffRole if role not in wanted])
    )
    user.groups.add(*(Group.objects.get_or_create(name=role.value)[0] for role in wanted))
    if user.is_superuser and StaffRole.ADMIN not in wanted:
        # A superuser has every role; one whose roles are named has these and no other.
        User.objects.filter(pk=user.pk).update(is_superuser=False)
        user.is_superuser = False


@transaction.atomic
def staff_end(user: User) -> None:
    """Close an account: no rights, no sessions, no way in. What it did stays under its name.

    Raises:
        StaffRefused: it is the last admin's.
    """
    _refuse_last_admin(user)
    user.groups.clear()
    User.objects.filter(pk=user.pk).update(is_active=False, is_staff=False, is_superuser=False)
    sessions_end(user)


@transaction.atomic
def staff_reset(user: User) -> str:
    """Give an account a new password and take its second factor away; return the password.

    For somebody who lost both. All sessions end.
    """
    password = secrets.token_urlsafe(15)
    user.set_password(password)
    user.is_active = user.is_staff = True
    user.save(update_fields=["password", "is_active", "is_staff"])
    Authenticator.objects.filter(user=user).delete()
    sessions_end(user)
    return password


def sessions_end(user: User) -> None:
    """Sign an account out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def _refuse_last_admin(user: User) -> None:
    may_give_roles = Q(is_superuser=True) | Q(groups__name=StaffRole.ADMIN)
    admins = User.objects.filter(may_give_roles, is_active=True, is_staff=True)
    if admins.filter(pk=user.pk).exists() and not admins.exclude(pk=user.pk).exists():
        raise StaffRefused("This is the last admin: make somebody else one first.")
