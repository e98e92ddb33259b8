"""Uploaded or pasted bytes to rows: every kind told by content, whatever is odd about it said or refused."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.names import Vocabulary
from core.alignment.number_text import read_number
from core.errors import InputRefused, TooLarge, UnreadableInput, UnsupportedType
from core.readers.csv_reader import MAX_COLUMNS
from core.readers.intake import Intake
from core.readers.upload import ReadChoices
from core.readers.worker import read_parts
from tests.core import client_files as files
from tests.core.client_files import read_here as read
from tests.core.client_files import refusal_here as refusal

TWO = [{"SK_ID_CURR": "1", "AMT_CREDIT": "500000.0"}, {"SK_ID_CURR": "2", "AMT_CREDIT": ""}]
CLIENT = {"SK_ID_CURR": 1, "AMT_CREDIT": 5.0}


def lines_of(*amounts: str) -> str:
    return "SK_ID_CURR;A;B\n" + "\n".join(f"{place};{amount};1" for place, amount in enumerate(amounts, start=1))


@pytest.mark.parametrize("proofs", [("0,5", "0.5"), ("2.5", "1.234.567", "0,5"), ("1,234.5", "1.234,5")])
def test_file_that_proves_both_decimal_signs_proves_none_for_a_number_that_means_two_things(
    proofs: tuple[str, ...],
) -> None:
    problem = refusal(lines_of(*proofs, "270.000"), InputRefused).problems[0]
    assert (problem.code, problem.row, problem.facts["other"]) == ("decimal_unclear", len(proofs) + 2, "270000")
    assert read(lines_of(*proofs)).how.decimal in (".", ",")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_csv_is_read_whatever_its_separator_and_line_ends(separator: str, line_end: str) -> None:
    lines = ["SK_ID_CURR,AMT_CREDIT", "1,500000.0", "2,"]
    found = read(line_end.join(lines).replace(",", separator))
    assert found.as_sent() == TWO
    assert (found.how.kind, found.how.separator, found.how.quote) == ("csv", separator, "")


def test_last_line_end_and_empty_lines_are_no_clients() -> None:
    assert read("\nSK_ID_CURR,AMT_CREDIT\n\n1,500000.0\n\n2,\n\n").as_sent() == TWO


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")]
)
def test_csv_is_read_in_the_encodings_that_spreadsheets_write(encoding: str, said: str) -> None:
    found = read("SK_ID_CURR;Prénom\n1;Zoé\n".encode(encoding))
    assert found.as_sent() == [{"SK_ID_CURR": "1", "Prénom": "Zoé"}]
    assert found.how.encoding == said


def test_quoted_cell_may_hold_separator_quotes_and_line_end() -> None:
    found = read('SK_ID_CURR,NAME_TYPE_SUITE,X\n1,"Spouse, partner","a ""b""\nc"\n')
    assert found.as_sent() == [{"SK_ID_CURR": "1", "NAME_TYPE_SUITE": "Spouse, partner", "X": 'a "b"\nc'}]


@pytest.mark.parametrize("quote", ['"', "'"])
def test_sign_around_cells_is_found_out_and_said(quote: str) -> None:
    found = read("@SK_ID_CURR@;@A@\n@1@;@b;c@\n".replace("@", quote))
    assert found.as_sent() == [{"SK_ID_CURR": "1", "A": "b;c"}]
    assert found.how.quote == quote


def test_line_that_names_the_separator_is_believed() -> None:
    assert read("sep=;\nSK_ID_CURR;A\n1;5\n").as_sent() == [{"SK_ID_CURR": "1", "A": "5"}]


@pytest.mark.parametrize(
    ("cells", "decimal", "read_as"),
    [
        ("0,5;12,25", ",", [0.5, 12.25]),
        ("-1,5e3;7", ",", [-1500.0, "7"]),
        ("1.234,5;0,25", ",", [1234.5, 0.25]),
        ("1.234;0,25", ",", [1234.0, 0.25]),
        ("1.234.567;270.000", ",", [1234567.0, 270000.0]),
        ("1,234;0.25", ".", [1234.0, "0.25"]),
        ("1.234;0.25", ".", [1.234, "0.25"]),
        ("0,410;270.000", ",", [0.41, 270000.0]),
        ("5;7", "", ["5", "7"]),
    ],
)
def test_numbers_that_can_be_nothing_else_prove_the_decimal_sign(
    cells: str, decimal: str, read_as: list[object]
) -> None:
    found = read(f"SK_ID_CURR;A;B\n1;{cells}\n")
    assert found.how.decimal == decimal
    assert found.row(1) == {"SK_ID_CURR": "1", "A": read_as[0], "B": read_as[1]}
    assert found.as_sent() == [{"SK_ID_CURR": "1", **dict(zip("AB", cells.split(";"), strict=True))}]


@pytest.mark.parametrize("cell", ["270.000", "-1.500", "1,250", " 22.018 ", "22.018 €"])
def test_number_that_means_two_things_is_asked_about_with_both_readings(cell: str) -> None:
    content = f"SK_ID_CURR;A;B\n1;5;6\n2;7;{cell}\n3;{cell};8\n"
    (problem,) = refusal(content, InputRefused).problems
    assert (problem.code, problem.row, problem.column) == ("decimal_unclear", 3, "B")
    small, large = float(str(problem.facts["one"])), float(str(problem.facts["other"]))
    assert large == pytest.approx(1000 * small)


def test_a_person_says_which_sign_is_the_decimal_sign() -> None:
    content = b"SK_ID_CURR;A\n1;270.000\n2;1,250\n"
    point = files.read(content, choices=ReadChoices(decimal="point"))
    comma = files.read(content, choices=ReadChoices(decimal="comma"))
    assert [point.row(at)["A"] for at in (1, 2)] == [270.0, 1250.0]
    assert [comma.row(at)["A"] for at in (1, 2)] == [270000.0, 1.25]


def test_only_columns_that_the_model_reads_prove_the_decimal_sign() -> None:
    words = Vocabulary(frozenset({"SK_ID_CURR", "A"}), frozenset({"A"}))
    found = files.read(b"SK_ID_CURR;A;VERSION\n1;0,41;2.1\n", vocabulary=words)
    assert (found.how.decimal, found.row(1)["A"]) == (",", 0.41)


def test_decimal_sign_proven_in_a_later_line_counts_for_all() -> None:
    lines = [f"{place};1.234" for place in range(2500)]
    found = read("\n".join(["SK_ID_CURR;A", *lines, "9999;0,5"]), max_rows=3000)
    assert (found.how.decimal, found.row(1)["A"], found.row(2501)["A"]) == (",", 1234.0, 0.5)


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "'", "\u2019"])
def test_thousands_with_spaces_and_a_currency_sign_are_read(space: str) -> None:
    found = read(f"SK_ID_CURR;A;B\n1;13{space}500,25;270{space}000 €\n")
    assert found.row(1)["A"] == 13500.25
    assert read_number(found.row(1)["B"]) == 270000.0


@pytest.mark.parametrize(
    "name", ["sk_id_curr", " Sk_Id_Curr", "\ufeffSK_ID_CURR", "SK_ID_CURR\u00a0", "\u202fsk_id_curr "]
)
def test_names_written_otherwise_are_matched_and_said(name: str) -> None:
    words = Vocabulary(frozenset({"SK_ID_CURR", "AMT_CREDIT"}), frozenset({"AMT_CREDIT"}))
    found = files.read(f"A,{name},amt_credit\n1,2,3\n".encode(), vocabulary=words)
    assert found.row(1) == {"A": "1", "SK_ID_CURR": "2", "AMT_CREDIT": "3"}
    exact = name.strip() == "SK_ID_CURR"
    assert found.how.renamed == {"amt_credit": "AMT_CREDIT"} | ({} if exact else {name.strip(): "SK_ID_CURR"})


def test_names_that_may_mean_two_columns_are_left_alone() -> None:
    words = Vocabulary(frozenset({"SK_ID_CURR", "AMT_CREDIT", "Kind_a", "KIND_A"}), frozenset())
    found = files.read(b"SK_ID_CURR,amt_credit,Amt_Credit,kind_a\n1,2,3,4\n", vocabulary=words)
    assert found.how.renamed == {}


WRAPPED = [
    '1,5,"Stone, brick"',
    '"1,5,""Stone, brick"""',
    '"1,5,""Stone, brick""";;',
]


