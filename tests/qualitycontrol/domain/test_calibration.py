"""Kappa by hand and against scikit-learn; Table 7's arithmetic; the grid's speed."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from corpus.record import Survey
from qualitycontrol.domain.assessment import assess
from qualitycontrol.domain.calibration import (
    FACTORS,
    Agreement,
    Measures,
    Rule,
    average,
    calibrate,
    cohen_kappa,
    grid,
    measure,
    one_factor,
    ranked,
    rule_of,
    verdicts,
)
from tests.qualitycontrol.factories import default_rules, make_record

BASE = Rule(1, 8, 3, 4, None, 6)
STEPS = {
    "improvement": (1, 2),
    "supporter_mean_length": (7, 8, 9),
    "empathy": (2, 3, 4),
    "relevance": (3, 4, 5),
    "detail": (None, 2, 3, 4),
    "seeker_mean_length": (5, 6, 7),
}
# Liu et al. 2021, Table 7: thresholds and the printed agreement with each annotator, and the printed average.
TABLE_7 = (
    (Rule(1, 8, 3, 4, None, 6), (0.545, 0.659, 0.525), 0.576),
    (Rule(2, 8, 3, 4, None, 6), (0.505, 0.566, 0.486), 0.519),
    (Rule(1, 8, 4, 4, None, 6), (0.539, 0.602, 0.519), 0.553),
    (Rule(1, 8, 2, 4, None, 6), (0.539, 0.618, 0.570), 0.576),
    (Rule(1, 8, 3, 3, None, 6), (0.546, 0.630, 0.526), 0.567),
    (Rule(1, 8, 3, 5, None, 6), (0.575, 0.640, 0.555), 0.590),
    (Rule(1, 8, 3, 4, None, 7), (0.539, 0.602, 0.473), 0.538),
    (Rule(1, 8, 3, 4, None, 5), (0.520, 0.551, 0.501), 0.524),
    (Rule(1, 8, 3, 4, 3, 6), (0.505, 0.653, 0.531), 0.563),
    (Rule(1, 8, 3, 4, 2, 6), (0.527, 0.640, 0.508), 0.558),
    (Rule(1, 8, 3, 4, 4, 6), (0.457, 0.599, 0.482), 0.513),
    (Rule(1, 9, 3, 4, None, 6), (0.510, 0.621, 0.490), 0.540),
    (Rule(1, 7, 3, 4, None, 6), (0.515, 0.633, 0.495), 0.548),
)


def test_kappa_by_hand() -> None:
    # 12 items: both good 5, both bad 4 (observed 9/12); rule good 6, human good 7: expected (6*7 + 6*5) / 144.
    rule = np.array([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0], dtype=bool)
    human = np.array([1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0], dtype=bool)
    assert cohen_kappa(rule[None, :], human)[0] == pytest.approx((9 / 12 - 72 / 144) / (1 - 72 / 144))


def test_kappa_is_undefined_where_chance_explains_everything() -> None:
    always = np.ones((1, 4), dtype=bool)
    assert np.isnan(cohen_kappa(always, np.ones(4, dtype=bool))[0])
    assert np.isnan(cohen_kappa(np.zeros((1, 0), dtype=bool), np.zeros(0, dtype=bool))[0])
    assert cohen_kappa(always, np.array([True, False, True, False]))[0] == 0.0


def test_kappa_is_scikit_learns() -> None:
    random = np.random.default_rng(7)
    rules, human = random.random((40, 60)) < 0.6, random.random(60) < 0.7
    expected = [cohen_kappa_score(row, human) for row in rules]
    assert cohen_kappa(rules, human) == pytest.approx(expected)


def test_table_7_averages_as_printed() -> None:
    for rule, kappas, printed in TABLE_7:
        assert round(average(kappas) or 0, 3) == pytest.approx(printed, abs=0.0011), rule


def test_table_7_ranks_as_the_paper_says() -> None:
    groups = ranked(Agreement(rule, 0, kappas, average(kappas)) for rule, kappas, _printed in TABLE_7)
    assert [agreement.rule for agreement in groups[0]] == [Rule(1, 8, 3, 5, None, 6)]
    assert {agreement.rule for agreement in groups[1]} == {BASE, Rule(1, 8, 2, 4, None, 6)}


def test_table_7_varies_one_factor_at_a_time() -> None:
    assert set(one_factor(BASE, STEPS)) == {rule for rule, _kappas, _printed in TABLE_7}
    assert one_factor(BASE, STEPS)[0] == BASE


def test_the_grid_is_the_product_of_the_steps() -> None:
    rules = grid(STEPS)
    assert len(rules) == len(set(rules)) == 2 * 3 * 3 * 3 * 4 * 3
    with pytest.raises(ValueError, match="empathy has no steps"):
        grid(STEPS | {"empathy": ()})
    with pytest.raises(ValueError, match="relevance cannot be left out"):
        grid(STEPS | {"relevance": (None, 4)})


def test_the_base_rule_says_what_the_assessment_says() -> None:
    quality = default_rules()
    surveys = [
        Survey(4, after, empathy, relevance, 1)
        for after in (2, 3, 4)
        for empathy in (2, 3)
        for relevance in (3, 4)
    ]
    records = [
        make_record(survey=survey, seeker_words=seeker, supporter_words=supporter)
        for survey in surveys
        for seeker in (5, 6)
        for supporter in (7, 8)
    ]
    base = rule_of(quality.approval)
    assert base == BASE
    found = verdicts(
        [base], measure(records, quality.approval), needed=quality.approval.supporter_criteria_needed
    )
    assert found[0].tolist() == [assess(r, finished=True, rules=quality).approved for r in records]
    assert 0 < found[0].sum() < len(records)


def test_the_detail_counts_only_where_the_rule_asks_for_it() -> None:
    approval = default_rules().approval
    records = [
        make_record(),
        make_record(survey=Survey(4, 3, 3, 4, None)),
        make_record(survey=Survey(4, 3, 3, 4, 3)),
    ]
    found = verdicts([BASE, replace(BASE, detail=2)], measure(records, approval), needed=3)
    assert found.tolist() == [[True, True, True], [False, False, True]]


def test_annotators_need_not_have_judged_the_same() -> None:
    approval = default_rules().approval
    measures = measure([make_record(), make_record(seeker_words=5), make_record(), make_record()], approval)
    judgements = {"a": {0: True, 1: False, 2: True}, "b": {1: True, 3: False}}
    (agreement,) = calibrate([BASE], measures, judgements, needed=3)
    assert agreement.kept == 3
    assert agreement.kappas == (1.0, -1.0)
    assert agreement.average == 0.0
    (silent,) = calibrate([BASE], measures, {"a": {0: True}}, needed=3)
    assert (silent.kappas, silent.average) == ((None,), None)


def test_two_thousand_rules_on_1300_conversations_take_under_five_seconds() -> None:
    random = np.random.default_rng(1)
    measures = Measures({name: random.integers(1, 12, 1300).astype(float) for name in FACTORS})
    people = {name: dict(enumerate((random.random(1300) < 0.7).tolist())) for name in "abc"}
    rules = grid(STEPS | {"improvement": (-1, 0, 1, 2, 3), "relevance": (2, 3, 4, 5)})
    assert len(rules) >= 2000
    began = time.process_time()
    assert len(calibrate(rules, measures, people, needed=3)) == len(rules)
    assert time.process_time() - began < 5
