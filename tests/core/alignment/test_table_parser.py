"""Columns and rows of the same cells are aligned alike, bit for bit, whatever stands in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.table import Table, ids_of, make_table
from core.errors import Problem
from core.records import Aligned
from core.scoring.assess import Model, assess
from tests.core.drawn import draw_rows
from tests.core.samples import ALIGNER, RAW

NUMBERS = ["", "5", "-0.5", "1e3", "1e400", " 7 ", "+3", ".5", "5.", "nan", "inf", "abc", "1,5", "0x10", "nan(x)", "٣"]
TEXTS = [*NUMBERS, "F", "M", "XNA", "Y", "N", "true", "Cash loans", "Managers", "Never seen", "1", "0", "1.0"]
MIXED: list[object] = [None, True, False, 0, 1, 5, 2**70, 0.0, -0.0, 1.0, 0.1, math.nan, math.inf, [], {"a": 1}]
IDS = [
    "1",
    "2",
    "3",
    "007",
    "4.0",
    "5.5",
    "",
    " 6 ",
    "0x7",
    "-8",
    "9" * 30,
    None,
    7,
    8.0,
    2.0**53,
    True,
    9007199254740993.0,
]
NAMES = [
    "CODE_GENDER",
    "AMT_CREDIT",
    "AMT_INCOME_TOTAL",
    "AMT_ANNUITY",
    "DAYS_BIRTH",
    "FLAG_PHONE",
    "NAME_CONTRACT_TYPE",
    "NAME_CONTRACT_TYPE_Cash loans",
    "NAME_CONTRACT_TYPE_Barter",
    "OCCUPATION_TYPE",
    "PAYMENT_RATE",
    "SHOE_SIZE",
]


def same(found: Aligned, wanted: Aligned) -> None:
    assert (found.ids, found.rows, found.unknown) == (wanted.ids, wanted.rows, wanted.unknown)
    assert found.values.tobytes() == wanted.values.tobytes()
    assert found.states.tobytes() == wanted.states.tobytes()
    assert (found.refused, found.refused_total) == (wanted.refused, wanted.refused_total)


def compare(names: list[str], cells: list[list[object]]) -> None:
    rows = [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
    same(ALIGNER.align(make_table(names, cells)), ALIGNER.align(rows))


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[object]]]:
    names = ["SK_ID_CURR", *draw(st.permutations(NAMES))[: draw(st.integers(0, len(NAMES)))]]
    size = draw(st.integers(1, 6))
    cells: list[list[object]] = []
    for name in names:
        plain = [RAW[name]] * 4 if name in RAW else []
        kinds: list[Sequence[object]] = [TEXTS, [*TEXTS, *MIXED], MIXED, plain or TEXTS]
        if name == "SK_ID_CURR":
            kinds = [IDS, ["11", "12", "13"]]
        kind = draw(st.sampled_from(kinds))
        cells.append(draw(st.lists(st.sampled_from(kind), min_size=size, max_size=size)))
    return names, cells


@given(tables())
def test_columns_are_aligned_as_their_rows_are(table: tuple[list[str], list[list[object]]]) -> None:
    compare(*table)


@pytest.mark.parametrize("kind", [str, float, int])
def test_a_long_column_of_numbers_is_read_as_its_cells_are(kind: type) -> None:
    chance = np.random.default_rng(5)
    numbers = [kind(each) for each in (chance.normal(0, 1e5, 500) if kind is not int else chance.integers(-9, 9, 500))]
    compare(
        ["SK_ID_CURR", "AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH"], [list(range(500)), numbers, numbers, numbers]
    )


@given(st.lists(st.floats(), min_size=70, max_size=90, unique=True))
def test_numbers_written_by_repr_come_back_bit_for_bit(numbers: list[float]) -> None:
    texts: list[object] = [repr(number) for number in numbers]
    compare(["SK_ID_CURR", "EXT_SOURCE_1"], [list(range(len(texts))), texts])


@pytest.mark.parametrize("place", [0, 5, 99])
def test_an_empty_text_among_many_numbers_is_missing_wherever_it_stands(place: int) -> None:
    amounts: list[object] = [str(100_000 + n) for n in range(100)]
    amounts[place] = ""
    compare(["SK_ID_CURR", "AMT_CREDIT"], [list(range(1, 101)), amounts])


def test_zero_and_minus_zero_keep_their_bits() -> None:
    compare(["SK_ID_CURR", "FLAG_PHONE", "AMT_ANNUITY"], [[1, 2, 3], [0.0, -0.0, "1"], [-0.0, 0.0, True]])


def test_one_odd_text_among_many_numbers_is_refused_alone() -> None:
    texts: list[object] = [str(number / 7) for number in range(100)]
    texts[50] = "0x10"
    found = ALIGNER.align(make_table(["SK_ID_CURR", "EXT_SOURCE_1"], [list(range(100)), texts]))
    assert [(each.code, each.row) for each in found.refused if each.code == "text_in_number"] == [
        ("text_in_number", 51)
    ]


def test_rows_of_the_model_that_ships_get_the_same_probabilities(model: Model) -> None:
    rows = draw_rows(model, 300, seed=3)
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = make_table(names, [[row.get(name) for row in rows] for name in names])
    found, wanted = assess(model, columns, review_band=0.02), assess(model, rows, review_band=0.02)
    assert found.probability.tobytes() == wanted.probability.tobytes()
    assert found.decisions == wanted.decisions


def test_of_a_row_that_does_not_fit_only_that_is_said() -> None:
    problem = Problem("wrong_field_count", 2, facts={"found": 1, "expected": 2, "line": 3})
    columns = make_table(["SK_ID_CURR", "AMT_CREDIT"], [["1", "x"], ["abc", "abc"]], [problem])
    found = ALIGNER.align(columns)
    assert [each.code for each in found.refused if each.row == 2] == ["wrong_field_count"]
    assert ids_of(columns) == [1, None]


def test_a_mixed_decimal_sign_matters_only_in_a_column_that_the_model_reads() -> None:
    problems = [Problem("decimal_mixed", 1, "AMT_CREDIT"), Problem("decimal_mixed", 1, "SHOE_SIZE")]
    columns = make_table(["SK_ID_CURR", "AMT_CREDIT", "SHOE_SIZE"], [["1"], ["1.5"], ["4.5"]], problems)
    found = [each.column for each in ALIGNER.align(columns).refused if each.code == "decimal_mixed"]
    assert found == ["AMT_CREDIT"]


def test_markers_of_a_missing_value_are_counted_alike_in_tables_and_rows() -> None:
    cells: list[list[object]] = [[1, 2], ["NA", "-5"], ["null", " "], [None, "-"], ["NA", "x"]]
    names = ["SK_ID_CURR", "AMT_ANNUITY", "NAME_CONTRACT_TYPE", "DAYS_BIRTH", "SHOE_SIZE"]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
    assert ALIGNER.align(make_table(names, cells)).missing_markers == 3
    assert ALIGNER.align(rows).missing_markers == 3


def test_a_row_is_found_again_as_it_stood() -> None:
    columns = make_table(["SK_ID_CURR", "A", "B"], [["1", "2"], [1.5, None], ["x", 3]])
    assert isinstance(columns, Table)
    assert columns.row(1) == {"SK_ID_CURR": "2", "A": None, "B": 3}
