"""A loan's terms follow each other: what is held stays, and the way back is exact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.what_if.loan_terms import Term, payments_of, with_term

ROW: dict[str, object] = {"AMT_CREDIT": 216000.0, "AMT_ANNUITY": 9000.0, "AMT_GOODS_PRICE": 180000.0}
AMOUNTS = st.integers(10_000, 5_000_000).map(float)


@pytest.mark.parametrize(
    ("term", "value", "wanted"),
    [
        (Term.AMOUNT, 108000.0, {"AMT_CREDIT": 108000.0, "AMT_GOODS_PRICE": 90000.0, "AMT_ANNUITY": 4500.0}),
        (Term.PAYMENTS, 36.0, {"AMT_ANNUITY": 6000.0}),
        (Term.INSTALMENT, 12000.0, {"AMT_ANNUITY": 12000.0}),
        (Term.AMOUNT, 216000.0, {}),
        (Term.PAYMENTS, 24.0, {}),
    ],
)
def test_one_term_is_held_and_another_follows(term: Term, value: float, wanted: dict[str, float]) -> None:
    assert with_term(ROW, {}, term, value) == wanted


def test_the_number_of_instalments_follows_amount_and_instalment() -> None:
    assert payments_of(ROW, {}) == 24.0
    assert payments_of(ROW, {"AMT_ANNUITY": 12000.0}) == 18.0
    assert payments_of({**ROW, "AMT_ANNUITY": None}, {}) is None
    assert payments_of({**ROW, "AMT_ANNUITY": 5e-324}, {}) is None


def test_a_loan_may_have_one_instalment_that_cents_blur() -> None:
    row = {"AMT_CREDIT": 5000.0, "AMT_ANNUITY": 100.0}
    assert payments_of(row, {"AMT_CREDIT": 1000.004, "AMT_ANNUITY": 1000.0}) == 1.0


def test_without_an_instalment_an_amount_is_changed_alone() -> None:
    row: dict[str, object] = {"AMT_CREDIT": 216000.0, "AMT_ANNUITY": None}
    assert with_term(row, {}, Term.AMOUNT, 100000.0) == {"AMT_CREDIT": 100000.0}
    assert with_term(row, {}, Term.PAYMENTS, 10.0) == {"AMT_ANNUITY": 21600.0}


@given(AMOUNTS, st.floats(500.0, 9000.0).map(lambda value: round(value, 1)), st.lists(AMOUNTS, max_size=5))
def test_the_amount_of_the_file_brings_back_the_file(asked: float, instalment: float, others: list[float]) -> None:
    row: dict[str, object] = {"AMT_CREDIT": asked, "AMT_ANNUITY": instalment, "AMT_GOODS_PRICE": 0.9 * asked}
    edits: dict[str, float | str] = {}
    for amount in others:
        edits = with_term(row, edits, Term.AMOUNT, amount)
        assert payments_of(row, edits) == asked / instalment
    assert with_term(row, edits, Term.AMOUNT, asked) == {}
