"""No spreadsheet runs a text of ours, with whatever separator it opens the file, and every text comes back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.readers.formulas import ESCAPED_BYTES, escape, quote, unescape

FULL_WIDTH = "\uff1d\uff0b\uff0d\uff20"
TEXTS = st.text(st.sampled_from("=+-@'\",;\t\r\n a1" + FULL_WIDTH), max_size=10)


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1+1", "-1-1", "@SUM(A1)", "\tx", "\rx", "\nx", "'=1", "''=1", "=cmd|' /C calc'!A0", "+", "-"),
        *("--5", "-5-", "-1e", "-1,5", "+33 1 23", "=", "-\u0663", "-1.5x", "'@"),
        *(f"{sign}1+1" for sign in FULL_WIDTH),
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert escape(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["-14600", "+1.5", "-1e-5", "plain", "a=b", "", "'tis", "-.5", "-5.", "+1E+5", "-0", "'", "''", "'a=", "5=", " =1"],
)
def test_plain_numbers_and_texts_that_nothing_runs_stay_as_they_are(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("Cash loans;=1+1", "Cash loans;'=1+1"),
        ("a,@b", "a,'@b"),
        ("x\r=1+1", "x\r'=1+1"),
        ("x\n\t+1", "x\n\t'+1"),
        ("a;'=1", "a;''=1"),
        ('a;"=1', "a;\"'=1"),
        ("a; -1-1", "a; '-1-1"),
        ("=1;=2", "'=1;'=2"),
        ("Stone, brick", "Stone, brick"),
        ("l'un; l'autre", "l'un; l'autre"),
    ],
)
def test_cell_begins_anew_after_each_sign_that_may_separate(text: str, harmless: str) -> None:
    assert escape(text) == harmless
    assert unescape(harmless) == text


@given(TEXTS)
def test_every_text_comes_back(text: str) -> None:
    assert unescape(escape(text)) == text
    if escape(text) != text:
        assert ESCAPED_BYTES.search(escape(text).encode())


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from([",", ";", "\t"]), st.sampled_from([",", ";", "\t"]))
def test_no_cell_begins_with_a_formula_with_whatever_separator_the_file_is_opened(
    texts: list[str], written: str, opened: str
) -> None:
    line = written.join(quote(text, written) for text in ["1", *texts]) + "\n"
    for row in csv.reader(io.StringIO(line, newline=""), delimiter=opened):
        for cell in row:
            number = cell.rstrip('"').replace(".", "", 1).lstrip("+-").isdigit()
            assert number or cell[:1] not in tuple("=+-@" + FULL_WIDTH)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from([",", ";", "\t"]))
def test_row_is_read_back_as_one_row(texts: list[str], separator: str) -> None:
    line = separator.join(quote(text, separator) for text in texts) + "\n"
    rows = list(csv.reader(io.StringIO(line, newline=""), delimiter=separator))
    assert [[unescape(cell) for cell in row] for row in rows] == ([texts] if texts != [""] else [[]])


@pytest.mark.parametrize(
    ("text", "separator", "decimal", "written"),
    [
        ("-1.5", ",", ".", "-1.5"),
        ("-1,5", ";", ",", "-1,5"),
        ("-1,5", ",", ",", '"\'-1,5"'),
        ("", ",", ".", ""),
        ('say "no"', ";", ".", '"say ""no"""'),
        ("a\rb", ",", ".", '"a\rb"'),
    ],
)
def test_text_is_quoted_and_a_number_is_not(text: str, separator: str, decimal: str, written: str) -> None:
    assert quote(text, separator, decimal) == written
