"""A row's number is the one that a spreadsheet shows: titles, the header and empty rows count."""

from __future__ import annotations

import pytest

from core.errors import InputRefused, Problem
from core.readers.worker_messages import ROWS_A_PART, starts_of
from tests.core import client_files as files
from tests.core.readers.test_excel_reader import HEADER, workbook


def numbers(content: bytes | str, *, max_rows: int = 100) -> list[int | None]:
    """The number of each row that was read, from the first to the last."""
    found = files.read_here(content, max_rows=max_rows)
    problems = [Problem("boolean_in_number", row) for row in range(1, found.n_rows + 1)]
    return [each.row for each in found.numbered(problems)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SK_ID_CURR,A\n1,5\n2,6\n", [2, 3]),
        ("Clients of March\n\nSK_ID_CURR,A\n1,5\n\n;;\n2,6\n", [4, 6, 7]),
        ("sep=;\nSK_ID_CURR;A\n1;5\n", [2]),
        ('SK_ID_CURR,A\n1,"two\nlines"\n2,6\n', [2, 3]),
    ],
)
def test_rows_of_csv_are_numbered_as_in_a_spreadsheet(text: str, rows: list[int]) -> None:
    assert numbers(text) == rows


def test_rows_of_a_workbook_have_its_numbers() -> None:
    assert numbers(workbook({"Clients": [["March"], [], HEADER, [1, 5, 6], [], [2, 7, 8], [3, 7, 8]]})) == [4, 6, 7]


def test_rows_of_a_long_file_have_their_numbers_in_every_part() -> None:
    lines = [f"{client},5" for client in range(1, 2 * ROWS_A_PART + 3)]
    lines.insert(ROWS_A_PART + 7, "")
    found = numbers("\n".join(["SK_ID_CURR,A", *lines]), max_rows=5000)
    assert found == [*range(2, ROWS_A_PART + 9), *range(ROWS_A_PART + 10, 2 * ROWS_A_PART + 5)]


def test_clients_of_json_are_counted() -> None:
    assert numbers('[{"SK_ID_CURR": 1}, {"SK_ID_CURR": 2}]') == [1, 2]


def test_the_other_row_of_a_client_is_numbered_alike_and_a_file_as_a_whole_has_no_row() -> None:
    found = files.read_here("SK_ID_CURR,A\n1,5\n\n1,6\n")
    twice = Problem("client_twice", 2, "SK_ID_CURR", {"other_row": 1})
    assert found.numbered([twice, Problem("data_empty")]) == (
        Problem("client_twice", 4, "SK_ID_CURR", {"other_row": 2}),
        Problem("data_empty"),
    )


def test_number_that_means_two_things_is_asked_about_with_the_row_of_the_spreadsheet() -> None:
    (problem,) = files.refusal_here("Clients of March\nSK_ID_CURR;A\n1;5\n\n2;270.000\n", InputRefused).problems
    assert (problem.code, problem.row) == ("decimal_unclear", 5)
    sheet = workbook({"Clients": [["March"], [], HEADER, [1, 5, 6], [], [2, "270.000", 8]]})
    assert files.refusal_here(sheet, InputRefused).problems[0].row == 6


def test_starts_are_the_first_row_and_those_after_a_gap() -> None:
    assert starts_of([2, 3, 4, 9, 10, 12]) == [(1, 2), (4, 9), (6, 12)]
    assert starts_of([]) == []
