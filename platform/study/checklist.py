"""What has to be in order before a study may open, item by item.

Red stands in the way. Amber should be looked at. A study of rehearsal, and a demonstration in which nobody is paid
by a site, may open without what only a real one needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from study.domain.pay_estimate import Assumptions, Estimate, pay_estimate
from study.domain.protocol import text_digest
from study.domain.recruitment import PROVIDERS
from study.domain.resources_content import unverified
from study.models import Study, StudyEvent
from study.pay_report import pay_rates


class Light(StrEnum):
    """How an item stands."""

    GREEN = "green"
    """In order."""
    AMBER = "amber"
    """Somebody should look at it."""
    RED = "red"
    """The study cannot open."""


@dataclass(frozen=True, slots=True)
class Item:
    """One point of the checklist."""

    key: str
    title: str
    light: Light
    why: str
    """What is in order, or what is missing, in a sentence."""


def checklist(study: Study, *, today: date) -> list[Item]:
    """Return every item for a study as it stands, in the order in which one works through them."""
    return [
        _protocol(study),
        _consent(study),
        _recruitment(study),
        _pay(study),
        _resources(study, today=today),
        _limits(study),
        _budget(study),
        _preview(study),
    ]


def in_the_way(items: Sequence[Item]) -> list[Item]:
    """Return the red items."""
    return [item for item in items if item.light is Light.RED]


def study_estimate(study: Study) -> Estimate:
    """Return what the study's pay table comes to under the default assumptions."""
    return pay_estimate(study.protocol_version.protocol.rewards, Assumptions())


def _real(study: Study) -> bool:
    return not study.is_demo and not study.protocol_version.protocol.rehearsal


def _needed(study: Study) -> Light:
    """Return how bad it is when something lacks that only a real study needs."""
    return Light.RED if _real(study) else Light.AMBER


def _protocol(study: Study) -> Item:
    version, title = study.protocol_version, _("Protocol")
    if version.protocol.rehearsal and not study.is_demo:
        why = _("%(version)s is a rehearsal with short times; a real study needs another protocol.")
        return Item("protocol", title, Light.AMBER, why % {"version": version})
    return Item("protocol", title, Light.GREEN, _("It runs under %(version)s.") % {"version": version})


def _consent(study: Study) -> Item:
    title = _("Consent text and contact")
    if not study.contact.strip():
        return Item("consent", title, Light.RED, _("Participants have nobody to write to."))
    missing = [
        words
        for value, words in (
            (study.institution, _("the institution")),
            (study.review_board, _("the ethics approval")),
        )
        if not value.strip()
    ]
    if missing:
        why = _("The consent text cannot name %(what)s.") % {"what": _(" and ").join(missing)}
        return Item("consent", title, _needed(study), why)
    why = _("Version %(version)s of the text names institution, approval and contact.")
    return Item(
        "consent", title, Light.GREEN, why % {"version": study.protocol_version.protocol.consent.version}
    )


def _recruitment(study: Study) -> Item:
    title = _("Recruitment")
    rows = list(study.recruitments.order_by("pk"))
    links = study.invitations.count()
    if not rows and not links:
        if study.is_demo:
            return Item(
                "recruitment", title, Light.GREEN, _("Anyone may enter by the demonstration's own links.")
            )
        return Item(
            "recruitment", title, Light.RED, _("Nobody can come: there is neither task nor invitation.")
        )
    names = [PROVIDERS[row.provider].name for row in rows if row.provider in PROVIDERS]
    if links:
        names.append(ngettext("%(count)s invitation", "%(count)s invitations", links) % {"count": links})
    why = _("People come by: %(names)s.") % {"names": ", ".join(dict.fromkeys(names))}
    return Item("recruitment", title, Light.GREEN, why)


