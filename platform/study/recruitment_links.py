"""The links that people arrive by: what is pasted at a recruiting site, and as a picture to print."""

from __future__ import annotations

from urllib.parse import quote

import segno
from django.urls import reverse

from study.domain.recruitment import PROVIDERS, Part
from study.models import Recruitment

_PLACEHOLDERS = {
    "prolific": "PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}",
    "sona": "sona_id=%SURVEY_CODE%",
}
"""What a site replaces in the link. MTurk and Connect append their parameters themselves."""


def arrival_path(row: Recruitment) -> str:
    """Return the path and query of a task's link; "" for invitations, whose links are made one by one."""
    if row.provider == "anonymous":
        return reverse("study:anonymous", args=[row.study.slug])
    if row.provider == "invitation":
        return ""
    if row.part == Part.WHOLE:
        path = reverse("study:arrive", args=[row.provider, row.study.slug])
    else:
        path = reverse("study:arrive_part", args=[row.provider, row.study.slug, row.part])
    query = _PLACEHOLDERS.get(row.provider, "")
    if row.provider == "panel":
        query = f"{quote(row.session_parameter or PROVIDERS['panel'].session_parameter)}=ID"
    return f"{path}?{query}" if query else path


def qr_image(url: str) -> str:
    """Return a QR code as the address of an inline image."""
    address: str = segno.make(url, error="m").svg_data_uri(scale=5, border=4, light="white")
    return address
