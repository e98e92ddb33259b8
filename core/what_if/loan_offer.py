"""Other loans for a client: solvency over amount and instalment, and the nearest that may be advised, in round numbers.

What a client can decide is the amount and the term. Every cell is the client's own row with another amount and
instalment, the goods price in proportion to the amount, scored by `core.scoring.assess.assess`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.alignment.client_id import ID
from core.alignment.parsers import RATIOS, raw_value
from core.alignment.table import Table, make_table
from core.insights.population import central_range
from core.model.schema import Population
from core.records import Flags, Floats, Row
from core.scoring.assess import Model, assess
from core.what_if.advice import WITHHELD, Advice, ScoredLoan, advise, heavier_than_unfavourable
from core.what_if.simulation import LOAN, with_cells

AMOUNTS, INSTALMENTS = 41, 31
LOWER_AMOUNTS, LOWER_INSTALMENTS = 18, 13
AMOUNT_STEP, INSTALMENT_STEP = 0.05, 0.06
CHUNK = 512
SHARE_OF_ROUND = 0.01
SHARES_OF_TERM = (1.0 / 600.0, 1.0)
"""Instalment as a share of the amount, where it is not known what the model has seen: 600 payments, or one."""


@dataclass(frozen=True)
class LoanMap:
    """Solvency over amount × instalment around what was asked for.

    amounts (n_amounts,), instalments (n_instalments,); solvency of shape (n_instalments, n_amounts), NaN where the
    model has not seen such a loan. loans: what was scored, row by row of the map; advice: one for each of them, by
    the rule of `core.what_if.advice`. asked: the client's own. nearest: where that one's opinion is not favourable,
    the round loan nearest to it that may be advised; None where there is none.
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
        """Where the model accepts a loan that is not advised, (n_instalments, n_amounts)."""
        found = np.zeros(self.solvency.shape, dtype=bool)
        found[~np.isnan(self.solvency)] = [each in WITHHELD for each in self.advice]
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """The row, and what it asks for."""

    row: Row
    amount: float
    instalment: float

    def distance(self, amount: float, instalment: float) -> tuple[float, float]:
        """√(a² + b²) of the relative changes a of the amount and b of the instalment, and |a|."""
        by_amount, by_instalment = amount / self.amount - 1.0, instalment / self.instalment - 1.0
        return round(math.hypot(by_amount, by_instalment), 12), abs(by_amount)


def loan_row(row: Row, *, amount: float, instalment: float) -> dict[str, object]:
    """The client's row with another amount and instalment, and the goods price in proportion to the amount.

    With the amount and instalment that it has, it is the same row.
    """
    cells: dict[str, object] = {"AMT_CREDIT": amount, "AMT_ANNUITY": instalment}
    asked, goods = raw_value(row, "AMT_CREDIT"), raw_value(row, "AMT_GOODS_PRICE")
    if isinstance(asked, float) and isinstance(goods, float):
        cells["AMT_GOODS_PRICE"] = goods * (amount / asked)
    return with_cells(row, {column: cell for column, cell in cells.items() if cell != raw_value(row, column)})


def map_loans(model: Model, row: Row, *, review_band: float) -> LoanMap | None:
    """The map around what a client asks for; None where the file does not say amount and instalment.

    The amounts go from 0.1 to 2.1 times what was asked for, the instalments from 0.22 to 2.02 times, as far as the
    model has seen such loans (`plausible`); the client's own cell is always there, with the client's own answer.
    """
    amount, instalment = raw_value(row, "AMT_CREDIT"), raw_value(row, "AMT_ANNUITY")
    if not (isinstance(amount, float) and isinstance(instalment, float) and amount > 0 and instalment > 0):
        return None
    asked = _Asked(row, amount, instalment)
    amounts = _around(amount, AMOUNT_STEP, AMOUNTS, LOWER_AMOUNTS)
    instalments = _around(instalment, INSTALMENT_STEP, INSTALMENTS, LOWER_INSTALMENTS)
    kept = plausible(amounts[None, :], instalments[:, None], model.bundle.population)
    kept[LOWER_INSTALMENTS, LOWER_AMOUNTS] = True
    places = np.argwhere(kept).tolist()
    scored = tuple(_score(model, asked, [(amounts[x], instalments[y]) for y, x in places], review_band))
    solvency = np.full(kept.shape, np.nan)
    solvency[kept] = [each.decision.solvency for each in scored]
    own = scored[places.index([LOWER_INSTALMENTS, LOWER_AMOUNTS])]
    advice = advise(scored, own)
    nearest = None
    if not own.favourable and any(each.favourable and each.amount <= amount for each in scored):
        ends = (float(amounts[0]), amount), (float(instalments[0]), float(instalments[-1]))
        nearest = _nearest(model, asked, *ends, scored, review_band)
    return LoanMap(amounts, instalments, solvency, scored, advice, own, nearest)


