"""The decimal sign of a file: a column of numbers proves the same sign as its numbers do one by one."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.number_text import DecimalSign, proven_sign
from core.alignment.table import Table
from core.errors import InputRefused
from core.readers.decimal_sign import _proofs, find_decimal_sign

NUMBERS = st.from_regex(r"[ +-]?[0-9]{0,4}([.,' ][0-9]{0,4}){0,3}(e[0-9])?[€ ]?", fullmatch=True)


def sign_of(*texts: str) -> DecimalSign | None:
    return find_decimal_sign([(0, Table(("A",), (pa.array(texts, pa.string()),)))], None)


@given(st.lists(NUMBERS, max_size=8))
def test_numbers_of_a_column_prove_what_each_proves_alone(texts: list[str]) -> None:
    told = Counter(sign for sign in map(proven_sign, set(texts)) if sign is not None)
    assert _proofs([("A", pa.array([*texts, None], pa.string()))]) == told


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("0.5", "."),
        ("-1234,5", ","),
        ("0,1234", ","),
        ("0.123", "."),
        ("1234.567", "."),
        ("1.234.567", ","),
        ("1.234,5", ","),
        ("1,234.567", "."),
        ("12", None),
        ("1,2,3", None),
        ("0.5 €", "."),
        ("\u0661.5", None),
    ],
)
def test_a_number_alone_proves_the_sign_with_which_alone_it_is_one(text: str, sign: DecimalSign | None) -> None:
    assert sign_of(text) == sign


def test_where_no_number_proves_it_a_number_of_two_readings_is_refused_and_the_others_decide_for_it() -> None:
    with pytest.raises(InputRefused):
        sign_of("270.000")
    assert sign_of("270.000", "0.5") == "."
    assert sign_of("270.000", "1.234.567") == ","
    with pytest.raises(InputRefused):
        sign_of("270.000", "0.5", "0,5")
