"""The team's accounts, for admins: who there is, with which roles; add, change, end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from escplatform.accounts.texts import role_label
from study.domain.staff_roles import StaffRole
from study.second_factor import has_second_factor
from study.services.staff import StaffRefused, roles_set, staff_add, staff_end, staff_reset
from study.staff import admin_page, page_context, staff_roles


class RolesForm(forms.Form):
    """Which roles an account has."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.value, role_label(role)) for role in StaffRole]  # type: ignore[attr-defined]

    def chosen(self) -> list[StaffRole]:
        """Return the roles."""
        return [StaffRole(value) for value in self.cleaned_data["roles"]]


class AddForm(RolesForm):
    """A new account."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("username", "roles")


@admin_page
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest) -> HttpResponse:
    """List the accounts and add one; its password is shown on this one answer only."""
    form = AddForm(request.POST or None)
    password = ""
    if request.method == "POST" and form.is_valid():
        try:
            _user, password = staff_add(form.cleaned_data["username"], roles=form.chosen())
            form = AddForm()
        except StaffRefused as error:
            form.add_error("username", str(error))
    context = page_context(request, section="team") | {
        "form": form,
        "password": password,
        "added": request.POST.get("username", "") if password else "",
        "members": [_row(user) for user in User.objects.filter(is_staff=True).order_by("username")],
    }
    return render(request, "account/team.html", context, status=400 if form.errors else 200)


def _row(user: User) -> dict[str, Any]:
    return {
        "user": user,
        "roles": [role_label(role) for role in StaffRole if role in staff_roles(user)],
        "factor": has_second_factor(user.pk),
    }


@admin_page
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change one account: its roles, a new password, its end."""
    user = get_object_or_404(User, pk=user_id, is_staff=True)
    form = RolesForm(
        request.POST if "save" in request.POST else None, initial={"roles": sorted(staff_roles(user))}
    )
    password = ""
    try:
        if "end" in request.POST:
            staff_end(user)
            messages.success(request, _("The account is closed and signed out everywhere."))
            return redirect("team")
        if "reset" in request.POST:
            password = staff_reset(user)
        elif form.is_valid():
            roles_set(user, form.chosen())
            messages.success(request, _("The roles are saved. They count from now on."))
            return redirect("team")
    except StaffRefused as error:
        messages.error(request, str(error))
        return redirect("team_member", user_id)
    context = page_context(request, section="team") | {"form": form, "password": password, **_row(user)}
    return render(request, "account/member.html", context)