@pytest.mark.parametrize("line", WRAPPED[1:])
def test_line_wrapped_in_quotes_by_a_spreadsheet_is_unwrapped_and_said(line: str) -> None:
    found = read(f"SK_ID_CURR,A,B\n{line}\n2,6,Panel\n")
    assert found.as_sent() == [
        {"SK_ID_CURR": "1", "A": "5", "B": "Stone, brick"},
        {"SK_ID_CURR": "2", "A": "6", "B": "Panel"},
    ]
    assert (found.how.unwrapped, found.how.separator) == (1, ",")


def test_file_that_a_spreadsheet_saved_with_another_separator_is_read() -> None:
    content = 'SK_ID_CURR,A,why;;\r\n"1,5,""correct ";" this ; and that"""\r\n2,6,right;;\r\n'
    found = read(content)
    assert [dict(row)["A"] for row in found.as_sent()] == ["5", "6"]  # type: ignore[call-overload]
    assert dict(found.as_sent()[0])["why"] == "correct ; this ; and that"  # type: ignore[call-overload]
    assert dict(found.as_sent()[1])["why"] == "right"  # type: ignore[call-overload]


def test_whole_file_wrapped_in_quotes_is_read() -> None:
    found = read('"SK_ID_CURR,""A"""\n"1,""x, y"""\n')
    assert found.as_sent() == [{"SK_ID_CURR": "1", "A": "x, y"}]


