"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from qualitycontrol.access import is_staff


class StaffLoginForm(AuthenticationForm):
    """Sign-in for the study team; any other account is answered as if it did not exist."""

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Refuse accounts that may not see these pages."""
        super().confirm_login_allowed(user)  # type: ignore[arg-type]
        if not is_staff(user):
            raise ValidationError(_("Please enter a correct user name and password."), code="invalid_login")


class LoginView(auth_views.LoginView):
    """The study team signs in here."""

    template_name = "research/login.html"
    authentication_form = StaffLoginForm
    redirect_authenticated_user = False
    extra_context: dict[str, Any] = {"logout_url": ""}


class LogoutView(auth_views.LogoutView):
    """Sign out (POST only) and come back to the sign-in page."""

    next_page = "research:login"
