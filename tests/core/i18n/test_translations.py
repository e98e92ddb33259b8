"""Sentences in two languages, and numbers as each language writes them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Problem
from core.i18n.translations import (
    catalogue,
    choose_language,
    compact,
    number,
    percent,
    round_to_sum,
    signed,
    translate,
    translate_problem,
)

THIN = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "digits", "english", "french"),
    [
        (1234567.891, 1, "1,234,567.9", f"1{THIN}234{THIN}567,9"),
        (1234.0, 0, "1,234", f"1{THIN}234"),
        (0.5, 3, "0.500", "0,500"),
        (999, 0, "999", "999"),
        (-0.04, 1, "0.0", "0,0"),
        (0.0, 0, "0", "0"),
        (1e14, 0, "100,000,000,000,000", f"100{THIN}000{THIN}000{THIN}000{THIN}000"),
        (1e15, 2, "1E15", "1E15"),
        (-1.25e30, 0, "-1.25E30", "-1,25E30"),
        (1e308, 2, "1E308", "1E308"),
        (round(1e28 / 3), 0, "3.33E27", "3,33E27"),
        (math.inf, 0, "∞", "∞"),
    ],
)
def test_number_is_written_as_each_language_writes_it(value: float, digits: int, english: str, french: str) -> None:
    assert number(value, "en", digits) == english
    assert number(value, "fr", digits) == french


@pytest.mark.parametrize(
    ("value", "text"), [(2.14, "+2.1"), (-2.14, f"{MINUS}2.1"), (0.04, "0.0"), (-0.04, "0.0"), (1234.5, "+1,234.5")]
)
def test_signed_number_has_a_true_sign_and_none_when_it_rounds_to_nothing(value: float, text: str) -> None:
    assert signed(value, "en") == text


def test_french_percent_stands_behind_a_narrow_space() -> None:
    assert percent(0.1234, "fr", 1) == f"12,3{THIN}%"
    assert percent(0.1234, "en", 1) == "12.3%"
    assert percent(1.0, "fr") == f"100{THIN}%"


@pytest.mark.parametrize(
    ("n", "english", "french"),
    [
        (0, "0 clients read from f.", "0 client lu dans f."),
        (1, "1 client read from f.", "1 client lu dans f."),
        (2, "2 clients read from f.", "2 clients lus dans f."),
        (1500, "1,500 clients read from f.", f"1{THIN}500 clients lus dans f."),
        (1_000_000, "1,000,000 clients read from f.", f"1{THIN}000{THIN}000 clients lus dans f."),
    ],
)
def test_plural_follows_each_language(n: int, english: str, french: str) -> None:
    assert translate("picker.from_file", "en", n=n, name="f") == english
    assert translate("picker.from_file", "fr", n=n, name="f") == french


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (("fr",), "fr"),
        (("fr-CA",), "fr"),
        (("FR_fr",), "fr"),
        (("de", "fr"), "fr"),
        (("en", "fr"), "en"),
        ((None, "fr-FR"), "fr"),
        (("", None), "en"),
        (("frisian",), "en"),
        (("de-DE",), "en"),
        ((), "en"),
    ],
)
def test_first_wanted_language_that_there_is_is_chosen_else_english(
    wanted: tuple[str | None, ...], chosen: str
) -> None:
    assert choose_language(*wanted) == chosen


def test_sentence_that_does_not_exist_is_an_error_and_not_an_empty_text() -> None:
    with pytest.raises(KeyError):
        translate("no.such.key", "en")


def test_sentence_without_its_facts_is_an_error() -> None:
    with pytest.raises(KeyError):
        translate("gauge.line", "en")


def test_problem_is_told_with_its_row_and_column_as_they_are() -> None:
    problem = Problem("client_twice", 1234, "SK_ID_CURR", {"other_row": 99999})
    assert translate_problem(problem, "en").startswith("Row 1234, column SK_ID_CURR: this client is also in row 99999;")
    assert "1234" in translate_problem(problem, "fr")


def test_braces_in_a_column_s_name_are_only_characters() -> None:
    assert "{row}" in translate_problem(Problem("text_in_number", 1, "{row}", {"decimal": "."}), "en")


def test_words_of_the_verdicts_are_those_of_the_trade() -> None:
    assert [translate(f"verdict.{each}", "en") for each in ("favourable", "unfavourable", "to_review")] == [
        "Favourable opinion",
        "Unfavourable opinion",
        "To review",
    ]
    assert [translate(f"verdict.{each}", "fr") for each in ("favourable", "unfavourable", "to_review")] == [
        "Avis favorable",
        "Avis défavorable",
        "À examiner",
    ]


def test_catalogue_is_read_once() -> None:
    assert catalogue("fr") is catalogue("fr")


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=30), st.floats(0, 100), st.integers(0, 3))
def test_rounded_parts_add_up_as_printed_and_stay_near_themselves(
    parts: list[float], start: float, digits: int
) -> None:
    end = start + sum(parts)
    shown = round_to_sum(parts, start, end, digits)
    assert round(start, digits) + sum(shown) == pytest.approx(round(end, digits), abs=1e-6)
    unit = 10.0**-digits
    assert all(abs(one - other) <= unit * 1.000001 for one, other in zip(shown, parts, strict=True))


@given(st.floats(allow_nan=False), st.integers(0, 3))
def test_a_number_of_any_size_can_be_written(value: float, digits: int) -> None:
    for written in (number(value, "fr", digits), signed(value, "en", digits), percent(value, "fr", digits)):
        assert 0 < len(written) < 40
    assert 0 < len(compact(value, "en") if abs(value) >= 1000.0 else "small") < 40
