"""Loan offers: the solvency over amount and instalment, and the nearest round loan that may be advised.

A client can choose the amount and the term. Each cell of the map is the client's row with another amount and
instalment and the goods price in proportion to the amount, scored by `core.scoring.assess.assess`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.alignment.client_id import ID
from core.alignment.parsers import RATIOS, divide, quotient, raw_value
from core.alignment.table import Table, make_table
from core.insights.population import central_range
from core.model.schema import Population
from core.records import Flags, Floats, Row, Verdict
from core.scoring.assess import Model, assess
from core.what_if.advice import WITHHELD, Advice, ScoredLoan, advise, heavier_than_unfavourable
from core.what_if.simulation import LOAN, with_cells

AMOUNTS, INSTALMENTS = 41, 31
LOWER_AMOUNTS, LOWER_INSTALMENTS = 18, 13
AMOUNT_STEP, INSTALMENT_STEP = 0.05, 0.06
CHUNK = 512
SHARE_OF_ROUND = 0.01
SHARES_OF_TERM = (1.0 / 600.0, 1.0)
"""Bounds of instalment ÷ amount if the population is not known: 600 instalments, or one."""


@dataclass(frozen=True)
class LoanMap:
    """The solvency over amount × instalment, around the requested loan.

    amounts: (n_amounts,), instalments: (n_instalments,), in the data set's currency. solvency: from 0 to 1, of shape
    (n_instalments, n_amounts), NaN for a loan outside the training range. loans: the scored loans, row by row of the
    map. advice: one per scored loan, by the rule of `core.what_if.advice`. asked: the requested loan. nearest: if the
    opinion on the requested loan is not favourable, the nearest round loan that may be advised; else, or if there is
    none, None.
    """

    amounts: Floats
    instalments: Floats
    solvency: Floats
    loans: tuple[ScoredLoan, ...]
    advice: tuple[Advice, ...]
    asked: ScoredLoan
    nearest: ScoredLoan | None

    @property
    def withheld(self) -> Flags:
        """True for a loan that the model accepts but that is not advised, of shape (n_instalments, n_amounts)."""
        flags = np.zeros(self.solvency.shape, dtype=bool)
        flags[~np.isnan(self.solvency)] = [each in WITHHELD for each in self.advice]
        return flags


@dataclass(frozen=True, slots=True)
class LoanRequest:
    """The client's row, and the amount and instalment of the requested loan, in the data set's currency."""

    row: Row
    amount: float
    instalment: float

    @classmethod
    def of(cls, row: Row) -> LoanRequest | None:
        """The loan that a row asks for; None if it has no amount, no instalment above 0 or no end."""
        amount, instalment = raw_value(row, "AMT_CREDIT"), raw_value(row, "AMT_ANNUITY")
        if not (isinstance(amount, float) and isinstance(instalment, float) and amount > 0 and instalment > 0):
            return None
        return None if quotient(amount, instalment) is None else cls(row, amount, instalment)

    def distance(self, amount: float, instalment: float) -> tuple[float, float]:
        """√(a² + b²) of the relative changes a of the amount and b of the instalment, and |a|."""
        by_amount, by_instalment = amount / self.amount - 1.0, instalment / self.instalment - 1.0
        return round(math.hypot(by_amount, by_instalment), 12), abs(by_amount)


def loan_row(row: Row, *, amount: float, instalment: float) -> dict[str, object]:
    """The client's row with another amount and instalment, and the goods price in proportion to the amount.

    amount, instalment: in the data set's currency; with the row's own values, the copy equals the row.
    """
    cells: dict[str, object] = {"AMT_CREDIT": amount, "AMT_ANNUITY": instalment}
    asked, goods = raw_value(row, "AMT_CREDIT"), raw_value(row, "AMT_GOODS_PRICE")
    if isinstance(asked, float) and isinstance(goods, float):
        cells["AMT_GOODS_PRICE"] = goods * (amount / asked)
    return with_cells(row, {column: cell for column, cell in cells.items() if cell != raw_value(row, column)})


def map_loans(model: Model, row: Row, *, review_band: float) -> LoanMap | None:
    """Score a map of loans around the requested one.

    The amounts go from 0.1 to 2.1 times the requested amount, the instalments from 0.22 to 2.02 times the requested
    one. Loans outside the training range (`plausible`) are not scored; the requested loan always is.

    Parameters
    ----------
    model: the model.
    row: the client, raw or encoded.
    review_band: distance from the threshold within which a client is to review, in P(default).

    Returns
    -------
    The map; None if the row has no amount or no instalment.
    """
    request = LoanRequest.of(row)
    if request is None:
        return None
    amount, instalment = request.amount, request.instalment
    amounts = _around(amount, AMOUNT_STEP, AMOUNTS, LOWER_AMOUNTS)
    instalments = _around(instalment, INSTALMENT_STEP, INSTALMENTS, LOWER_INSTALMENTS)
    in_range = plausible(amounts[None, :], instalments[:, None], model.bundle.population)
    in_range[LOWER_INSTALMENTS, LOWER_AMOUNTS] = True
    cells = np.argwhere(in_range).tolist()
    scored = tuple(score_loans(model, request, [(amounts[x], instalments[y]) for y, x in cells], review_band))
    solvency = np.full(in_range.shape, np.nan)
    solvency[in_range] = [each.decision.solvency for each in scored]
    asked = scored[cells.index([LOWER_INSTALMENTS, LOWER_AMOUNTS])]
    advice = advise(scored, asked)
    nearest = None
    no_larger = [each for each in scored if each.amount <= amount and each.instalment <= instalment]
    if not asked.favourable and any(each.favourable for each in no_larger):
        nearest = nearest_loan(model, request, scored, review_band)
    return LoanMap(amounts, instalments, solvency, scored, advice, asked, nearest)


def plausible(amounts: Floats, instalments: Floats, population: Population) -> Flags:
    """Whether loans lie in the training range; broadcasts like amounts / instalments.

    In range means: amount, instalment and instalment ÷ amount each lie between the 0.1 % and the 99.9 % quantile of
    the training clients. If the population is not known: between 1 and 600 instalments.
    """
    rate = divide(instalments, amounts)
    bounds = [
        (amounts, central_range(population, "AMT_CREDIT")),
        (instalments, central_range(population, "AMT_ANNUITY")),
        (rate, central_range(population, "PAYMENT_RATE") or SHARES_OF_TERM),
    ]
    inside = np.ones(rate.shape, dtype=bool)
    for values, bound in bounds:
        if bound is not None:
            inside &= (values >= bound[0]) & (values <= bound[1])
    return inside


def round_step(value: float) -> float:
    """The step for rounding an amount: the largest of 1, 2, 5, 10, 20, … that is at most 1 % of it, at least 1.

    For 500,000 it is 5,000; for 24,246 it is 200; for 180 it is 1.
    """
    most = value * SHARE_OF_ROUND
    if most < 1.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(power * factor for factor in (5.0, 2.0, 1.0) if power * factor <= most)


def score_loans(
    model: Model, request: LoanRequest, loans: Sequence[tuple[float, float]], review_band: float
) -> Iterator[ScoredLoan]:
    """Score the request with each loan (amount, instalment), CHUNK rows at a time, in their order."""
    for start in range(0, len(loans), CHUNK):
        part = loans[start : start + CHUNK]
        assessments = assess(model, _loan_table(request, part), review_band=review_band)
        for (amount, instalment), decision in zip(part, assessments.decisions, strict=True):
            yield ScoredLoan(float(amount), float(instalment), decision)


def _loan_table(request: LoanRequest, loans: Sequence[tuple[float, float]]) -> Table:
    """The table of `loan_row` for each loan; columns that do not depend on the loan are made once."""
    varying = {name: cell for name, cell in request.row.items() if name in LOAN or name in RATIOS}
    rows = [loan_row(varying, amount=float(amount), instalment=float(instalment)) for amount, instalment in loans]
    cells = {name: [cell] * len(loans) for name, cell in request.row.items() if name not in varying}
    cells |= {name: [row.get(name) for row in rows] for name in dict.fromkeys((*LOAN, *varying))}
    cells[ID] = list(range(len(loans)))
    return make_table(list(cells), list(cells.values()))


def nearest_loan(
    model: Model,
    request: LoanRequest,
    on_map: Sequence[ScoredLoan],
    review_band: float,
    enough: Collection[Verdict] = (Verdict.FAVOURABLE,),
) -> ScoredLoan | None:
    """The round loan nearest to the requested one that is neither larger nor dearer and may be advised, or None.

    on_map: the scored loans of the map. enough: the opinions that are good enough.
    """
    least = min(each.amount for each in on_map), min(each.instalment for each in on_map)
    loans = [
        (amount, instalment)
        for amount in multiples(round_step(request.amount), least[0], request.amount)
        for instalment in multiples(round_step(request.instalment), least[1], request.instalment)
    ]
    inside = sorted(plausible_only(loans, model), key=lambda loan: request.distance(*loan))
    for start in range(0, len(inside), CHUNK):
        part = inside[start : start + CHUNK]
        heavier = heavier_than_unfavourable(part, on_map, enough).tolist()
        lighter = [loan for loan, blocked in zip(part, heavier, strict=True) if not blocked]
        for each in score_loans(model, request, lighter, review_band):
            if each.decision.verdict in enough:
                return each
    return None


def plausible_only(loans: Sequence[tuple[float, float]], model: Model) -> list[tuple[float, float]]:
    """The loans (amount, instalment) that lie in the training range, in their order."""
    amounts, instalments = np.array(loans).reshape(-1, 2).T
    keep = plausible(amounts, instalments, model.bundle.population).tolist()
    return [loan for loan, inside in zip(loans, keep, strict=True) if inside]


def _around(middle: float, step: float, n: int, lower: int) -> Floats:
    """n numbers in steps of `step` times the middle one, `lower` of them below it; the middle one is exact."""
    return np.array([middle * (1.0 + step * (place - lower)) for place in range(n)], dtype=np.float64)


def multiples(step: float, low: float, high: float) -> list[float]:
    """The positive multiples of a step between two numbers, both included."""
    return [step * number for number in range(max(1, math.ceil(low / step)), math.floor(high / step) + 1)]
