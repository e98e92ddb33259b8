"""A loan's amount, number of instalments and instalment: each follows the others, interest aside."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from core.alignment.parsers import quotient, raw_value
from core.records import Row
from core.what_if.simulation import Edits, Value, file_value

CENTS = 2
"""Decimals of an instalment that follows."""


class Term(StrEnum):
    """What a person can change of a loan; the other two are held or follow."""

    AMOUNT = "AMT_CREDIT"
    PAYMENTS = "payments"
    INSTALMENT = "AMT_ANNUITY"


HELD: Mapping[Term, Term] = {
    Term.AMOUNT: Term.PAYMENTS,
    Term.PAYMENTS: Term.AMOUNT,
    Term.INSTALMENT: Term.AMOUNT,
}
"""What is held when a term is changed; the third one follows."""


def payments_of(row: Row, edits: Edits) -> float | None:
    """The number of instalments that repay the amount, without interest; None if it is not finite.

    An instalment in cents blurs it: if it is the instalment of the file's number, or of a whole one, it is that number.
    """
    amount, instalment = _now(row, edits, "AMT_CREDIT"), _now(row, edits, "AMT_ANNUITY")
    exact = quotient(amount, instalment)
    if not amount or not instalment or exact is None:
        return None
    asked, said = _now(row, {}, "AMT_CREDIT"), _now(row, {}, "AMT_ANNUITY")
    for payments in (quotient(asked, said) or 0.0, float(round(exact))):
        if payments > 0.0 and round(amount / payments, CENTS) == round(instalment, CENTS):
            return payments
    return exact


def with_term(row: Row, edits: Edits, term: Term, value: float) -> dict[str, Value]:
    """The edits after one term of the loan was changed, with the term that follows.

    The price of the goods goes in proportion to the amount, as on the map of loans.

    Parameters
    ----------
    row: the client, raw or encoded.
    edits: column to value before the change, in display units.
    term: what was changed.
    value: the amount, the number of instalments or the instalment.
    """
    edited = dict(edits)
    amount, payments = _now(row, edits, "AMT_CREDIT"), payments_of(row, edits)
    if term is Term.AMOUNT:
        edited["AMT_CREDIT"] = value
        edited |= goods_price(row, value)
        amount = value
    elif term is Term.INSTALMENT:
        edited["AMT_ANNUITY"] = value
    else:
        payments = value
    if term is not Term.INSTALMENT and amount and payments and amount > 0.0 and payments > 0.0:
        edited["AMT_ANNUITY"] = _instalment(row, amount, payments)
    return {column: each for column, each in edited.items() if each != file_value(row, column)}


def _instalment(row: Row, amount: float, payments: float) -> float:
    """The instalment of an amount over so many instalments; the file's own where both are the file's."""
    asked, said, said_payments = _now(row, {}, "AMT_CREDIT"), _now(row, {}, "AMT_ANNUITY"), payments_of(row, {})
    return said if said and amount == asked and payments == said_payments else round(amount / payments, CENTS)


def goods_price(row: Row, amount: float) -> dict[str, float]:
    """The price of the goods in proportion to an amount, by its column; empty if the file does not say it."""
    asked, goods = raw_value(row, "AMT_CREDIT"), raw_value(row, "AMT_GOODS_PRICE")
    if isinstance(asked, float) and isinstance(goods, float) and asked > 0.0:
        return {"AMT_GOODS_PRICE": goods * (amount / asked)}
    return {}


def _now(row: Row, edits: Edits, column: str) -> float | None:
    value = edits.get(column, file_value(row, column))
    return float(value) if isinstance(value, int | float) else None
