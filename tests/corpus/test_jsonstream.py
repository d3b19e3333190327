from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus import jsonstream
from corpus.errors import CorpusFormatError
from corpus.jsonstream import decode_value, iter_array

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(VALUES, max_size=6), indent=st.sampled_from([None, 2]), window=st.integers(1, 40))
def test_any_array_reads_as_the_library_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: list[object], indent: int | None, window: int
) -> None:
    monkeypatch.setattr(jsonstream, "READ_CHARACTERS", window)
    path = tmp_path / "array.json"
    path.write_text(json.dumps(values, indent=indent), encoding="utf-8")
    assert list(iter_array(path)) == values


@pytest.mark.parametrize(
    ("text", "index", "because"),
    [
        ("", None, "a JSON list"),
        ('{"a": 1}', None, "a JSON list"),
        ("[1, 2", 1, "',' or ']'"),
        ("[1 2]", 0, "',' or ']'"),
        ('[{"a": 1}, {"a": }]', 1, "valid JSON"),
        ("[1,]", 1, "valid JSON"),
        ("[NaN]", 0, "valid JSON"),
        ("[1] 2", None, "the end of the file"),
        ("[" * 200_000, 0, "depth"),
        (f"[{'9' * 5_000}]", 0, "numbers"),
    ],
)
def test_damage_is_refused_with_the_record(
    tmp_path: Path, text: str, index: int | None, because: str
) -> None:
    path = tmp_path / "damaged.json"
    path.write_text(text)
    with pytest.raises(CorpusFormatError) as refusal:
        list(iter_array(path))
    assert refusal.value.index == index
    assert because in refusal.value.expected


def test_the_place_of_the_damage_is_counted_from_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonstream, "READ_CHARACTERS", 7)
    path = tmp_path / "damaged.json"
    path.write_text('["one", "two", "three" "four"]')
    with pytest.raises(CorpusFormatError, match="character 23"):
        list(iter_array(path))


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.json"
    path.write_bytes('["café"]'.encode("latin-1"))
    with pytest.raises(CorpusFormatError, match="UTF-8"):
        list(iter_array(path))


def test_a_byte_order_mark_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "marked.json"
    path.write_bytes(b"\xef\xbb\xbf[1]")
    assert list(iter_array(path)) == [1]


def test_one_value_is_all_a_line_may_hold() -> None:
    assert decode_value(' {"a": 1} ', index=4) == {"a": 1}
    with pytest.raises(CorpusFormatError, match="record 4: expected one JSON value"):
        decode_value("1 2", index=4)
