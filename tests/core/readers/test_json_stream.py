"""JSON read client by client is what it is when it is read whole, wherever the text happens to be cut."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputRefused, TooLarge, UnreadableInput
from core.readers import json_stream
from core.readers.csv_reader import MAX_COLUMNS
from core.readers.json_stream import read_json_rows
from core.readers.worker_messages import HowRead, rows_in

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
CLIENTS = st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), min_size=1, max_size=6)


def rows(content: str | bytes, max_rows: int = 100) -> list[object]:
    given_bytes = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    _, *pieces = read_json_rows(io.BytesIO(given_bytes), max_rows, packed=False)
    return [row for piece in pieces if not isinstance(piece, HowRead) for row in rows_in(piece)]


@given(CLIENTS, st.sampled_from([None, 1]), st.sampled_from(["%s", '{"data": %s}', '{"a": 1, "data": %s, "b": []}']))
def test_clients_are_what_they_are_when_the_whole_is_read(
    clients: Sequence[dict[str, object]], indent: int | None, form: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "BLOCK", 3)
        assert rows(form % json.dumps(clients, indent=indent)) == clients


@given(CLIENTS, st.integers(min_value=0))
def test_what_is_cut_short_is_refused(clients: Sequence[dict[str, object]], cut: int) -> None:
    text = json.dumps(clients)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(InputRefused):
        patch.setattr(json_stream, "BLOCK", 3)
        rows(text[: cut % len(text)] or "[")


@pytest.mark.parametrize(
    ("text", "line", "position"),
    [
        ('[{"a": 1}\n {"a": 2}]', 2, 2),
        ('[{"a": 1},\n\n {"a": tru}]', 3, 8),
        ('{"data": [{"a": 1}],}', 1, 21),
        ('[{"a": 1}] x', 1, 12),
        ('[{"a": 1},\n{"a": "never closed', 2, 7),
        ('{"data" [1]}', 1, 9),
    ],
)
@pytest.mark.parametrize("block", [1, 7, 1000])
def test_place_of_what_is_wrong_is_told(
    text: str, line: int, position: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "BLOCK", block)
    with pytest.raises(UnreadableInput) as refused:
        rows(text)
    assert refused.value.problems[0].facts == {"line": line, "position": position}


def test_numbers_at_the_end_of_a_block_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    for block in range(1, 12):
        monkeypatch.setattr(json_stream, "BLOCK", block)
        assert rows('[{"a": 123456.5e2}, {"a": -Infinity}]') == [{"a": 12345650.0}, {"a": -math.inf}]


def test_text_with_a_mark_of_utf_16_is_read() -> None:
    assert rows('[{"SK_ID_CURR": 1, "A": "é"}]'.encode("utf-16")) == [{"SK_ID_CURR": 1, "A": "é"}]


@pytest.mark.parametrize(
    "text", ['[{"a": "%s', '[{"a": [%s', '{"SK_ID_CURR": 1}\n{"a": "%s', '{"b": "%s', '[{"a": "%s"}]']
)
def test_client_without_end_is_refused_before_all_of_it_is_kept(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LONGEST_CLIENT", 1000)
    monkeypatch.setattr(json_stream, "BLOCK", 100)
    with pytest.raises(TooLarge) as refused:
        rows(text % ("1," * 5000))
    assert refused.value.code == "client_too_long"


def test_columns_of_all_clients_together_are_counted() -> None:
    with pytest.raises(TooLarge) as refused:
        rows(json.dumps([{f"c{place}": 1} for place in range(MAX_COLUMNS + 1)]), max_rows=10_000)
    assert refused.value.code == "too_many_columns"
