"""URLs of signing in and of one's own account, below `/research/`.

Of django-allauth's pages only these are there: no sign-up, no e-mail, no reset by mail. The names are the library's.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import path
from django.views.decorators.http import require_http_methods

from escplatform.accounts import team
from escplatform.accounts.home import home
from study.staff import EVERYBODY, account_page, declare

# The library's forms would take PUT for POST.
_methods = require_http_methods(["GET", "HEAD", "POST"])


def _open(view: Any) -> Any:
    return declare(_methods(view), EVERYBODY)


def _own(view: Any) -> Any:
    return account_page(_methods(view))


urlpatterns = [
    path("", home, name="research_home"),
    path("login/", _open(account.login), name="account_login"),
    path("login/code/", _open(factor.authenticate), name="mfa_authenticate"),
    path("logout/", _open(account.logout), name="account_logout"),
    path("account/", _own(factor.index), name="mfa_index"),
    path("account/password/", _own(account.password_change), name="account_change_password"),
    path("account/confirm/", _own(account.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code/", _own(factor.reauthenticate), name="mfa_reauthenticate"),
    path("account/app/", _own(totp.activate_totp), name="mfa_activate_totp"),
    path("account/app/remove/", _own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes/", _own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("account/codes/new/", _own(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/sessions/", _own(sessions.list_usersessions), name="usersessions_list"),
    path("team/", team.team, name="team"),
    path("team/<int:user_id>/", team.member, name="team_member"),
]
