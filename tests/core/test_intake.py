"""Uploaded or pasted bytes to rows: CSV and JSON told by content, broken ones refused by line."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputRefused, TooLarge, UnreadableInput, UnsupportedType
from core.intake import Intake, read_upload
from core.language import say_problem

TWO = [{"SK_ID_CURR": "1", "AMT_CREDIT": "500000.0"}, {"SK_ID_CURR": "2", "AMT_CREDIT": ""}]


def read(content: bytes | str, *, most_bytes: int = 10_000_000, most_rows: int = 100) -> Intake:
    given_bytes = content.encode() if isinstance(content, str) else content
    return read_upload(given_bytes, most_bytes=most_bytes, most_rows=most_rows)


def refusal(content: bytes | str, kind: type[InputRefused] = UnreadableInput, **limits: int) -> InputRefused:
    with pytest.raises(InputRefused) as refused:
        read(content, **limits)
    assert type(refused.value) is kind
    for problem in refused.value.problems:
        assert say_problem(problem, "en")
        assert say_problem(problem, "fr")
    return refused.value


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_csv_is_read_whatever_its_separator_and_line_ends(separator: str, line_end: str) -> None:
    lines = ["SK_ID_CURR,AMT_CREDIT", "1,500000.0", "2,"]
    found = read(line_end.join(lines).replace(",", separator))
    assert list(found.rows) == TWO
    assert (found.kind, found.separator) == ("csv", separator)


def test_last_line_end_and_empty_lines_are_no_clients() -> None:
    assert list(read("SK_ID_CURR,AMT_CREDIT\n\n1,500000.0\n\n2,\n\n").rows) == TWO


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    found = read("SK_ID_CURR;Prénom\n1;Zoé\n".encode(encoding))
    assert list(found.rows) == [{"SK_ID_CURR": "1", "Prénom": "Zoé"}]


def test_quoted_cell_may_hold_separator_quotes_and_line_end() -> None:
    found = read('SK_ID_CURR,NAME_TYPE_SUITE,X\n1,"Spouse, partner","a ""b""\nc"\n')
    assert list(found.rows) == [{"SK_ID_CURR": "1", "NAME_TYPE_SUITE": "Spouse, partner", "X": 'a "b"\nc'}]


def test_blanks_around_a_column_s_name_do_not_count() -> None:
    assert list(read(" SK_ID_CURR , AMT_CREDIT\n1, 5\n").rows) == [{"SK_ID_CURR": "1", "AMT_CREDIT": " 5"}]


def test_trailing_comma_in_every_line_shifts_nothing() -> None:
    assert list(read("SK_ID_CURR,AMT_CREDIT,\n1,5,\n").rows) == [{"SK_ID_CURR": "1", "AMT_CREDIT": "5", "": ""}]


@pytest.mark.parametrize(("line", "found"), [("2,5,9", 3), ("2", 1), ("2,5,", 3)])
def test_line_that_does_not_fit_the_header_is_refused_by_row_and_line(line: str, found: int) -> None:
    refused = refusal(f"SK_ID_CURR,AMT_CREDIT\n1,5\n\n{line}\n3,5\n", InputRefused)
    (problem,) = refused.problems
    assert (problem.code, problem.row) == ("wrong_field_count", 2)
    assert problem.facts == {"found": found, "expected": 2, "line": 4}


def test_every_line_that_does_not_fit_is_named() -> None:
    refused = refusal("SK_ID_CURR,A\n1\n2,5\n3,5,6\n", InputRefused)
    assert [problem.row for problem in refused.problems] == [1, 3]


@pytest.mark.parametrize("content", [b"", b"  \n\t\r\n ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content).code == "file_empty"


@pytest.mark.parametrize("content", ["SK_ID_CURR,AMT_CREDIT", "SK_ID_CURR\n", "SK_ID_CURR,A\n\n\n"])
def test_header_without_clients_is_refused(content: str) -> None:
    assert refusal(content).code == "file_without_clients"


@pytest.mark.parametrize(
    "start",
    [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"PAR1", b"\x1f\x8b\x08", b"\x89PNG", b"\xff\xd8\xff", b"MZ\0\0"],
)
def test_file_of_another_kind_is_refused_whatever_its_name(start: bytes) -> None:
    assert refusal(start + b"SK_ID_CURR,A\n1,2\n", UnsupportedType).code == "file_of_another_kind"


def test_utf_16_is_refused_as_another_kind() -> None:
    assert refusal("SK_ID_CURR,A\n1,2\n".encode("utf-16"), UnsupportedType).code == "file_of_another_kind"


@pytest.mark.parametrize("content", ["AMT_CREDIT\n5\n", "sk_id_curr,A\n1,2\n", "1,2\n3,4\n", "just a sentence"])
def test_file_without_the_id_column_is_refused_naming_it(content: str) -> None:
    (problem,) = refusal(content).problems
    assert (problem.code, problem.column) == ("id_column_missing", "SK_ID_CURR")


def test_column_that_stands_twice_in_the_header_is_refused() -> None:
    (problem,) = refusal("SK_ID_CURR,A, A\n1,2,3\n").problems
    assert (problem.code, problem.column) == ("header_twice", "A")


@pytest.mark.parametrize(
    "content", ['SK_ID_CURR,A\n1,"x\n', 'SK_ID_CURR,A\n1,"x"y\n', "SK_ID_CURR,A\n1," + "x" * 10_001]
)
def test_cell_without_an_end_is_refused(content: str) -> None:
    assert refusal(content).code == "csv_broken"


def test_file_over_the_byte_limit_is_refused_with_the_limit() -> None:
    content = b"SK_ID_CURR\n" + b"1\n" * 600_000
    (problem,) = refusal(content, TooLarge, most_bytes=2**20).problems
    assert (problem.code, problem.facts) == ("file_too_large", {"limit": 1})


@pytest.mark.parametrize(
    "content", ["SK_ID_CURR\n1\n2\n3\n", '[{"SK_ID_CURR": 1}, {"SK_ID_CURR": 2}, {"SK_ID_CURR": 3}]']
)
def test_file_over_the_row_limit_is_refused_with_the_limit(content: str) -> None:
    assert len(read(content, most_rows=3).rows) == 3
    (problem,) = refusal(content, TooLarge, most_rows=2).problems
    assert (problem.code, problem.facts) == ("file_too_long", {"limit": 2})


CLIENT = {"SK_ID_CURR": 1, "AMT_CREDIT": 5.0}


@pytest.mark.parametrize("document", [{"data": [CLIENT]}, [CLIENT], CLIENT])
@pytest.mark.parametrize("before", ["", "\n  ", "\ufeff"])
def test_json_is_read_as_a_body_an_array_or_one_client(document: object, before: str) -> None:
    found = read(before + json.dumps(document))
    assert list(found.rows) == [CLIENT]
    assert (found.kind, found.separator) == ("json", "")


@pytest.mark.parametrize(
    ("content", "code", "kind"),
    [
        ("{", "not_json", UnreadableInput),
        ('{"data": [1,]}', "not_json", UnreadableInput),
        ('{"AMT_CREDIT": 5}', "data_absent", InputRefused),
        ("[]", "data_empty", InputRefused),
        ('{"data": 5}', "data_not_a_list", InputRefused),
    ],
)
def test_json_without_clients_is_refused(content: str, code: str, kind: type[InputRefused]) -> None:
    assert refusal(content, kind).code == code


def test_client_is_found_again_by_its_position() -> None:
    found = read('[{"SK_ID_CURR": 1}, 5]')
    assert found.row(1) == {"SK_ID_CURR": 1}
    assert found.row(2) == {}


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_and_never_crash(content: bytes) -> None:
    try:
        found = read(content)
    except InputRefused as refused:
        assert refused.problems
    else:
        assert found.rows


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20), min_size=1, max_size=5))
def test_any_cells_written_as_csv_are_read_back(cells: list[str]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    names = [f"C{place}" for place in range(len(cells))]
    writer.writerows([["SK_ID_CURR", *names], ["1", *cells]])
    assert list(read(out.getvalue()).rows) == [{"SK_ID_CURR": "1", **dict(zip(names, cells, strict=True))}]
