"""URLs of signing in and of one's own account, below `/research/`.

Of django-allauth's pages only these are there: no sign-up, no e-mail, no reset by mail. The names are the library's.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import path

from escplatform.accounts import team
from escplatform.accounts.home import home
from study.staff import EVERYBODY, account_page, declare

urlpatterns = [
    path("", home, name="research_home"),
    path("login/", declare(account.login, EVERYBODY), name="account_login"),
    path("login/code/", declare(factor.authenticate, EVERYBODY), name="mfa_authenticate"),
    path("logout/", declare(account.logout, EVERYBODY), name="account_logout"),
    path("account/", account_page(factor.index), name="mfa_index"),
    path("account/password/", account_page(account.password_change), name="account_change_password"),
    path("account/confirm/", account_page(account.reauthenticate), name="account_reauthenticate"),
    path("account/confirm/code/", account_page(factor.reauthenticate), name="mfa_reauthenticate"),
    path("account/app/", account_page(totp.activate_totp), name="mfa_activate_totp"),
    path("account/app/remove/", account_page(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/codes/", account_page(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/codes/new/", account_page(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path("account/sessions/", account_page(sessions.list_usersessions), name="usersessions_list"),
    path("team/", team.team, name="team"),
    path("team/<int:user_id>/", team.member, name="team_member"),
]
