"""Judgements are kept whole or not at all; a rule becomes a new version and changes nothing that stands."""

from __future__ import annotations

import pytest

from qualitycontrol.domain.calibration import Rule
from qualitycontrol.domain.judgements import JudgementsInvalid
from qualitycontrol.models import Assessment, Judgement
from qualitycontrol.services.assessments import assessment_make
from qualitycontrol.services.calibration import RuleRefused, approval_rule_set, judgements_store
from study.domain.protocol import FIRST_OWN_VERSION
from study.models import ProtocolVersion
from tests.qualitycontrol.rows import make_conversations, make_study

pytestmark = pytest.mark.django_db
HEAD = "conversation,annotator,judgement"


def test_a_newer_word_takes_the_place_of_the_older() -> None:
    (row,) = make_conversations()
    judgements_store([HEAD, f"{row.public_id},Ann,good", f"{row.public_id},Ben,good"])
    assert judgements_store([HEAD, f"{row.public_id},Ann,bad"]) == 1
    assert set(Judgement.objects.values_list("annotator", "good")) == {("Ann", False), ("Ben", True)}


def test_a_file_with_an_error_stores_nothing() -> None:
    (row,) = make_conversations()
    with pytest.raises(JudgementsInvalid, match="line 3"):
        judgements_store([HEAD, f"{row.public_id},Ann,good", "unknown,Ann,good"])
    assert not Judgement.objects.exists()


def test_a_rule_becomes_the_next_version_and_changes_nothing_that_stands() -> None:
    study = make_study()
    base = study.protocol_version
    (row,) = make_conversations(study=study)
    before = assessment_make(row.pk)
    stored = approval_rule_set(base, rule=Rule(2, 8, 3, 5, None, 6.5))
    approval = stored.protocol.quality.approval
    assert (stored.name, stored.version) == (base.name, FIRST_OWN_VERSION)
    assert (approval.improvement_min, approval.relevance_min, approval.seeker_mean_length_min) == (2, 5, 6.5)
    assert approval.source.startswith(f"calibrated from version {base.version}; Table 1")
    study.refresh_from_db()
    base.refresh_from_db()
    assert study.protocol_version == base
    assert base.protocol.quality.approval.relevance_min == 4
    assert assessment_make(row.pk) == before
    beside = assessment_make(row.pk, protocol_version=stored)
    assert (before.state, beside.state) == ("qualified", "unqualified")
    assert Assessment.objects.filter(superseded_at=None).count() == 2
    assert approval_rule_set(base, rule=Rule(1, 8, 3, 5, None, 6)).version == FIRST_OWN_VERSION + 1


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Rule(1, 8, 3, 4, None, 6), "rule of esconv-2021 v2 already"),
        (Rule(1, 8, 3, 4, 3, 6), "cannot become"),
    ],
)
def test_a_rule_that_changes_nothing_or_cannot_be_said_is_refused(rule: Rule, message: str) -> None:
    with pytest.raises(RuleRefused, match=message):
        approval_rule_set(make_study().protocol_version, rule=rule)
    assert ProtocolVersion.objects.count() == 1
