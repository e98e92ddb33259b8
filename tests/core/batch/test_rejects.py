"""The rows to mend: as they stood, in the form in which their file came, and the same again when they come back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.__main__ import main
from core.batch.rejects import (
    ENDINGS,
    Rejected,
    names_in,
    rejects_csv,
    rejects_file,
    rejects_workbook,
    sentences,
    write_rejects,
)
from core.errors import Problem
from core.i18n.translations import translate_problem
from core.readers.detect import Kind
from core.readers.worker_messages import HowRead
from tests.core import client_files as files
from tests.core.readers.test_excel_reader import workbook

CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=8),
    st.sampled_from(["=1+1", "'=1", "''+x", "-5", "@a", "\t1", "'", '"', "1,5", "Cash loans;=1+1", "\uff1d1"]),
)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4), CELLS)
def test_refused_rows_are_read_back_as_they_stood(cells: list[tuple[str, str]], why: str) -> None:
    rows: list[Rejected] = [
        ({"SK_ID_CURR": str(place), "A": first, "N;=B": second}, why) for place, (first, second) in enumerate(cells)
    ]
    written = rejects_csv(rows)
    assert files.read_here(written).as_sent() == [{**row, "problems": why} for row, why in rows]


@pytest.mark.parametrize("note", ["a\rb", "a\nb", "x\r=1+1", "a\r\nb"])
def test_row_with_a_line_end_in_it_stays_one_row(note: str) -> None:
    rows: list[Rejected] = [({"SK_ID_CURR": 1, "NOTE": note}, "why"), ({"SK_ID_CURR": 2, "NOTE": note}, "why")]
    written = rejects_csv(rows).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(written, newline="")))) == 3
    assert "\r=1" not in written


def test_refused_rows_of_json_are_written_with_all_their_names() -> None:
    rows: list[Rejected] = [({"A": 0.1 + 0.2, "B": None}, "x"), ({"C": [1]}, "y")]
    assert rejects_csv(rows).decode("utf-8-sig").splitlines() == [
        '"A","B","C","problems"',
        '0.30000000000000004,,,"x"',
        ',,"[1]","y"',
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


@pytest.mark.parametrize("cell", ["x", "270.000"])
def test_command_numbers_the_rows_of_a_workbook_as_the_spreadsheet_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str
) -> None:
    names = ["SK_ID_CURR", "AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH"]
    good, bad = [900101, 270000, 180000, -16425], [900102, cell, 180000, -16425]
    (tmp_path / "clients.xlsx").write_bytes(workbook({"Clients": [["March"], [], names, good, [], bad]}))
    main(["score", str(tmp_path / "clients.xlsx"), "--out", str(tmp_path / "scored.csv")])
    rejects = tmp_path / "scored.rejects.csv"
    assert "Row 6, column AMT_CREDIT: " in (rejects.read_text() if rejects.exists() else capsys.readouterr().err)


def test_names_are_those_of_all_rows_without_an_earlier_round_s_problems() -> None:
    assert names_in([{"B": 1, "problems": "x"}, {"A": 1, "B": 2}, {}]) == ["B", "A"]
    assert rejects_csv([({"A": 1, "problems": "old"}, "new")]).decode("utf-8-sig") == '"A","problems"\n1,"new"\n'


def test_cells_of_refused_rows_are_written_as_they_stood_and_missing_ones_are_left_blank() -> None:
    out = io.StringIO()
    row = {"A": None, "B": float("nan"), "C": 1e22, "D": True, "E": 5, "F": "=1+1", "G": "-1.5"}
    write_rejects(out, [*row, "H"], [(row, "+why")], header=False)
    assert out.getvalue() == ',,1e+22,"True",5,"\'=1+1",-1.5,,"\'+why"\n'
    out = io.StringIO()
    write_rejects(out, ["@A", "B"], [], header=True)
    assert out.getvalue() == '"\'@A","B","problems"\n'


def test_french_file_is_mended_with_its_own_separator_and_decimal_sign() -> None:
    how = HowRead(kind="csv", encoding="utf-8", separator=";", decimal=",")
    rows: list[Rejected] = [({"SK_ID_CURR": "Total", "EXT_SOURCE_1": 0.41, "AMT_CREDIT": "270000,5"}, "À corriger.")]
    assert rejects_file(rows, how).decode() == (
        '\ufeff"SK_ID_CURR";"EXT_SOURCE_1";"AMT_CREDIT";"problems"\n"Total";0,41;270000,5;"À corriger."\n'
    )


@pytest.mark.parametrize("kind", ENDINGS)
def test_rows_to_mend_come_in_the_form_of_their_file_and_back(kind: Kind) -> None:
    rows = [{"SK_ID_CURR": "x", "AMT_CREDIT": 270000.5, "NOTE": "Stone, brick"}]
    how = files.read_here(files.KINDS[kind](rows)).how
    content = rejects_file([({**row}, "why") for row in rows], how)
    found = files.read_here(content)
    assert found.how.kind == kind
    (row,) = found.as_sent()
    assert isinstance(row, dict)
    assert (row["SK_ID_CURR"], float(row["AMT_CREDIT"])) == ("x", 270000.5)
    assert (row["NOTE"], row["problems"]) == ("Stone, brick", "why")


def test_workbook_to_mend_holds_numbers_that_any_spreadsheet_shows_in_its_own_way() -> None:
    row = {"SK_ID_CURR": "000123", "A": "0.41", "B": "1234567890123456789", "C": "=1", "D": None, "E": [1], "F": True}
    (found,) = files.read_here(rejects_workbook([(row, "why")])).as_sent()
    assert found == {
        **{"SK_ID_CURR": "000123", "A": 0.41, "B": "1234567890123456789", "C": "=1", "D": "", "E": "[1]"},
        **{"F": True, "problems": "why"},
    }


def test_rows_of_json_come_back_as_json_with_lists_in_them() -> None:
    content = rejects_file([({"SK_ID_CURR": 1, "A": [1, {"b": None}]}, "why")], HowRead(kind="json"))
    assert json.loads(content) == [{"SK_ID_CURR": 1, "A": [1, {"b": None}], "problems": "why"}]
