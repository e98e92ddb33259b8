"""Clients decoded one by one are the clients that the exact reading of the whole body gives, or the same refusal."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api.request_body import BodyReader
from core.errors import InputRefused, TooLarge
from core.readers.json_document import read_json, rows_of
from core.records import NamedCells

CUT = ["},{", '"}', "}, {x", "}", "{", "}]}"]
TEXTS = st.sampled_from(
    [*CUT, "", "F", "NaN", ": NaN, ", "null", "Trade: type 7", 'say "a": 1', "é", "\\", "\x7f", "x\ty"]
)
NAMES = st.sampled_from(
    [*CUT, "AMT_CREDIT", "EXT_SOURCE_1", "ORGANIZATION_TYPE_Trade: type 7", ": NaN", "é", "null", ""]
)
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=True, allow_infinity=True),
    TEXTS,
    st.lists(st.none() | st.floats() | TEXTS, max_size=2),
    st.dictionaries(NAMES, st.none(), max_size=2),
)
ROWS: st.SearchStrategy[list[Any]] = st.lists(
    st.dictionaries(NAMES, CELLS, max_size=5) | st.just([]) | st.just(1), max_size=3
)
LAYOUTS = st.sampled_from([(", ", ": "), (",", ":"), (" , ", " : "), (",\n", ":\n")])
BREAKS = st.none() | st.tuples(st.integers(0, 200), st.sampled_from([b"", b"NaN", b",", b'"', b"}", b"\xff", b" "]))


def plain(document: object) -> object:
    """The same with every missing number as None, and every kind of object as pairs, so that equal is equal."""
    if document is None or (isinstance(document, float) and math.isnan(document)):
        return None
    if isinstance(document, dict):
        return [getattr(document, "repeated", ""), *((name, plain(cell)) for name, cell in document.items())]
    if isinstance(document, list):
        return [plain(each) for each in document]
    return (type(document).__name__, document)


READER = BodyReader()


def rows_read(content: bytes, most: int) -> list[object]:
    rows = READER.read(content, most)
    return [row.as_row() if isinstance(row, NamedCells) else row for row in rows]


def outcome(content: bytes, *, quickly: bool) -> object:
    try:
        return plain(rows_read(content, 2) if quickly else rows_of(read_json(content), 2))
    except TooLarge:
        return "too large"
    except InputRefused as error:
        return error.code


@given(ROWS, LAYOUTS, st.booleans(), BREAKS, st.sampled_from([b'{"data":', b' {"data" : ', b'{"x": 1, "data":']))
def test_quick_reading_is_the_exact_reading(
    rows: list[Any], layout: tuple[str, str], ascii_only: bool, broken: tuple[int, bytes] | None, head: bytes
) -> None:
    body = json.dumps(rows, separators=layout, ensure_ascii=ascii_only).encode()
    content = head + body + b"}"
    if broken is not None:
        place = broken[0] % (len(content) + 1)
        content = content[:place] + broken[1] + content[place:]
    exact = outcome(content, quickly=False)
    if exact in ("not_json", "wrong_encoding"):
        assert outcome(content, quickly=True) in (exact, "too large")
    else:
        assert outcome(content, quickly=True) == exact


@pytest.mark.parametrize(
    "client",
    [
        '{"AMT_CREDIT": 1, "AMT_CREDIT": 2}',
        '{"AMT_CREDIT": 1, "AMT_CREDIT" : 2}',
        '{"AMT_CREDIT": 1, "\\u0041MT_CREDIT": 2}',
        '{"A: b": 1, "A: b": 2, "c": ": : "}',
        '{"text": ": NaN, ", "EXT_SOURCE_1": NaN}',
        '{"text": "null", "EXT_SOURCE_1": NaN}',
        '{"nested": [NaN, null], "EXT_SOURCE_1": NaN}',
        '{"nested": ["NaN"]}',
        '{"nested": ' + "[" * 101 + "]" * 101 + "}",
        '{"text": "},{"}',
        '{"text": "} , {x", "other": "},{"}',
        '{"},{": 1}',
        '{"text": "}, {"}, {"SK_ID_CURR": 2}',
        '{"SK_ID_CURR": 2}, {"SK_ID_CURR": 3, "text": "}]}"}',
    ],
)
def test_what_the_quick_way_would_get_wrong_is_read_exactly(client: str) -> None:
    content = f'{{"data": [{client}]}}'.encode()
    assert outcome(content, quickly=True) == outcome(content, quickly=False)
    after_another = f'{{"data": [{{"SK_ID_CURR": 1}}, {client}]}}'.encode()
    assert outcome(after_another, quickly=True) == outcome(after_another, quickly=False)


def test_data_twice_is_not_the_last_one() -> None:
    assert outcome(b'{"data": [{"a": 1}], "data": [{"a": 2}]}', quickly=True) == "data_twice"


def test_plain_body_is_decoded_quickly_and_in_order() -> None:
    found = READER.read(b'{"data": [{"a": NaN, "b: c": 1.5}, {"a": 2}, {"a": 3}]}', 3)
    assert found == [NamedCells(("a", "b: c"), (None, 1.5)), NamedCells(("a",), (2,)), NamedCells(("a",), (3,))]


def test_names_of_the_clients_before_do_not_reach_the_next() -> None:
    alike = [{"a": 1, "b": None}, {"a": 2, "b": None}, {"a": 3, "b": 4}]
    others = [{"b": 5, "a": 6}, {"a": 7}, {"a": 8, "b": 9, "c": 10}, {"c": 11}, {}]
    content = json.dumps({"data": [*alike, *others, *alike]}).encode()
    assert rows_read(content, 20) == [*alike, *others, *alike]
    twice = b'{"data": [' + b", ".join([b'{"a": 1, "b": 2}'] * 3) + b', {"a": 1, "b": 2, "a": 3}]}'
    assert plain(rows_read(twice, 4)) == plain(rows_of(read_json(twice), 4))


def test_text_that_looks_like_two_clients_is_one() -> None:
    assert rows_read(b'{"data": [{"a": "},{"}]}', 1) == [{"a": "},{"}]
    assert rows_read(b'{"data": [{"a": "},{", "b": NaN}, {"a": 1}]}', 2)[1] == {"a": 1}


@pytest.mark.parametrize(
    ("start", "each", "end"),
    [
        (b"", b"[]", b""),
        (b'{"a": [', b"[]", b"]}"),
        (b'{"a": [', b"0", b"]}"),
        (b"{", b'"":0', b"}"),
    ],
)
def test_millions_of_values_are_refused_before_they_are_built(start: bytes, each: bytes, end: bytes) -> None:
    content = b'{"data": [' + start + b",".join([each] * 4_100_000) + end + b"]}"
    with pytest.raises(TooLarge) as refused:
        READER.read(content, 2000)
    assert refused.value.code == "too_many_values"
