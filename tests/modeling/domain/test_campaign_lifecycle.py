"""Every state with every event, of a campaign and of a pair."""

from __future__ import annotations

from itertools import product

import pytest

from modeling.domain.campaign_lifecycle import (
    HOLD_PLACE,
    OPEN_PAIRS,
    CampaignEvent,
    CampaignState,
    IllegalStep,
    PairEvent,
    PairState,
    advance_campaign,
    advance_pair,
    place_free,
)

C, CE, P, PE = CampaignState, CampaignEvent, PairState, PairEvent

CAMPAIGN = {
    (C.DRAFT, CE.OPEN): C.OPEN,
    (C.OPEN, CE.PAUSE): C.PAUSED,
    (C.OPEN, CE.CLOSE): C.CLOSED,
    (C.OPEN, CE.FILL): C.CLOSED,
    (C.PAUSED, CE.OPEN): C.OPEN,
    (C.PAUSED, CE.CLOSE): C.CLOSED,
    (C.PAUSED, CE.FILL): C.CLOSED,
    (C.CLOSED, CE.OPEN): C.OPEN,
}
WAY = [P.ASSIGNED, P.FIRST_CHAT, P.BETWEEN, P.SECOND_CHAT, P.QUESTIONS, P.ANSWERED]
STEPS = [PE.BEGIN, PE.CHAT_DONE, PE.BEGIN, PE.CHAT_DONE, PE.ANSWER]


@pytest.mark.parametrize(("state", "event"), list(product(C, CE)))
def test_a_campaign_takes_the_steps_of_its_table_and_no_other(state: C, event: CE) -> None:
    if (state, event) in CAMPAIGN:
        assert advance_campaign(state, event) is CAMPAIGN[state, event]
    else:
        with pytest.raises(IllegalStep, match=state.value):
            advance_campaign(state, event)


@pytest.mark.parametrize(("state", "event"), list(product(P, PE)))
def test_a_pair_takes_the_steps_of_its_table_and_no_other(state: P, event: PE) -> None:
    expected = {(a, e): b for a, e, b in zip(WAY, STEPS, WAY[1:], strict=False)}
    expected |= {(s, PE.LEAVE): P.LEFT for s in WAY[:-1]} | {(s, PE.FAIL): P.FAILED for s in WAY[:-1]}
    expected |= {(s, PE.WITHDRAW): P.WITHDRAWN for s in [*WAY, P.LEFT, P.FAILED]}
    if (state, event) in expected:
        assert advance_pair(state, event) is expected[state, event]
    else:
        with pytest.raises(IllegalStep, match=state.value):
            advance_pair(state, event)


def test_who_is_on_the_way_or_done_holds_a_place_and_nobody_else() -> None:
    assert list(OPEN_PAIRS) == WAY[:-1]
    assert list(HOLD_PLACE) == WAY


@pytest.mark.parametrize(("taken", "free"), [(set(), 0), ({0, 1, 2}, 3), ({0, 2, 3}, 1), ({5}, 0)])
def test_a_place_given_back_goes_first(taken: set[int], free: int) -> None:
    assert place_free(taken) == free
