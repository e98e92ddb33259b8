"""A table comes back from its bytes as it was, whole or one column of it, and tables are put together in order."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.table import Table, as_array, concatenate, ids_of, make_table, open_table
from core.errors import Problem

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70).filter(lambda each: -(2**63) <= each < 2**64),
    st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8"), max_size=5),
    st.lists(st.integers(0, 3), max_size=2),
)
TABLES = st.integers(0, 5).flatmap(
    lambda size: st.lists(
        st.one_of(
            *(st.lists(kind, min_size=size, max_size=size) for kind in (CELLS, st.integers(0, 9), st.text(max_size=3)))
        ),
        min_size=1,
        max_size=4,
    )
)


def typed(rows: list[dict[str, object]]) -> list[list[tuple[str, type, object]]]:
    return [[(name, type(cell), cell) for name, cell in row.items()] for row in rows]


def test_row_is_found_again_by_its_place_with_every_kind_of_cell() -> None:
    problem = Problem("decimal_mixed", 2, "B")
    table = make_table(
        ["A", "B", "C", "D", "E", "F"],
        [[1, None], ["x", ""], [True, None], [0.1, -0.0], [None, None], [1, "1"]],
        [problem],
    )
    found = open_table(table.to_bytes(), table.names, table.problems)
    for each in (table, found):
        assert (len(each), each.names, each.problems) == (2, ("A", "B", "C", "D", "E", "F"), (problem,))
        assert each.row(0) == {"A": 1, "B": "x", "C": True, "D": 0.1, "E": None, "F": 1}
        assert each.row(1) == {"A": None, "B": "", "C": None, "D": 0.0, "E": None, "F": "1"}
        assert math.copysign(1.0, float(str(each.row(1)["D"]))) == -1.0
        assert each.rows_as_sent() == [each.row(0), each.row(1)]
        assert [type(cell) for cell in each.row(0).values()] == [int, str, bool, float, type(None), int]


@given(TABLES)
def test_cells_come_back_from_bytes_with_their_types(cells: list[list[object]]) -> None:
    names = [f"COLUMN_{place}" for place in range(len(cells))]
    table = make_table(names, cells)
    assert typed(open_table(table.to_bytes(), names, ()).rows_as_sent()) == typed(table.rows_as_sent())
    assert typed(table.rows_as_sent()) == typed(
        [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]
    )


def test_one_column_is_unpacked_without_the_others() -> None:
    table = make_table(["SK_ID_CURR", "A", "B"], [["7", "8"], [1, "x"], [None, 2.5]])
    for name, cells in (("SK_ID_CURR", ["7", "8"]), ("A", [1, "x"]), ("B", [None, 2.5])):
        found = open_table(table.to_bytes(), table.names, (), only=name)
        assert (found.names, found.rows_as_sent()) == ((name,), [{name: cell} for cell in cells])
    assert ids_of(open_table(table.to_bytes(), table.names, (), only="SK_ID_CURR")) == [7, 8]


def test_of_two_columns_of_one_name_the_last_is_read() -> None:
    table = make_table(["A", "B", "A"], [[1], [2], [3]])
    assert table.column("A").to_pylist() == [3]
    assert table.column("C") is None


def test_tables_are_put_together_in_order_and_their_problems_follow_their_rows() -> None:
    first = make_table(["A", "B", "C"], [[1, 2], ["x", None], [1, 2]], [Problem("p", 2, "A")])
    second = make_table(["A", "B", "C"], [[3], ["y"], ["3"]], [Problem("q", 1), Problem("r", None, "B")])
    third = make_table(["A", "B", "C"], [[4], [None], [4.5]], [Problem("s", 1)])
    found = concatenate([first, second, third])
    assert [row["A"] for row in found.rows_as_sent()] == [1, 2, 3, 4]
    assert [row["B"] for row in found.rows_as_sent()] == ["x", None, "y", None]
    assert [row["C"] for row in found.rows_as_sent()] == [1, 2, "3", 4.5]
    assert isinstance(found.cells[0], pa.Array)
    assert isinstance(found.cells[2], list)
    assert [(each.code, each.row, each.column) for each in found.problems] == [
        ("p", 2, "A"),
        ("q", 3, None),
        ("r", 3, "B"),
        ("s", 4, None),
    ]
    assert concatenate([second]) is second


@given(TABLES, st.data())
def test_table_cut_in_two_and_put_together_is_itself(cells: list[list[object]], data: st.DataObject) -> None:
    names = [f"COLUMN_{place}" for place in range(len(cells))]
    cut = data.draw(st.integers(0, len(cells[0])))
    parts = [
        make_table(names, [column[:cut] for column in cells]),
        make_table(names, [column[cut:] for column in cells]),
    ]
    assert typed(concatenate(parts).rows_as_sent()) == typed(make_table(names, cells).rows_as_sent())


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([1, None, 2], pa.int64()),
        (["x", None], pa.string()),
        ([0.5], pa.float64()),
        ([True, None], pa.bool_()),
        ([None, None], pa.null()),
        ([], pa.null()),
        ([1, 0.5], None),
        ([True, 1], None),
        (["1", 1], None),
        ([[1], [2]], None),
        ([2**63, 1], None),
    ],
)
def test_column_of_one_kind_is_packed_and_any_other_stays_a_list(cells: list[object], kind: object) -> None:
    found = as_array(cells)
    if kind is None:
        assert found is cells
    else:
        assert found.type == kind
        assert found.to_pylist() == cells


def test_client_of_a_row_is_known_unless_the_row_or_its_id_has_a_problem() -> None:
    problems = [
        Problem("wrong_field_count", 2),
        Problem("decimal_mixed", 3, "A"),
        Problem("id_rounded", 4, "SK_ID_CURR"),
    ]
    table = make_table(["SK_ID_CURR", "A"], [["1", "2", "3", "4", "x"], ["a", "b", "c", "d", "e"]], problems)
    assert ids_of(table) == [1, None, 3, None, None]
    assert ids_of(make_table(["A"], [[1, 2]])) == [None, None]
    assert ids_of([{"SK_ID_CURR": "1.0"}, {"A": 1}, 5, {"SK_ID_CURR": "x"}]) == [1, None, None, None]
    assert isinstance(table, Table)