def _pay(study: Study) -> Item:
    title = _("Pay")
    rewards = study.protocol_version.protocol.rewards
    low = study_estimate(study).below_floor
    values = {"floor": rewards.floor_per_hour, "currency": rewards.currency}
    if low:
        worst = min(low, key=lambda rate: rate.per_hour)
        why = _("%(work)s is estimated at %(rate)s %(currency)s per hour, below the floor of %(floor)s.")
        return Item(
            "pay", title, _needed(study), why % (values | {"work": worst.work, "rate": worst.per_hour})
        )
    if any(rate.below_floor for rate in pay_rates(study)):
        why = _("Somebody's observed pay lies below the floor of %(floor)s %(currency)s per hour.")
        return Item("pay", title, Light.AMBER, why % values)
    why = _("Every kind of work is estimated above the floor of %(floor)s %(currency)s per hour.")
    return Item("pay", title, Light.GREEN, why % values)


def _resources(study: Study, *, today: date) -> Item:
    title = _("Crisis resources")
    resources = study.protocol_version.protocol.resources
    tried = _tried(study, today=today)
    stale = [entry for entry in unverified(resources, today=today) if text_digest(entry) not in tried]
    if stale:
        why = ngettext(
            "%(count)s of %(all)s entries was never checked, or its check has expired: %(names)s.",
            "%(count)s of %(all)s entries were never checked, or their check has expired: %(names)s.",
            len(stale),
        )
        names = ", ".join(f"{entry.name} ({entry.country})" for entry in stale[:3])
        names += "" if len(stale) <= 3 else " …"
        values = {"count": len(stale), "all": len(resources), "names": names}
        return Item("resources", title, _needed(study), why % values)
    until = min(str(tried.get(text_digest(entry), entry.expires_on)) for entry in resources)
    return Item(
        "resources",
        title,
        Light.GREEN,
        _("All entries are checked; the first expires on %(day)s.") % {"day": until},
    )


def _tried(study: Study, *, today: date) -> dict[str, date]:
    """Return until when the team's own checks of this study's entries hold, by the entry's digest."""
    newest = {check.entry_sha256: check for check in study.resource_checks.order_by("pk")}
    return {
        digest: check.expires_on
        for digest, check in newest.items()
        if check.checked_on <= today < check.expires_on
    }


def _limits(study: Study) -> Item:
    chat = study.protocol_version.protocol.chat
    why = _(
        "The seeker may finish after %(turns)s turns and %(least)s minutes; a conversation lasts %(most)s minutes "
        "at most; a wait %(wait)s."
    )
    values = {
        "turns": chat.finish_min_seeker_turns,
        "least": f"{chat.finish_min_seconds / 60:g}",
        "most": f"{chat.max_seconds / 60:g}",
        "wait": f"{chat.wait_cap_seconds / 60:g}",
    }
    possible = chat.finish_min_seconds < chat.max_seconds
    why = (
        why
        if possible
        else _("No conversation could be finished: the longest time is over before the least.")
    )
    return Item("limits", _("Limits"), Light.GREEN if possible else Light.RED, why % values)


def _budget(study: Study) -> Item:
    title = _("Budget")
    if study.budget_hard is None:
        return Item("budget", title, _needed(study), _("There is no hard cap: the study could cost any sum."))
    currency = study.protocol_version.protocol.rewards.currency
    why = _("Nobody new comes in above %(cap)s %(currency)s.")
    return Item("budget", title, Light.GREEN, why % {"cap": study.budget_hard, "currency": currency})


def _preview(study: Study) -> Item:
    title = _("Preview")
    seen = set(
        study.events.filter(
            kind=StudyEvent.Kind.PREVIEW, detail__endswith=f"under {study.protocol_version}"
        ).values_list("detail", flat=True)
    )
    tried = [
        as_whom for as_whom in ("seeker", "supporter", "bot") if any(d.startswith(as_whom) for d in seen)
    ]
    if len(tried) == 3:
        return Item("preview", title, Light.GREEN, _("Tried as seeker, as supporter and with a program."))
    why = _("Under this version the team has tried: %(tried)s.") % {"tried": ", ".join(tried) or _("nothing")}
    return Item("preview", title, Light.AMBER, why)
