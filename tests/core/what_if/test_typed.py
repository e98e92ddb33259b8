"""What is typed into a field is read as its writer meant it, in a French and in an English browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.number_text import Unreadable
from core.i18n.translations import LANGUAGES, Language
from core.what_if.typed import read_typed, write_typed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1,5", 1.5),
        ("1.5", 1.5),
        ("150 000", 150000.0),
        ("150\u202f000 €", 150000.0),
        ("1 234,50", 1234.5),
        ("1,234,567.5", 1234567.5),
        ("0,250", 0.25),
        ("12,", 12.0),
        ("", None),
        ("  ", None),
    ],
)
def test_both_decimal_signs_are_read(text: str, wanted: float | None, language: Language) -> None:
    assert read_typed(text, language) == wanted


def test_a_comma_before_three_digits_stands_between_thousands_in_english_and_is_asked_about_in_french() -> None:
    assert read_typed("150,000", "en") == 150000.0
    with pytest.raises(Unreadable) as refused:
        read_typed("150,000", "fr")
    assert refused.value.facts == {"one": "150", "other": "150000"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("text", "code"), [("150.000", "two_readings"), ("abc", "text_in_number"), ("1,2,3", "")])
def test_what_is_no_number_or_two_is_refused(text: str, code: str, language: Language) -> None:
    with pytest.raises(Unreadable) as refused:
        read_typed(text, language)
    assert refused.value.code == (code or "text_in_number")


@given(st.floats(0.0, 1e9).map(lambda value: round(value, 2)), st.sampled_from(LANGUAGES))
def test_what_a_field_shows_is_read_back(value: float, language: Language) -> None:
    assert read_typed(write_typed(value, language), language) == value