def test_quoted_lines_that_fit_are_not_touched() -> None:
    found = read('"SK_ID_CURR","A, b"\n"1","say ""x"", y"\n')
    assert found.as_sent() == [{"SK_ID_CURR": "1", "A, b": 'say "x", y'}]
    assert found.how.unwrapped == 0


def test_rows_above_the_header_are_said() -> None:
    found = read("Clients of November;;\n;;\nSK_ID_CURR;A;B\n1;5;6\n")
    assert found.as_sent() == [{"SK_ID_CURR": "1", "A": "5", "B": "6"}]
    assert found.how.title_rows == 2


def test_blanks_around_a_column_s_name_do_not_count() -> None:
    assert read(" SK_ID_CURR , AMT_CREDIT\n1, 5\n").as_sent() == [{"SK_ID_CURR": "1", "AMT_CREDIT": " 5"}]


def test_trailing_comma_in_every_line_shifts_nothing() -> None:
    assert read("SK_ID_CURR,AMT_CREDIT,\n1,5,\n").as_sent() == [{"SK_ID_CURR": "1", "AMT_CREDIT": "5", "": ""}]


@pytest.mark.parametrize(("line", "found"), [("2,5,9", 3), ("2", 1), ("2,5,", 3)])
def test_line_that_does_not_fit_the_header_is_told_by_row_and_line_and_the_others_stay(line: str, found: int) -> None:
    sent = read(f"SK_ID_CURR,AMT_CREDIT\n1,5\n\n{line}\n3,5\n")
    (problem,) = sent.all_rows().problems  # type: ignore[union-attr]
    assert (problem.code, problem.row) == ("wrong_field_count", 2)
    assert problem.facts == {"found": found, "expected": 2, "line": 4}
    assert sent.n_rows == 3
    assert sent.row(3) == {"SK_ID_CURR": "3", "AMT_CREDIT": "5"}


def test_line_number_counts_the_lines_inside_of_quotes() -> None:
    (problem,) = read('SK_ID_CURR,A\n1,"b\n\nc"\n2\n').all_rows().problems  # type: ignore[union-attr]
    assert problem.facts["line"] == 5


NOTHING = gzip.compress(b"", mtime=0)


@pytest.mark.parametrize("content", [b"", b"  \n\t\r\n ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", NOTHING])
def test_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content).code == "file_empty"


@pytest.mark.parametrize("content", ["SK_ID_CURR,AMT_CREDIT", "SK_ID_CURR\n", "SK_ID_CURR,A\n\n\n"])
def test_header_without_clients_is_refused(content: str) -> None:
    assert refusal(content).code == "file_without_clients"


@pytest.mark.parametrize("start", [b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"\x89PNG", b"\xff\xd8\xff", b"MZ\0\0", b"BZh9"])
def test_file_of_another_kind_is_refused_whatever_its_name(start: bytes) -> None:
    assert refusal(start + b"SK_ID_CURR,A\n1,2\n", UnsupportedType).code == "file_of_another_kind"