def plausible(amounts: Floats, instalments: Floats, population: Population) -> Flags:
    """Where the model has seen such loans: amount, instalment, their quotient between 0.1 and 99.9 % of its clients'.

    Where the population is not known: between 1 and 600 payments.
    """
    rate = instalments / amounts
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
    """The step to which a bank rounds such a number: the largest of 1, 2, 5, 10, 20, … within 1 % of it, at least 1.

    500,000 is rounded to 5,000; 24,246 to 200; 180 to 1.
    """
    most = value * SHARE_OF_ROUND
    if most < 1.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(power * factor for factor in (5.0, 2.0, 1.0) if power * factor <= most)


def _score(
    model: Model, asked: _Asked, loans: Sequence[tuple[float, float]], review_band: float
) -> Iterator[ScoredLoan]:
    """Each loan's answer, chunk by chunk: every one is a client of its own, named by its place."""
    for start in range(0, len(loans), CHUNK):
        part = loans[start : start + CHUNK]
        found = assess(model, _loan_table(asked, part), review_band=review_band)
        for (amount, instalment), decision in zip(part, found.decisions, strict=True):
            yield ScoredLoan(float(amount), float(instalment), decision)


def _loan_table(asked: _Asked, loans: Sequence[tuple[float, float]]) -> Table:
    """What `loan_row` makes of each loan: as columns, what they share is written and read once."""
    moving = {name: cell for name, cell in asked.row.items() if name in LOAN or name in RATIOS}
    rows = [loan_row(moving, amount=float(amount), instalment=float(instalment)) for amount, instalment in loans]
    cells = {name: [cell] * len(loans) for name, cell in asked.row.items() if name not in moving}
    cells |= {name: [row.get(name) for row in rows] for name in dict.fromkeys((*LOAN, *moving))}
    cells[ID] = list(range(len(loans)))
    return make_table(list(cells), list(cells.values()))


def _nearest(
    model: Model,
    asked: _Asked,
    amounts: tuple[float, float],
    instalments: tuple[float, float],
    on_map: Sequence[ScoredLoan],
    review_band: float,
) -> ScoredLoan | None:
    """Of all round loans between these ends the one nearest to what was asked for that may be advised, or None."""
    loans = [
        (amount, instalment)
        for amount in _multiples(round_step(asked.amount), *amounts)
        for instalment in _multiples(round_step(asked.instalment), *instalments)
    ]
    inside = sorted(_plausible_only(loans, model), key=lambda loan: asked.distance(*loan))
    for start in range(0, len(inside), CHUNK):
        part = inside[start : start + CHUNK]
        heavier = heavier_than_unfavourable(part, on_map).tolist()
        lighter = [loan for loan, blocked in zip(part, heavier, strict=True) if not blocked]
        for each in _score(model, asked, lighter, review_band):
            if each.favourable:
                return each
    return None


def _plausible_only(loans: Sequence[tuple[float, float]], model: Model) -> list[tuple[float, float]]:
    amounts, instalments = np.array(loans).reshape(-1, 2).T
    keep = plausible(amounts, instalments, model.bundle.population).tolist()
    return [loan for loan, inside in zip(loans, keep, strict=True) if inside]


def _around(middle: float, step: float, n: int, lower: int) -> Floats:
    """n numbers in steps of a share of the middle one, of which so many are lower; the middle one to the last bit."""
    return np.array([middle * (1.0 + step * (place - lower)) for place in range(n)], dtype=np.float64)


def _multiples(step: float, low: float, high: float) -> list[float]:
    """The multiples of a step above 0 and between two numbers, both included."""
    return [step * number for number in range(max(1, math.ceil(low / step)), math.floor(high / step) + 1)]
