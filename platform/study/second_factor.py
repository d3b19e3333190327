"""The second factor of staff accounts: whether this session gave one, and where to go when it did not."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


def second_factor_gate(request: HttpRequest) -> HttpResponse | None:
    """Return the way to the second factor when the set-up demands one and this session has not given it."""
    if not settings.STAFF_SECOND_FACTOR_REQUIRED or _given(request):
        return None
    path = request.get_full_path()
    if has_second_factor(request.user.pk):
        # The session is older than the factor.
        logout(request)
        return redirect_to_login(path, login_url=reverse(settings.LOGIN_URL))
    return HttpResponseRedirect(f"{reverse('mfa_activate_totp')}?{urlencode({'next': path})}")


def has_second_factor(user_id: int | None) -> bool:
    """Return whether the account has an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def _given(request: HttpRequest) -> bool:
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))