def test_zip_that_is_no_workbook_is_of_another_kind() -> None:
    assert (
        refusal(files.zipped({"clients.csv": b"SK_ID_CURR,A\n1,2\n"}), UnsupportedType).code == "file_of_another_kind"
    )


@pytest.mark.parametrize("padding", [b"", b"\0" * 512, b"\0" * 2**17])
def test_gzip_in_several_members_is_read_as_one(padding: bytes) -> None:
    parts = [gzip.compress(part) for part in (b"SK_ID_CURR,A\n1,", b"2\n", b"", b"3,4\n")]
    assert read(padding.join(parts) + padding).as_sent() == [
        {"SK_ID_CURR": "1", "A": "2"},
        {"SK_ID_CURR": "3", "A": "4"},
    ]


# Written at a fixed time: what a case is called must be the same in every process that collects the tests.
@pytest.mark.parametrize("rest", [b"x", b"SK_ID_CURR", b"\0\0x", gzip.compress(b"3,4\n", mtime=0)[:-1]])
def test_gzip_with_something_else_after_it_is_broken(rest: bytes) -> None:
    assert refusal(gzip.compress(b"SK_ID_CURR,A\n1,2\n") + rest).code == "file_broken"


def test_gzip_in_gzip_is_of_another_kind() -> None:
    content = gzip.compress(gzip.compress(b"SK_ID_CURR,A\n1,2\n"), mtime=0)
    assert refusal(content, UnsupportedType).code == "file_of_another_kind"


@pytest.mark.parametrize(
    "content", ["AMT_CREDIT\n5\n", "sk_id_curr,SK_id_curr\n1,2\n", "1,2\n3,4\n", "just a sentence"]
)
def test_file_without_the_id_column_is_refused_naming_it(content: str) -> None:
    (problem,) = refusal(content).problems
    assert (problem.code, problem.column) == ("id_column_missing", "SK_ID_CURR")


def test_column_that_stands_twice_in_the_header_is_refused() -> None:
    (problem,) = refusal("SK_ID_CURR,A, A\n1,2,3\n").problems
    assert (problem.code, problem.column) == ("header_twice", "A")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('SK_ID_CURR,A\n1,2\n1,"x\n', 3),
        ('SK_ID_CURR,A\n1,"x"y\n', 2),
        ("SK_ID_CURR,A\n1," + "x" * 10_001, 2),
        ('SK_ID_CURR,A\n1,"' + "x\n" * 9000, 2),
    ],
)
def test_cell_without_an_end_is_refused_by_the_line_where_its_row_begins(content: str, line: int) -> None:
    (problem,) = refusal(content).problems
    assert (problem.code, problem.facts) == ("csv_broken", {"line": line})


@pytest.mark.parametrize("kind", files.KINDS)
def test_file_over_the_row_limit_is_refused_with_the_limit(kind: str) -> None:
    content = files.written(kind, [{"SK_ID_CURR": place, "A": 0.5} for place in range(1, 4)])
    assert read(content, max_rows=3).n_rows == 3
    (problem,) = refusal(content, TooLarge, max_rows=2).problems
    assert problem.code == ("cell_far_out" if kind == "excel" else "file_too_long")
    assert problem.facts["limit"] == 2


@pytest.mark.parametrize("document", [{"data": [CLIENT]}, [CLIENT], CLIENT])
@pytest.mark.parametrize("before", ["", "\n  ", "\ufeff"])
def test_json_is_read_as_a_body_an_array_or_one_client(document: object, before: str) -> None:
    found = read(before + json.dumps(document))
    assert found.as_sent() == [CLIENT]
    assert (found.how.kind, found.how.separator) == ("json", "")


def test_json_lines_are_read_and_a_broken_one_is_no_client() -> None:
    assert read('{"SK_ID_CURR": 1}\n\n{"SK_ID_CURR": \n{"SK_ID_CURR": 2}\n').as_sent() == [
        {"SK_ID_CURR": 1},
        None,
        {"SK_ID_CURR": 2},
    ]


@pytest.mark.parametrize(
    ("content", "code", "kind"),
    [
        ("{", "not_json", UnreadableInput),
        ('{"data": [1,]}', "not_json", UnreadableInput),
        ('{"AMT_CREDIT": 5}', "data_absent", InputRefused),
        ("[]", "data_empty", InputRefused),
        ('{"data": 5}', "data_not_a_list", InputRefused),
        ("[" * 200 + "]" * 200, "too_deep", UnreadableInput),
        (b'{"data": [{"SK_ID_CURR": "\xff"}]}', "wrong_encoding", UnreadableInput),
    ],
)
def test_json_without_clients_is_refused(content: str | bytes, code: str, kind: type[InputRefused]) -> None:
    assert refusal(content, kind).code == code


