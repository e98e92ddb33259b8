"""What is written reads back equal, and no spreadsheet runs a cell of it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core.batch.export import (
    ENDINGS,
    Format,
    as_bytes,
    escaped,
    names_in,
    rejects_csv,
    results_table,
    sentences,
    write_rejects,
)
from core.batch.results import NOTHING, VERDICTS, Results
from core.errors import Problem
from core.i18n.translations import translate_problem
from core.scoring.assess import Model
from tests.core import client_files as files


@pytest.fixture(scope="module")
def results() -> Results:
    """Three clients with numbers of all digits, one of them with few reasons."""
    return Results(
        ids=np.array([900001, 7, 2**62]),
        rows=np.array([1, 2, 4]),
        probability=np.array([0.1, 1 / 3, 5e-324]),
        verdict=np.array([0, 1, 2], dtype=np.int8),
        information=np.array([1.0, 0.1 + 0.2, 0.5]),
        amount=np.array([270000.0, 1e22, np.nan]),
        raising=np.array([[0, 1, 2], [3, -1, -1], [-1, -1, -1]], dtype=np.int16),
        lowering=np.array([[5, 6, 7], [8, 9, -1], [10, 11, 12]], dtype=np.int16),
    )


def read_back(content: bytes, form: Format) -> list[list[object]]:
    if form == "csv":
        return [list(row.values()) for row in pa_csv.read_csv(io.BytesIO(content)).to_pylist()]
    if form == "parquet":
        return [list(row.values()) for row in pa_parquet.read_table(io.BytesIO(content)).to_pylist()]
    return [
        list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]
    ]


@pytest.mark.parametrize("form", ENDINGS)
@pytest.mark.parametrize("reasons", [True, False])
def test_results_read_back_equal(model: Model, results: Results, form: Format, reasons: bool) -> None:
    table = results_table(results, model.bundle, reasons=reasons)
    wanted = [list(row.values()) for row in table.to_pylist()]
    found = read_back(as_bytes(table, form), form)
    if form == "parquet":
        assert found == wanted
        return
    nothing = {None: "", "": ""}
    texts = [[nothing.get(cell, cell) for cell in row] for row in found]  # type: ignore[call-overload]
    plain = [[nothing.get(cell, cell) for cell in row] for row in wanted]  # type: ignore[call-overload]
    if form == "excel":
        plain = [[str(cell) if cell == 2**62 else cell for cell in row] for row in plain]
    assert texts == plain


def test_results_hold_verdict_solvency_threshold_reasons_and_bundle(model: Model, results: Results) -> None:
    first, second, third = results_table(results, model.bundle, reasons=True).to_pylist()
    sources, threshold = model.bundle.sources, model.bundle.policy.threshold
    assert first == {
        "SK_ID_CURR": 900001,
        "solvency": 0.9,
        "threshold": threshold,
        "solvency_line": 1.0 - threshold,
        "verdict": VERDICTS[0],
        "information": 1.0,
        "amount": 270000.0,
        "raises_1": sources[0],
        "raises_2": sources[1],
        "raises_3": sources[2],
        "lowers_1": sources[5],
        "lowers_2": sources[6],
        "lowers_3": sources[7],
        "bundle": model.bundle.digest,
    }
    assert (second["raises_2"], second["lowers_3"], third["amount"]) == (None, None, None)


@pytest.mark.parametrize("form", ENDINGS)
def test_nothing_can_be_written(model: Model, form: Format) -> None:
    assert as_bytes(results_table(NOTHING, model.bundle, reasons=True), form)


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1-1", "@SUM(A1)", "\tx", "\rx", "'=1", "=cmd|' /C calc'!A0"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert escaped(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-14600", "+1.5", "-1e-5", "plain", "a=b", "", "'tis", "-.5"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert escaped(text) == text


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=8),
    st.sampled_from(["=1+1", "'=1", "''+x", "-5", "@a", "\t1", "'", '"', "1,5"]),
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4), CELLS)
def test_refused_rows_are_read_back_as_they_stood(cells: list[tuple[str, str]], why: str) -> None:
    rows: list[tuple[dict[str, object], str]] = [
        ({"SK_ID_CURR": str(place), "A": first, "=B": second}, why) for place, (first, second) in enumerate(cells)
    ]
    written = rejects_csv(rows)
    found = files.read_here(written).as_sent()
    assert found == [{**row, "problems": why} for row, why in rows]
    for row in csv.reader(io.StringIO(written)):
        for cell in row:
            assert cell[:1] not in "=@\t\r" or not cell


def test_refused_rows_of_json_are_written_with_all_their_names() -> None:
    rows: list[tuple[dict[str, object], str]] = [({"A": 0.1 + 0.2, "B": None}, "x"), ({"C": [1]}, "y")]
    assert rejects_csv(rows).splitlines() == ["A,B,C,problems", "0.30000000000000004,,,x", ",,[1],y"]


def test_files_end_as_their_format_wants() -> None:
    assert ENDINGS == {"csv": "csv", "excel": "xlsx", "parquet": "parquet"}


def test_columns_of_the_results_stand_in_this_order(model: Model, results: Results) -> None:
    plain = ["SK_ID_CURR", "solvency", "threshold", "solvency_line", "verdict", "information", "amount"]
    reasons = ["raises_1", "raises_2", "raises_3", "lowers_1", "lowers_2", "lowers_3"]
    assert results_table(results, model.bundle, reasons=False).column_names == [*plain, "bundle"]
    assert results_table(results, model.bundle, reasons=True).column_names == [*plain, *reasons, "bundle"]


def test_reasons_that_were_not_worked_out_are_empty_columns(model: Model, results: Results) -> None:
    bare = replace(results, raising=np.empty((3, 0), dtype=np.int16), lowering=np.array([[0]] * 3, dtype=np.int16))
    table = results_table(bare, model.bundle, reasons=True).to_pydict()
    assert table["raises_1"] == table["raises_3"] == table["lowers_2"] == [None] * 3
    assert table["lowers_1"] == [model.bundle.sources[0]] * 3


def test_csv_is_this_text(model: Model, results: Results) -> None:
    table = results_table(results, model.bundle, reasons=False).select(["SK_ID_CURR", "verdict", "amount"])
    assert as_bytes(table, "csv").decode() == (
        '"SK_ID_CURR","verdict","amount"\n'
        '900001,"favourable",270000\n'
        '7,"unfavourable",1e+22\n'
        '4611686018427387904,"to_review",\n'
    )


def test_whole_number_of_sixteen_digits_is_text_in_a_workbook_which_would_round_it() -> None:
    table = pa.table({"SK_ID_CURR": [10**15 - 1, 10**15, 0], "A": [0.1 + 0.2, None, -1.5], "B": ["x", None, "5"]})
    assert read_back(as_bytes(table, "excel"), "excel") == [
        [999999999999999, 0.30000000000000004, "x"],
        ["1000000000000000", "", ""],
        [0, -1.5, "5"],
    ]


def test_what_is_wrong_with_a_row_is_one_text_and_what_concerns_the_whole_is_not_among_it() -> None:
    problems = [
        Problem("boolean_in_number", 3, "A"),
        Problem("data_empty"),
        Problem("row_not_an_object", 1),
        Problem("nested_value", 3, "B"),
    ]
    first, second = (translate_problem(problems[place], "fr") for place in (0, 3))
    assert sentences(problems, "fr") == {3: f"{first} {second}", 1: translate_problem(problems[2], "fr")}


def test_names_are_those_of_all_rows_without_an_earlier_round_s_problems() -> None:
    assert names_in([{"B": 1, "problems": "x"}, {"A": 1, "B": 2}, {}]) == ["B", "A"]
    assert rejects_csv([({"A": 1, "problems": "old"}, "new")]) == "A,problems\n1,new\n"


def test_cells_of_refused_rows_are_written_as_they_stood_and_missing_ones_are_left_blank() -> None:
    out = io.StringIO()
    row = {"A": None, "B": float("nan"), "C": 1e22, "D": True, "E": 5, "F": "=1+1", "G": "-1.5"}
    write_rejects(out, [*row, "H"], [(row, "+why")], header=False)
    assert out.getvalue() == ",,1e+22,True,5,'=1+1,-1.5,,'+why\n"
    out = io.StringIO()
    write_rejects(out, ["@A", "B"], [], header=True)
    assert out.getvalue() == "'@A,B,problems\n"


@pytest.mark.parametrize(
    "text", ["+", "-", "--5", "-5-", "-1e", "-1,5", "+33 1 23", "''=1", "=", "-\u0663", "-1.5x", "'@"]
)
def test_text_that_only_begins_like_a_number_gets_an_apostrophe(text: str) -> None:
    assert escaped(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5.", "+1E+5", "-0", "'", "''", "'a=", "5=", " =1"])
def test_plain_numbers_and_texts_that_nothing_runs_get_none(text: str) -> None:
    assert escaped(text) == text
