"""What follows from a change of the second factor: the session that made it has given it, every other one ends."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.dispatch import receiver
from django.http import HttpRequest


@receiver(authenticator_added, dispatch_uid="accounts-factor-added")
def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any) -> None:
    """Count the code that set the factor up as given; sign the account out everywhere else."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        _end_others(request, user)


@receiver(authenticator_removed, dispatch_uid="accounts-factor-removed")
def factor_removed(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Sign the account out everywhere else."""
    _end_others(request, user)


def _end_others(request: HttpRequest, user: User) -> None:
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()
