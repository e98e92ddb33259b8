"""Bytes of JSON to a document, and a document to the rows of clients."""

from __future__ import annotations

import json
import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputRefused, Problem, TooLarge, UnreadableInput
from core.readers.json_document import check_size, read_json, rows_of, without_infinities
from core.records import RepeatedNames

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def problem_of(content: bytes) -> Problem:
    with pytest.raises(UnreadableInput) as refused:
        read_json(content)
    return refused.value.problems[0]


@given(documents)
def test_any_document_that_python_writes_is_read_back(document: object) -> None:
    assert read_json(json.dumps(document).encode()) == document
    assert read_json(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")) == document


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_and_never_crash(content: bytes) -> None:
    try:
        read_json(content)
    except UnreadableInput as refused:
        assert refused.code in ("not_json", "wrong_encoding", "too_deep")


def test_nan_and_infinities_are_read_as_python_writes_them() -> None:
    found = read_json(b"[NaN, Infinity, -Infinity, 1e400, -1e400]")
    assert isinstance(found, list)
    assert math.isnan(found[0])
    assert found[1:] == [math.inf, -math.inf, math.inf, -math.inf]


@pytest.mark.parametrize("digits", [400, 4_300, 10_000])
def test_whole_number_of_hundreds_of_digits_is_infinite(digits: int) -> None:
    assert read_json(b"[1, " + b"9" * digits + b", 2]") == [1, math.inf, 2]


def test_large_id_keeps_every_digit() -> None:
    assert read_json(b"[9223372036854775807, 100000000000000000001]") == [2**63 - 1, 10**20 + 1]


COMMA_TOO_MANY = 8 if sys.version_info >= (3, 13) else 9
"""Newer Pythons point at the comma, older ones at what follows it."""


@pytest.mark.parametrize(
    ("content", "line", "position"),
    [(b"", 1, 1), (b'{"a": 1,}', 1, COMMA_TOO_MANY), (b'{"a":\n 1,\n  x}', 3, 3), (b"[1] 2", 1, 5)],
)
def test_broken_json_is_refused_by_line_and_position(content: bytes, line: int, position: int) -> None:
    problem = problem_of(content)
    assert problem.code == "not_json"
    assert problem.facts == {"line": line, "position": position}


@pytest.mark.parametrize("content", ['"é"'.encode("latin-1"), '"é"'.encode("utf-16"), b'"\xed\xa0\x80"', b"\xff"])
def test_other_encoding_than_utf_8_is_refused(content: bytes) -> None:
    assert problem_of(content).code == "wrong_encoding"


def test_byte_order_mark_is_skipped() -> None:
    assert read_json(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
def test_hundred_levels_are_read_and_one_more_is_refused(opening: bytes, closing: bytes) -> None:
    levels = opening.count(b"[") + opening.count(b"{")
    deep = 100 // levels
    assert read_json(opening * deep + b"1" + closing * deep)
    assert problem_of(opening * deep + b"[1]" + closing * deep).code == "too_deep"


@pytest.mark.parametrize("depth", [5_000, 1_000_000])
def test_endless_nesting_is_refused(depth: int) -> None:
    assert problem_of(b"[" * depth + b"]" * depth).code == "too_deep"


def test_brackets_in_text_are_not_levels() -> None:
    assert read_json(b'["' + b"[{" * 300 + b'"]') == ["[{" * 300]


def test_many_flat_rows_are_not_deep() -> None:
    assert len(read_json(json.dumps([{"a": []}] * 500).encode())) == 500  # type: ignore[arg-type]


def test_object_with_a_name_twice_says_which() -> None:
    found = read_json(b'{"data": [{"a": 1, "b": 2, "b": 3}, {"a": 1}]}')
    assert isinstance(found, dict)
    first, second = found["data"]
    assert isinstance(first, RepeatedNames)
    assert first.repeated == "b"
    assert not isinstance(second, RepeatedNames)


def test_rows_are_those_of_data() -> None:
    assert rows_of({"data": [{"a": 1}, 5], "more": 1}, 2) == [{"a": 1}, 5]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (None, "data_absent"),
        ([{"data": []}], "data_absent"),
        ({}, "data_absent"),
        ({"data": None}, "data_not_a_list"),
        ({"data": {"a": 1}}, "data_not_a_list"),
        ({"data": []}, "data_empty"),
    ],
)
def test_document_without_rows_is_refused(document: object, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        rows_of(document, 5)
    assert refused.value.code == code


def test_rows_over_the_limit_are_refused_with_the_limit() -> None:
    assert len(rows_of({"data": [1, 2, 3]}, 3)) == 3
    with pytest.raises(TooLarge) as refused:
        rows_of({"data": [1, 2, 3, 4]}, 3)
    assert (refused.value.code, refused.value.problems[0].facts) == ("too_many_rows", {"limit": 3})


def test_nan_and_infinities_become_null_wherever_they_are() -> None:
    document = {"a": math.nan, "b": [math.inf, {"c": -math.inf, "d": 0.5}], "e": "NaN", "f": True}
    expected = {"a": None, "b": [None, {"c": None, "d": 0.5}], "e": "NaN", "f": True}
    assert without_infinities(document) == expected
    assert math.isnan(document["a"])  # type: ignore[arg-type]


def test_data_twice_is_refused_for_the_first_would_be_lost() -> None:
    with pytest.raises(InputRefused) as refused:
        rows_of(read_json(b'{"data": [{"SK_ID_CURR": 1}], "data": [{"SK_ID_CURR": 2}]}'), 10)
    assert refused.value.code == "data_twice"


def test_as_many_values_as_the_clients_may_have_are_read_and_more_are_not() -> None:
    """A thousand clients may have 2,000 values each; 1,500,000 values and an opening bracket."""
    content = b"[" + b"1," * 1_500_000 + b"1]"
    check_size(content, 1000)
    with pytest.raises(TooLarge):
        check_size(content, 700)
