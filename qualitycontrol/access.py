"""Who may see the researchers' pages: staff, and nobody else. The rule is the study room's, shared by every room."""

from __future__ import annotations

from study.staff import is_staff, page_context, staff_page

__all__ = ["is_staff", "page_context", "staff_page"]
