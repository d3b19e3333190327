"""Set up tasks at recruiting sites."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from study.domain.completion import CodeGroup, groups_of, reward_of, site_pay
from study.domain.errors import RecruitmentInvalid
from study.domain.recruitment import PROVIDERS, Part, check_finish_url
from study.models import CompletionCode, Participation, Recruitment, Study

CODE_MAX_LENGTH = 64


@transaction.atomic
def recruitment_set(
    study: Study,
    *,
    provider: str,
    part: Part = Part.WHOLE,
    reward: Decimal | None = None,
    screen_out_pay: Decimal | None = None,
    codes: Mapping[str, str] | None = None,
    finish_url: str | None = None,
    person_parameter: str | None = None,
    session_parameter: str | None = None,
) -> Recruitment:
    """Set up a task at a site, or change it; what is left out keeps its value, or takes the default.

    `codes`: by the names of `study.domain.completion.GROUPS`; a group without one keeps its code, or gets a random
    one. `reward` defaults to what the part is worth by the protocol's table, where the site pays by itself at all.

    Raises:
        RecruitmentInvalid: the site or a group is unknown, an address or an amount cannot work, or a code that
            somebody has earned already would change.
    """
    if provider not in PROVIDERS:
        raise RecruitmentInvalid(f"{provider!r} is not a site; there are {', '.join(PROVIDERS)}.")
    row = Recruitment.objects.select_for_update().filter(study=study, provider=provider, part=part).first()
    if row is None:
        row = Recruitment(study=study, provider=provider, part=part, reward=_reward(study, provider, part))
    changes = {
        "reward": reward,
        "finish_url": finish_url,
        "person_parameter": person_parameter,
        "session_parameter": session_parameter,
    }
    for name, value in changes.items():
        if value is not None:
            setattr(row, name, value)
    check_finish_url(row.finish_url)
    row.save()
    _codes_set(row, given=codes or {}, screen_out_pay=screen_out_pay)
    return row


def _reward(study: Study, provider: str, part: Part) -> Decimal:
    if provider not in {"prolific", "connect", "mturk"}:
        return Decimal(0)
    return reward_of(study.protocol_version.protocol.rewards, part)


def _codes_set(row: Recruitment, *, given: Mapping[str, str], screen_out_pay: Decimal | None) -> None:
    groups = groups_of(Part(row.part))
    if unknown := set(given) - set(groups):
        raise RecruitmentInvalid(
            f"{min(unknown)!r} is not a code of this task; there are {', '.join(groups)}."
        )
    taken: set[str] = set()
    for name, group in groups.items():
        code = given.get(name) or _code_now(row, group) or secrets.token_hex(6).upper()
        if len(code) > CODE_MAX_LENGTH or not code.isprintable() or " " in code:
            raise RecruitmentInvalid(f"{code!r} cannot be a code.")
        if code in taken:
            raise RecruitmentInvalid(f"{code} stands for two groups; a site acts on each code in one way.")
        taken.add(code)
        _code_store(row, group, code=code, screen_out_pay=_screen_out_pay(row, group, screen_out_pay))


def _code_now(row: Recruitment, group: CodeGroup) -> str:
    found = row.codes.filter(outcome__in=group.outcomes).first()
    return found.code if found else ""


def _screen_out_pay(row: Recruitment, group: CodeGroup, given: Decimal | None) -> Decimal:
    if given is not None:
        return given
    found = row.codes.filter(outcome__in=group.outcomes).first()
    if found is not None:
        return found.pays
    if not row.reward:
        return Decimal(0)
    return row.study.protocol_version.protocol.rewards.amount("left_early")


def _code_store(row: Recruitment, group: CodeGroup, *, code: str, screen_out_pay: Decimal) -> None:
    before = _code_now(row, group)
    earned = Participation.objects.filter(recruitment=row, outcome__in=group.outcomes)
    if before and before != code and earned.exists():
        raise RecruitmentInvalid(f"Somebody has been shown the code {before}; it stays as it is.")
    pays = site_pay(group.action, reward=row.reward, screen_out_pay=screen_out_pay)
    for outcome in group.outcomes:
        CompletionCode.objects.update_or_create(
            recruitment=row,
            outcome=outcome,
            defaults={"code": code, "action": group.action, "pays": pays},
        )
