"""Workbooks: which sheet is read, where its table begins, and cells that hold no value."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pytest
import xlsxwriter

from core.batch.scorer import score_portfolio
from core.errors import InputRefused, UnreadableInput
from core.i18n.translations import translate_problem
from core.readers.excel_cells import BadCell, MergedRange, bad_cells, merged_ranges
from core.readers.upload import ReadChoices
from core.scoring.assess import Model
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


def with_merged(rows: Sequence[Sequence[object]], merged: Mapping[str, object]) -> bytes:
    """A sheet of these rows with merged cells; a range → the value of its first cell."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Clients")
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        for cells, value in merged.items():
            sheet.merge_range(cells, value, book.add_format({"bold": True}))
    return out.getvalue()


def test_cells_merged_with_one_that_holds_their_value_are_named() -> None:
    rows: list[list[object]] = [
        ["Clients of March"],
        [*HEADER, "C"],
        [1, 5, 6, 7],
        [2, 5, 6, 7],
        [3, 5, 6, 7],
        [],
        [4, 5, 6, 7],
    ]
    merged = {"A1:D1": "Clients of March", "B3:C5": 5, "C7:D7": 6}
    (table,) = [rows for _, rows in files.read_here(with_merged(rows, merged)).pieces()]
    problems = [
        (each.code, each.row, each.column, each.facts["cell"], each.facts["range"])
        for each in table.problems  # type: ignore[union-attr]
    ]
    assert problems == [
        ("merged_cell", 1, "B", "C3", "B3:C5"),
        ("merged_cell", 2, "A", "B4", "B3:C5"),
        ("merged_cell", 2, "B", "C4", "B3:C5"),
        ("merged_cell", 3, "A", "B5", "B3:C5"),
        ("merged_cell", 3, "B", "C5", "B3:C5"),
        ("merged_cell", 4, "C", "D7", "C7:D7"),
    ]


def test_merged_cells_without_a_value_and_rows_of_nothing_else_are_as_if_not_merged() -> None:
    rows: list[list[object]] = [[*HEADER], [1, 5, 6], [2, "", 6], [3, "", 6]]
    found = files.read_here(with_merged(rows, {"B3:B4": ""}))
    assert found.n_rows == 3
    assert [each for _, table in found.pieces() for each in table.problems] == []  # type: ignore[union-attr]
    assert files.read_here(with_merged(rows[:2], {"B2:B20": 5})).n_rows == 1


def test_client_whose_value_is_merged_away_is_not_scored(model: Model) -> None:
    names: list[object] = ["SK_ID_CURR", "AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH", "EXT_SOURCE_2", "NOTE"]
    clients: list[list[object]] = [[900101, 270000, 180000, -16425, 0.62], [900102, 450000, 90000, -12005, 0.31]]
    rows: list[list[object]] = [names, *clients]
    intake = files.read_here(with_merged(rows, {"E2:E3": 0.62}))
    found = score_portfolio(model, intake, review_band=0.02, reasons=False)
    assert found.results.ids.tolist() == [900101]
    (problem,) = intake.numbered(found.problems)
    assert translate_problem(problem, "en") == (
        "Row 3, column EXT_SOURCE_2: cell E3 of the sheet Clients is merged with others (E2:E3), and only the first of "
        "them holds their value; unmerge them and fill in each one."
    )
    ignored = files.read_here(with_merged(rows, {"F2:F3": "new"}))
    assert len(score_portfolio(model, ignored, review_band=0.02, reasons=False).results) == 2


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_merged_ranges_are_found_wherever_blocks_are_cut(size: int) -> None:
    xml = (
        b'<x><mergeCells count="2"><mergeCell ref="A2:A3"/><s:mergeCell ref=\'AB10:AC12\' /></mergeCells>' + b"t" * 3000
    )
    blocks = [xml[start : start + size] for start in range(0, len(xml), size)]
    assert list(merged_ranges(blocks)) == [MergedRange(2, 0, 3, 0, "A2:A3"), MergedRange(10, 27, 12, 28, "AB10:AC12")]
