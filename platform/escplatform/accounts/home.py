"""Where a member of the team arrives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from study.staff import account_page, page_context, sections_of


@account_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go to the first section that the account may open; without a role, say so."""
    sections = sections_of(request)
    if sections:
        return redirect(sections[0][1])
    return render(request, "account/no_role.html", page_context(request, section=""))
