"""Tests of the caps that stop intake, and of what a study is committed to."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from study.domain.errors import BudgetReached
from study.domain.recruitment import Arrival, Part
from study.models import Participation, Study
from study.models.participant import Outcome, Role
from study.selectors import study_booked, study_committed
from study.services.budget import budget_set
from study.services.participations import participation_end, participation_enter
from study.services.recruitment import recruitment_set
from tests.support.factories import arrival, make_participation, make_study
from tests.support.threads import at_once

pytestmark = pytest.mark.django_db
CHAT, TRAINING = Decimal("6.80"), Decimal("6.00")


def test_the_soft_cap_looks_at_what_is_booked() -> None:
    study = budget_set(make_study(), soft=CHAT, hard=None)
    first, second = make_participation(study), make_participation(study)
    participation_end(first.pk, outcome=Outcome.COMPLETED)
    assert study_booked(study) == CHAT
    with pytest.raises(BudgetReached):
        participation_enter(study, arrival=arrival())
    participation_end(second.pk, outcome=Outcome.COMPLETED)
    assert study_booked(study) == 2 * CHAT


def test_the_hard_cap_keeps_what_everybody_inside_may_still_earn() -> None:
    study = make_study()
    make_participation(study)
    assert study_committed(study) == CHAT
    make_participation(study, role=Role.SUPPORTER)
    assert study_committed(study) == 2 * CHAT + TRAINING
    participation_enter(study, arrival=arrival())  # may become a supporter
    assert study_committed(study) == 3 * CHAT + 2 * TRAINING


def test_a_task_that_fixes_the_part_commits_to_that_part_only() -> None:
    study = make_study()
    for part, amount in ((Part.TRAINING, TRAINING), (Part.SEEKER, CHAT), (Part.SUPPORTER, CHAT + TRAINING)):
        before = study_committed(study)
        row = recruitment_set(study, provider="prolific", part=part)
        participation_enter(study, arrival=arrival(), recruitment=row)
        assert study_committed(study) - before == amount


def test_nobody_comes_in_whose_pay_could_exceed_the_hard_cap() -> None:
    study = budget_set(make_study(), soft=None, hard=2 * (CHAT + TRAINING))
    for _person in range(2):
        participation_enter(study, arrival=arrival())
    with pytest.raises(BudgetReached):
        participation_enter(study, arrival=arrival())


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once() -> None:
    study = budget_set(make_study(), soft=None, hard=CHAT + TRAINING)
    found = at_once([partial(participation_enter, study, arrival=arrival()) for _call in range(8)])
    assert sum(isinstance(item, Participation) for item in found) == 1, found
    assert sum(isinstance(item, BudgetReached) for item in found) == 7


def test_the_page_is_friendly_and_who_is_inside_comes_back() -> None:
    study = make_study()
    url = reverse("study:arrive", args=["prolific", study.slug])
    inside = {"PROLIFIC_PID": "aa", "SESSION_ID": "s1"}
    assert Client().get(url, inside).status_code == 302
    budget_set(study, soft=Decimal("0.00"), hard=None)
    page = Client().get(url, {"PROLIFIC_PID": "bb", "SESSION_ID": "s2"})
    assert "nobody new can come in" in page.content.decode()
    assert page.status_code == 200
    assert Client().get(url, inside).status_code == 302
    assert Participation.objects.count() == 1


def test_caps_that_could_never_act_are_refused() -> None:
    study = make_study()
    for soft, hard in ((Decimal(-1), None), (Decimal(10), Decimal(5))):
        with pytest.raises(ValueError, match="cap"):
            budget_set(study, soft=soft, hard=hard)
    assert Study.objects.get(pk=study.pk).budget_soft is None


def test_a_known_arrival_is_no_newcomer() -> None:
    study = make_study()
    known = Arrival("panel", "p", "s")
    mine = participation_enter(study, arrival=known)
    budget_set(study, soft=None, hard=Decimal("0.00"))
    assert participation_enter(study, arrival=known) == mine
