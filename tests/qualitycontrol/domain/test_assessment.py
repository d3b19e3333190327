"""The verdict, rule by rule. The paper's thresholds come from the protocol that the platform ships."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from corpus.labels import Speaker
from corpus.record import Conversation, Survey
from qualitycontrol.domain.assessment import Verdict, assess
from qualitycontrol.domain.lifecycle import State
from study.domain.errors import ProtocolInvalid
from tests.qualitycontrol.factories import NO_SURVEY, ON_EVERY_THRESHOLD, default_rules, make_record


def verdict(record: Conversation, *, finished: bool = True) -> Verdict:
    return assess(record, finished=finished, rules=default_rules())


def check_qualifies(record: Conversation) -> None:
    found = verdict(record)
    assert (found.state, found.reasons) == (State.QUALIFIED, ())


def check_refuses(
    record: Conversation, *, because: tuple[str, ...], state: State = State.UNQUALIFIED, finished: bool = True
) -> None:
    found = verdict(record, finished=finished)
    assert (found.state, found.reasons) == (state, because)
    assert not found.approved


def survey(**changes: int | None) -> Survey:
    return replace(ON_EVERY_THRESHOLD, **changes)


def test_a_conversation_exactly_on_every_threshold_qualifies() -> None:
    check_qualifies(make_record())


def test_one_utterance_less_than_sixteen_is_filtered_out() -> None:
    record = make_record()
    short = replace(record, utterances=record.utterances[:15])
    check_refuses(short, because=("too_short",), state=State.FILTERED_OUT)


def test_unfinished_is_filtered_out_however_good() -> None:
    check_refuses(make_record(), because=("not_finished",), state=State.FILTERED_OUT, finished=False)


def test_both_reasons_of_the_filter_are_told() -> None:
    check_refuses(
        make_record(pairs=7), because=("not_finished", "too_short"), state=State.FILTERED_OUT, finished=False
    )


def test_consecutive_messages_of_one_speaker_count_as_utterances() -> None:
    record = make_record()
    bundled = sorted(record.utterances, key=lambda u: u.speaker is Speaker.SUPPORTER)
    check_qualifies(replace(record, utterances=tuple(bundled)))


@pytest.mark.parametrize(
    "one_below",
    [
        make_record(survey=survey(empathy=2)),
        make_record(survey=survey(relevance=3)),
        make_record(supporter_words=7),
    ],
    ids=["empathy", "relevance", "supporter length"],
)
def test_one_of_the_four_supporter_criteria_may_fail(one_below: Conversation) -> None:
    check_qualifies(one_below)


@pytest.mark.parametrize(
    "two_below",
    [
        make_record(survey=survey(empathy=2, relevance=3)),
        make_record(survey=survey(empathy=2), supporter_words=7),
        make_record(survey=survey(relevance=3), supporter_words=7),
        make_record(survey=survey(relevance=3, intensity_after=4)),
        make_record(survey=survey(intensity_after=4), supporter_words=7),
    ],
)
def test_two_failed_supporter_criteria_are_too_many(two_below: Conversation) -> None:
    check_refuses(two_below, because=("supporter_criteria",))


def test_the_seekers_length_is_never_optional() -> None:
    check_refuses(make_record(seeker_words=5), because=("seeker_mean_length",))


def test_the_supporters_rating_of_detail_is_never_required() -> None:
    check_qualifies(make_record(survey=survey(detail=None)))
    check_qualifies(make_record(survey=survey(detail=0)))


@pytest.mark.parametrize("intensity_after", [4, 5])
def test_approved_without_improvement_goes_to_the_intensity_review(intensity_after: int) -> None:
    found = verdict(make_record(survey=survey(intensity_after=intensity_after)))
    assert (found.state, found.reasons) == (State.INTENSITY_QUERIED, ("improvement",))
    assert found.approved


def test_without_survey_lengths_and_last_two_scores_decide() -> None:
    check_qualifies(make_record(survey=NO_SURVEY, feedback=(1, 5, 5)))


@pytest.mark.parametrize(
    "missing",
    [{"intensity_after": None}, {"empathy": None}, {"relevance": None}],
    ids=lambda m: next(iter(m)),
)
def test_any_missing_answer_means_no_survey(missing: dict[str, None]) -> None:
    check_refuses(make_record(survey=survey(**missing), feedback=(5, 4)), because=("last_feedback",))
    check_qualifies(make_record(survey=survey(**missing), feedback=(5, 5)))


@pytest.mark.parametrize("feedback", [(), (5,), (5, 4), (4, 5), (5, 5, 3)])
def test_without_survey_fewer_or_lower_scores_refuse(feedback: tuple[int, ...]) -> None:
    check_refuses(make_record(survey=NO_SURVEY, feedback=feedback), because=("last_feedback",))


def test_without_survey_both_lengths_are_required() -> None:
    check_refuses(
        make_record(survey=NO_SURVEY, feedback=(5, 5), seeker_words=5, supporter_words=7),
        because=("supporter_mean_length", "seeker_mean_length"),
    )


@pytest.mark.parametrize(
    ("feedback", "alternative"),
    [
        ((5, 5), State.QUALIFIED),
        ((4, 4), State.QUALIFIED),
        ((5, 3), State.UNQUALIFIED),
        ((4,), State.UNQUALIFIED),
    ],
)
def test_the_alternative_reading_is_kept_beside_the_first(
    feedback: tuple[int, ...], alternative: State
) -> None:
    found = verdict(make_record(survey=NO_SURVEY, feedback=feedback))
    assert found.alternative_state is alternative


def test_the_alternative_reading_changes_nothing_but_the_scores() -> None:
    short = verdict(make_record(survey=NO_SURVEY, feedback=(4, 4), seeker_words=5))
    surveyed = verdict(make_record(survey=survey(empathy=2, relevance=3), feedback=(4, 4)))
    filtered = verdict(make_record(survey=NO_SURVEY, feedback=(4, 4), pairs=7))
    assert short.alternative_state is State.UNQUALIFIED
    assert surveyed.alternative_state is State.UNQUALIFIED
    assert filtered.alternative_state is State.FILTERED_OUT


def test_every_criterion_is_computed_even_when_the_filter_refuses() -> None:
    found = verdict(make_record(pairs=2, feedback=(2, 4)), finished=False).findings
    assert list(found) == [
        "empathy",
        "relevance",
        "supporter_mean_length",
        "improvement",
        "seeker_mean_length",
        "last_feedback",
    ]
    assert [finding.value for finding in found.values()] == [3, 4, 8.0, 1, 6.0, (2, 4)]
    assert [finding.met for finding in found.values()] == [True, True, True, True, True, False]


def test_what_cannot_be_computed_is_neither_met_nor_refused() -> None:
    record = make_record(survey=NO_SURVEY, feedback=(5,))
    alone = replace(record, utterances=record.by(Speaker.SEEKER))
    found = verdict(alone).findings
    for name in ("empathy", "relevance", "improvement", "last_feedback", "supporter_mean_length"):
        assert (found[name].value, found[name].met) == (None, None)
    assert "supporter said nothing" in found["supporter_mean_length"].explanation


def test_explanations_carry_value_and_threshold() -> None:
    found = verdict(make_record(seeker_words=5, feedback=(5, 4))).findings
    assert found["seeker_mean_length"].explanation == ("Seeker's mean length: 5; at least 6 is not met.")
    assert found["last_feedback"].explanation == (
        "Last feedback scores: 5, 4; all greater than 4 is not met."
    )


def test_the_protocol_says_which_and_how_many() -> None:
    rules = default_rules()
    stricter = msgspec.structs.replace(
        rules, approval=msgspec.structs.replace(rules.approval, supporter_criteria_needed=4, empathy_min=4)
    )
    assert assess(make_record(), finished=True, rules=stricter).reasons == ("supporter_criteria",)


def test_an_unknown_criterion_is_refused_with_the_known_ones() -> None:
    rules = default_rules()
    odd = msgspec.structs.replace(
        rules, approval=msgspec.structs.replace(rules.approval, seeker_criteria=("charm",))
    )
    with pytest.raises(ProtocolInvalid, match=r"'charm'; there are empathy.*quality\.approval"):
        assess(make_record(), finished=True, rules=odd)
