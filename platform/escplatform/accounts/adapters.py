"""Where django-allauth asks the project: no sign-up, limits by name and address, encrypted secrets, own QR codes."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import segno
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest

from study.address import client_address
from study.identity import decrypt_text, encrypt_text
from study.staff import is_staff


class StaffBackend(ModelBackend):
    """Sign-in for the study team; any other account is answered as if it did not exist."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the account if name and password are right and it is active staff."""
        user = super().authenticate(request, username=username, password=password, **kwargs)
        return user if user is not None and is_staff(user) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an admin or at the command line, never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address behind our own proxy."""
        return client_address(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again unless it, or a code, was given minutes ago: also by signing in."""
        request = context.request
        given = [record["at"] for record in get_authentication_records(request, request.user)]
        recent = bool(given) and time.time() - given[-1] < app_settings.REAUTHENTICATION_TIMEOUT
        return not recent and super().is_reauthentication_required(app=app, **kwargs)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # By name and address: by name alone, anybody could lock a member of the team out.
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{client_address(request)}"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets rest encrypted under the identity key; the QR code is drawn by the library that draws invitations."""

    def encrypt(self, text: str) -> str:
        """Return the secret as it is stored."""
        return encrypt_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return decrypt_text(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code of the secret as an SVG."""
        out = BytesIO()
        segno.make(url, error="m").save(out, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
        return out.getvalue().decode()
