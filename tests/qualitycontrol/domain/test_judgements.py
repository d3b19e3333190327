"""Files of judgements: read whole or refused with the line."""

from __future__ import annotations

import pytest

from qualitycontrol.domain.judgements import JudgementsInvalid, read_judgements

INDEX_OF = {"a": 0, "b": 1}
HEAD = "conversation,annotator,judgement"


def test_judgements_are_read_by_annotator() -> None:
    lines = ["annotator,note,conversation,judgement", "Ann,x,b,GOOD", "Ben,,a,0", 'Ann,"x, y", a ,bad']
    assert read_judgements(lines, index_of=INDEX_OF) == {"Ann": {1: True, 0: False}, "Ben": {0: False}}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "line 1: expected the columns"),
        (["conversation,judgement", "a,good"], "missing annotator"),
        ([HEAD], "line 2: expected at least one"),
        ([HEAD, "c,Ann,good"], "line 2: there is no conversation 'c'"),
        ([HEAD, "a,Ann,good", "b,Ann,fine"], "line 3: expected good or bad, found 'fine'"),
        ([HEAD, "a,Ann,good", "a,Ann,bad"], "line 3: Ann judged a before"),
        ([HEAD, "a,,good"], "line 2: annotator is empty"),
        ([HEAD, "a"], "line 2: annotator is empty"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_with_its_line(lines: list[str], message: str) -> None:
    with pytest.raises(JudgementsInvalid, match=message):
        read_judgements(lines, index_of=INDEX_OF)
