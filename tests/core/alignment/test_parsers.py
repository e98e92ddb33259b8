"""Cells one by one: what each kind of column reads, and what it refuses."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.number_text import DecimalSign, Unreadable, read_number, two_readings
from core.alignment.parsers import (
    BINARY,
    decode_binary,
    describe_column,
    divide,
    raw_value,
    read_category,
    read_flag,
    reader_of,
)

MISSING = [None, "", "  ", math.nan, math.inf, -math.inf, json.loads("1e400"), json.loads("-1e400"), 10**400]
MARKERS = ["NA", "N/A", "NULL", "None", "NaN", "nan", r"\N", "<NA>", "#N/A", "-", "null", " na "]
MISSING_TEXT = [*MARKERS, "Infinity", "-Infinity", "inf", "1e400"]


def code_of(read: Callable[[object], object], value: object) -> str:
    with pytest.raises(Unreadable) as refused:
        read(value)
    return refused.value.code


@pytest.mark.parametrize("value", MISSING + MISSING_TEXT)
def test_what_stands_for_a_missing_number_is_read_as_missing(value: object) -> None:
    assert math.isnan(read_number(value))


@pytest.mark.parametrize("value", MISSING)
@pytest.mark.parametrize("name", ["FLAG_PHONE", "FLAG_OWN_REALTY"])
def test_what_stands_for_a_missing_value_is_missing_in_flags_and_binaries_too(name: str, value: object) -> None:
    kind = describe_column(name)[1]
    assert math.isnan(reader_of(name, kind)(value))


@pytest.mark.parametrize("value", MISSING + MARKERS)
def test_what_stands_for_a_missing_value_is_a_missing_category(value: object) -> None:
    assert math.isnan(read_category({"Working": 0})(value))


@pytest.mark.parametrize("name", ["None", "NA", "-"])
def test_marker_that_training_knew_as_a_category_stays_one(name: str) -> None:
    read = read_category({"Working": 0, name: 1})
    assert read(f" {name} ") == 1.0
    assert math.isnan(read("N/A"))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("156384.0", 156384.0),
        (" 12 ", 12.0),
        ("-20831", -20831.0),
        ("+.5", 0.5),
        ("5.", 5.0),
        ("1.5e3", 1500.0),
        ("0E0", 0.0),
        ("0.502", 0.502),
        ("1502.125", 1502.125),
        ("502.12", 502.12),
        ("270 000", 270000.0),
        ("-16\u202f425", -16425.0),
        ("1\u00a0270\u00a0000.50", 1270000.5),
        ("270'000", 270000.0),
        ("270\u2019000", 270000.0),
        ("270 000 \u20ac", 270000.0),
        ("13500.25$", 13500.25),
        ("\u2212120", -120.0),
    ],
)
def test_number_written_as_text_is_the_number(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("502.000", ("502", "502000")),
        ("502,000", ("502", "502000")),
        ("-1.250", ("-1.25", "-1250")),
        ("+13.500 \u20ac", ("13.5", "13500")),
    ],
)
def test_number_that_means_two_things_is_refused_with_both(text: str, readings: tuple[str, str]) -> None:
    with pytest.raises(Unreadable) as refused:
        read_number(text)
    assert (refused.value.code, refused.value.facts) == ("two_readings", {"one": readings[0], "other": readings[1]})
    assert two_readings(text) == readings


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("502.000", ".", 502.0),
        ("502.000", ",", 502000.0),
        ("502,000", ".", 502000.0),
        ("502,000", ",", 502.0),
        ("0,41", ",", 0.41),
        ("13\u202f500,25", ",", 13500.25),
        ("1.234.567,8", ",", 1234567.8),
        ("1,234,567.8", ".", 1234567.8),
        ("270000", ",", 270000.0),
    ],
)
def test_decimal_sign_of_the_file_decides(text: str, decimal: DecimalSign, number: float) -> None:
    assert read_number(text, decimal) == number


@pytest.mark.parametrize(
    ("text", "decimal", "code"),
    [
        ("0,41", ".", "decimal_mixed"),
        ("0.41", ",", "decimal_mixed"),
        ("1.5", ",", "decimal_mixed"),
        ("1,23,456", ".", "text_in_number"),
    ],
)
def test_other_sign_than_the_file_s_is_refused_with_the_file_s(text: str, decimal: DecimalSign, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_number(text, decimal)
    assert (refused.value.code, refused.value.facts) == (code, {"decimal": decimal})


@given(st.integers(-(10**12), 10**12), st.sampled_from([" ", "\u00a0", "\u202f", "'"]))
def test_thousands_with_a_space_or_an_apostrophe_between_them_are_the_number(number: int, space: str) -> None:
    assert read_number(f"{number:,}".replace(",", space)) == number


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_number_with_its_thousands_apart_is_itself_where_the_decimal_sign_is_known(number: float) -> None:
    text = f"{number:,.3f}"
    assert read_number(text, ".") == float(text.replace(",", ""))
    french = text.translate(str.maketrans(",.", ".,"))
    assert read_number(french, ",") == float(text.replace(",", ""))


@pytest.mark.parametrize(
    "text",
    ["12 00", "1,5", "0x10", "1_000", "١٢", "abc", "--1", "1e", ".", "1.2.3", "1 000\u00a0000", "€ 5", "1,234,567"],
)
def test_any_other_text_in_a_number_is_refused(text: str) -> None:
    assert code_of(read_number, text) == "text_in_number"


def test_endless_digits_are_read_or_refused_without_trying_again_from_each_of_them() -> None:
    digits = "1" * 500_000
    assert read_number(f"0.{digits}") == 1 / 9
    assert math.isnan(read_number(digits))
    for text in (f"{digits}x", f"{digits}.{digits}.", f"{digits}e", f"{digits}e{digits}x"):
        assert code_of(read_number, text) == "text_in_number"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_and_its_text_read_the_same(number: float) -> None:
    assert read_number(number) == number
    assert read_number(repr(number), ".") == number
    assert two_readings(repr(number)) or read_number(repr(number)) == number


@pytest.mark.parametrize("value", [[1], {"a": 1}, [], {}])
@pytest.mark.parametrize("name", ["AMT_CREDIT", "FLAG_PHONE", "CODE_GENDER", "NAME_INCOME_TYPE_Working"])
def test_nested_value_is_refused_whatever_the_column(name: str, value: object) -> None:
    assert code_of(reader_of(name, describe_column(name)[1]), value) == "nested_value"


@pytest.mark.parametrize("value", [[1], {"a": 1}])
def test_nested_value_in_a_raw_category_is_refused(value: object) -> None:
    assert code_of(read_category({}), value) == "nested_value"


@pytest.mark.parametrize("name", ["FLAG_PHONE", "REG_REGION_NOT_LIVE_REGION", "NAME_INCOME_TYPE_Working"])
@pytest.mark.parametrize(
    ("value", "number"),
    [
        *((True, 1.0), (False, 0.0), (1, 1.0), ("0", 0.0), (1.0, 1.0)),
        *(("VRAI", 1.0), ("faux", 0.0), ("Oui", 1.0), ("NON", 0.0), ("yes", 1.0), ("False", 0.0)),
    ],
)
def test_true_is_one_and_false_is_zero_in_flags_and_one_hots(name: str, value: object, number: float) -> None:
    assert reader_of(name, describe_column(name)[1])(value) == number


@pytest.mark.parametrize("value", [2, -1, 0.5, "0.5", "7"])
def test_flag_other_than_zero_and_one_is_refused(value: object) -> None:
    assert code_of(read_flag, value) == "not_zero_or_one"


def test_text_in_a_flag_is_refused() -> None:
    assert code_of(read_flag, "Y") == "text_in_number"


@pytest.mark.parametrize("value", [True, False])
def test_true_and_false_in_a_number_are_refused(value: bool) -> None:
    assert code_of(read_number, value) == "boolean_in_number"


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("value", [True, False])
def test_true_and_false_in_a_binary_column_are_refused(name: str, value: bool) -> None:
    assert code_of(reader_of(name, "binary"), value) == "boolean_in_binary"


@pytest.mark.parametrize(
    ("name", "letter", "code"),
    [
        ("CODE_GENDER", "M", 0.0),
        ("CODE_GENDER", "F", 1.0),
        ("FLAG_OWN_CAR", "N", 0.0),
        ("FLAG_OWN_CAR", "Y", 1.0),
        ("FLAG_OWN_REALTY", "Y", 0.0),
        ("FLAG_OWN_REALTY", "N", 1.0),
    ],
)
def test_binary_letters_are_encoded_as_training_encoded_them(name: str, letter: str, code: float) -> None:
    read = reader_of(name, "binary")
    assert read(letter) == code
    assert read(f" {letter} ") == code
    assert read(code) == code
    assert read(str(int(code))) == code
    assert decode_binary(name, code) == letter


@pytest.mark.parametrize("value", ["XNA", "X", "f", "yes", "OUI", "false", 2, 0.5, "2"])
@pytest.mark.parametrize("name", BINARY)
def test_value_never_seen_in_a_binary_column_is_refused(name: str, value: object) -> None:
    assert code_of(reader_of(name, "binary"), value) == "unknown_code"


def test_missing_binary_code_stands_for_no_letter() -> None:
    assert decode_binary("CODE_GENDER", math.nan) is None


@pytest.mark.parametrize(("value", "position"), [("Working", 0.0), (" Pensioner ", 1.0), ("working", -1.0), (5, -1.0)])
def test_raw_category_is_its_position_or_never_seen(value: object, position: float) -> None:
    assert read_category({"Working": 0, "Pensioner": 1})(value) == position


@pytest.mark.parametrize(
    ("name", "described"),
    [
        ("AMT_CREDIT", ("AMT_CREDIT", "number", None)),
        ("FLAG_DOCUMENT_3", ("FLAG_DOCUMENT_3", "flag", None)),
        ("LIVE_CITY_NOT_WORK_CITY", ("LIVE_CITY_NOT_WORK_CITY", "flag", None)),
        ("FLAG_OWN_REALTY", ("FLAG_OWN_REALTY", "binary", None)),
        ("PAYMENT_RATE", ("PAYMENT_RATE", "ratio", None)),
        ("OCCUPATION_TYPE_Low-skill Laborers", ("OCCUPATION_TYPE", "one_hot", "Low-skill Laborers")),
        ("ORGANIZATION_TYPE_Industry: type 1", ("ORGANIZATION_TYPE", "one_hot", "Industry: type 1")),
        ("NAME_TYPE_SUITE_Spouse, partner", ("NAME_TYPE_SUITE", "one_hot", "Spouse, partner")),
        ("YEARS_BUILD_MODE", ("YEARS_BUILD_MODE", "number", None)),
    ],
)
def test_column_name_tells_source_kind_and_category(name: str, described: tuple[str, str, str | None]) -> None:
    assert describe_column(name) == described


def test_division_without_a_finite_result_is_missing() -> None:
    above = np.array([1.0, 1.0, 0.0, np.nan, 1e308, -6.0])
    below = np.array([4.0, 0.0, 0.0, 2.0, 1e-308, 3.0])
    expected = [0.25, math.nan, math.nan, math.nan, math.nan, -2.0]
    np.testing.assert_array_equal(divide(above, below), expected)


@pytest.mark.parametrize(
    ("row", "source", "value"),
    [
        ({"DAYS_EMPLOYED": 365243}, "DAYS_EMPLOYED", None),
        ({"DAYS_EMPLOYED": "-1460"}, "DAYS_EMPLOYED", -1460.0),
        ({"FLAG_OWN_REALTY": 0}, "FLAG_OWN_REALTY", "Y"),
        ({"FLAG_OWN_REALTY": "N"}, "FLAG_OWN_REALTY", "N"),
        ({"OCCUPATION_TYPE": " Drivers "}, "OCCUPATION_TYPE", "Drivers"),
        ({"OCCUPATION_TYPE_Drivers": 0, "OCCUPATION_TYPE_Managers": "1"}, "OCCUPATION_TYPE", "Managers"),
        ({"OCCUPATION_TYPE_Drivers": 0}, "OCCUPATION_TYPE", None),
        ({"AMT_CREDIT": "a lot"}, "AMT_CREDIT", None),
        ({"AMT_CREDIT": "N/A"}, "AMT_CREDIT", None),
        ({"OCCUPATION_TYPE": "NULL"}, "OCCUPATION_TYPE", None),
        ({}, "AMT_CREDIT", None),
    ],
)
def test_value_to_show_is_what_the_row_says_raw_or_encoded(row: dict[str, object], source: str, value: object) -> None:
    assert raw_value(row, source) == value