def test_values_of_json_arrive_as_they_were_sent() -> None:
    text = '[{"SK_ID_CURR": 1, "a": NaN, "b": [1, {"c": null}], "d": true, "e": 123456789012345678901, "f": "\\ud800"}]'
    (row,) = read(text).as_sent()
    assert repr(list(dict(row).values())) == "[1, nan, [1, {'c': None}], True, 1.2345678901234568e+20, '?']"  # type: ignore[call-overload]


def test_name_that_stands_twice_in_a_client_is_still_known() -> None:
    (row,) = read('[{"SK_ID_CURR": 1, "A": 1, "A": 2}]').as_sent()
    assert row.repeated == "A"  # type: ignore[attr-defined]


def test_client_is_found_again_by_its_position() -> None:
    found = read('[{"SK_ID_CURR": 1}, 5]')
    assert found.row(1) == {"SK_ID_CURR": 1}
    assert found.row(2) == {}


@pytest.mark.parametrize("kind", files.KINDS)
@pytest.mark.parametrize("packed", [False, True])
def test_each_kind_is_told_by_content_packed_or_not(kind: str, packed: bool) -> None:
    content = files.written(kind, [{"SK_ID_CURR": 7, "A": 0.1, "B": "x"}])
    found = read(gzip.compress(content, mtime=0) if packed else content)
    assert found.how.kind == kind
    assert found.how.packed == packed
    (row,) = found.as_sent()
    assert {name: str(cell) for name, cell in dict(row).items()} in (  # type: ignore[call-overload]
        {"SK_ID_CURR": "7", "A": "0.1", "B": "x"},
        {"SK_ID_CURR": "7.0", "A": "0.1", "B": "x"},
    )


def test_workbook_s_cells_keep_their_kind_and_dates_become_text() -> None:
    found = read(files.workbook_with_every_kind_of_cell())
    assert found.as_sent() == [
        {"SK_ID_CURR": 7.0, "A": True, "B": 0.1, "C": "text", "D": "2020-01-02", "E": 5.5, "F": ""},
        {"SK_ID_CURR": 8.0, "A": "", "B": "", "C": "", "D": "", "E": "", "F": "x"},
    ]
    assert found.how.sheet == "Clients"


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (lambda: files.excel([{"SK_ID_CURR": 10**15, "A": 1}]), "id_not_exact"),
        (lambda: files.parquet_of("float32", [2.0**24]), "id_not_exact"),
        (lambda: files.parquet_of("float64", [2.0**53]), "id_not_exact"),
    ],
)
def test_id_that_the_file_may_have_rounded_is_told(write: Callable[[], bytes], code: str) -> None:
    (problem,) = read(write()).all_rows().problems  # type: ignore[union-attr]
    assert (problem.code, problem.row, problem.column) == (code, 1, "SK_ID_CURR")


def test_columns_beyond_the_limit_are_refused_in_every_kind() -> None:
    names = ["SK_ID_CURR", *(f"C{place}" for place in range(MAX_COLUMNS))]
    row = dict.fromkeys(names, 1)
    for kind in files.KINDS:
        assert refusal(files.written(kind, [row]), TooLarge).code == "too_many_columns"


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_and_never_crash(content: bytes) -> None:
    try:
        found = list(read_parts(content, max_rows=100, max_unpacked=10**7))
    except InputRefused as refused:
        assert refused.problems
    else:
        assert len(found) > 1


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20), min_size=1, max_size=5))
def test_any_cells_written_as_csv_are_read_back(cells: list[str]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    names = [f"C{place}" for place in range(len(cells))]
    # A sentence beside each cell, so that none is taken for a number with a decimal comma.
    writer.writerows([["SK_ID_CURR", *names], ["1", *(f"a {cell}" for cell in cells)]])
    found: Intake = read(out.getvalue())
    assert found.as_sent() == [
        {"SK_ID_CURR": "1", **{name: f"a {cell}" for name, cell in zip(names, cells, strict=True)}}
    ]
