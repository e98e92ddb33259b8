"""Workbooks: which sheet is read, where its table begins, and cells that hold no value."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pytest
import xlsxwriter

from core.errors import InputRefused, UnreadableInput
from core.readers.excel_cells import BadCell, bad_cells
from core.readers.upload import ReadChoices
from tests.core import client_files as files

HEADER = ["SK_ID_CURR", "A", "B"]


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> bytes:
    """A workbook of these sheets; text that begins with = is a formula, `=1/0|#DIV/0!` one with this result."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        made = [(name, book.add_worksheet(name), rows) for name, rows in sheets.items()]
        for name, sheet, rows in made:
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str) and cell.startswith("="):
                        formula, _, result = cell.partition("|")
                        sheet.write_formula(place, column, formula, None, result)
                    elif cell is not None:
                        sheet.write(place, column, cell)
            if name in hidden:
                sheet.hide()
            else:
                sheet.activate()
    return out.getvalue()


def test_a_hidden_sheet_is_not_read_before_a_visible_one() -> None:
    content = workbook({"Archive": [HEADER, [1, 5, 6]], "Clients": [HEADER, [2, 7, 8]]}, hidden=["Archive"])
    found = files.read_here(content)
    assert found.how.sheet == "Clients"
    assert found.as_sent() == [{"SK_ID_CURR": 2.0, "A": 7.0, "B": 8.0}]


def test_a_hidden_sheet_is_read_where_no_visible_one_holds_clients() -> None:
    content = workbook({"Archive": [HEADER, [1, 5, 6]], "Notes": [["nothing here"]]}, hidden=["Archive"])
    assert files.read_here(content).how.sheet == "Archive"


def test_several_sheets_are_asked_about_by_name_and_a_choice_settles_it() -> None:
    content = workbook({"March": [HEADER, [1, 5, 6]], "Notes": [["x"]], "April": [HEADER, [2, 7, 8]]})
    (problem,) = files.refusal_here(content, InputRefused).problems
    assert problem.code == "sheet_unclear"
    assert problem.facts == {"sheets": "March, April", "sheet_1": "March", "sheet_2": "April"}
    found = files.read(content, choices=ReadChoices(sheet="April"))
    assert (found.how.sheet, found.n_rows) == ("April", 1)


@pytest.mark.parametrize(("sheet", "code", "kind"), [
    ("May", "sheet_not_there", InputRefused), ("Notes", "id_column_missing", UnreadableInput)
])  # fmt: skip
def test_a_chosen_sheet_without_clients_is_refused(sheet: str, code: str, kind: type[InputRefused]) -> None:
    content = workbook({"March": [HEADER, [1, 5, 6]], "Notes": [["x"]]})
    refused = files.refused(lambda: files.read(content, choices=ReadChoices(sheet=sheet)), kind)
    assert refused.code == code


def test_rows_above_the_header_are_left_out_and_said() -> None:
    content = workbook({"Clients": [["November"], [], ["bank", "Nord"], ["sk_id_curr ", "A", "B"], [1, 5, 6]]})
    found = files.read_here(content)
    assert found.as_sent() == [{"SK_ID_CURR": 1.0, "A": 5.0, "B": 6.0}]
    assert (found.how.title_rows, found.how.renamed) == (2, {"sk_id_curr": "SK_ID_CURR"})


def test_errors_and_formulas_without_a_result_are_named_by_sheet_and_cell() -> None:
    rows: list[Sequence[object]] = [
        ["Title"],
        HEADER,
        [1, "=1/0|#DIV/0!", "=1+1|2"],
        [],
        [2, 5, "=A1|"],
        [3, "=NA()|#N/A", 6],
    ]
    found = files.read_here(workbook({"Clients": rows}))
    problems = [
        (each.code, each.row, each.column, each.facts["cell"], each.facts["error"])
        for _, table in found.pieces()
        for each in table.problems  # type: ignore[union-attr]
    ]
    assert problems == [
        ("error_cell", 1, "A", "B3", "#DIV/0!"),
        ("formula_without_result", 2, "B", "C5", ""),
    ]
    assert [dict(row) for row in found.as_sent()] == [  # type: ignore[call-overload]
        {"SK_ID_CURR": 1.0, "A": "", "B": "2"},
        {"SK_ID_CURR": 2.0, "A": 5.0, "B": ""},
        {"SK_ID_CURR": 3.0, "A": "#N/A", "B": 6.0},
    ]


def test_a_row_of_nothing_but_formulas_without_results_is_still_a_row() -> None:
    found = files.read_here(workbook({"Clients": [HEADER, [1, 5, 6], ["=A1|", "=A2|", "=A3|"]]}))
    (table,) = [rows for _, rows in found.pieces()]
    assert found.n_rows == 2
    assert [(each.row, each.facts["cell"]) for each in table.problems] == [  # type: ignore[union-attr]
        (2, "A3"), (2, "B3"), (2, "C3")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("xml", "found"),
    [
        (b'<c r="D2"><f>B2/20</f><v /></c>', [BadCell(2, 3, "D2", "")]),
        (b'<c r="D2"><f>B2/20</f></c>', [BadCell(2, 3, "D2", "")]),
        (b'<x:c r="AB12" s="1"><x:f>1</x:f><x:v></x:v></x:c>', [BadCell(12, 27, "AB12", "")]),
        (b"<c r='A1' t='e'><v>#REF!</v></c>", [BadCell(1, 0, "A1", "#REF!")]),
        (b'<c r="D2" t="str"><f>""</f><v></v></c>', []),
        (b'<c r="D2"><f>1+1</f><v>2</v></c>', []),
        (b'<c r="C2" s="1"/><c r="D2"><f>1+1</f><v>2</v></c>', []),
    ],
)
def test_cells_without_a_value_are_found_in_the_xml(xml: bytes, found: list[BadCell]) -> None:
    assert list(bad_cells(xml)) == found
