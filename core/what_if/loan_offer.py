"""The loan that would be granted: solvency over amount and annuity, and the nearest offer, rounded as a bank rounds.

What a client can decide is the amount and the term. Every cell is the client's own row with another amount and
annuity, the goods price in proportion to the amount, scored by `core.scoring.assess.assess`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.alignment.client_id import ID
from core.alignment.parsers import RATIOS, raw_value
from core.alignment.table import Table, make_table
from core.insights.population import seen
from core.model.schema import Population
from core.records import Decision, Flags, Floats, Row, Verdict
from core.scoring.assess import Model, assess
from core.what_if.simulation import LOAN, with_cells

AMOUNTS, ANNUITIES = 41, 31
LOWER_AMOUNTS, LOWER_ANNUITIES = 18, 13
AMOUNT_STEP, ANNUITY_STEP = 0.05, 0.06
CHUNK = 512
SHARE_OF_ROUND = 0.01
SHARES_OF_TERM = (1.0 / 600.0, 1.0)
"""Annuity as a share of the amount, where nobody knows what the model has seen: 600 payments, or one."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A loan by its amount and annuity, both in the data set's currency, and what is decided of it."""

    amount: float
    annuity: float
    decision: Decision

    @property
    def favourable(self) -> bool:
        """Whether the opinion is favourable; one to review is not."""
        return self.decision.verdict is Verdict.FAVOURABLE

    @property
    def payments(self) -> float:
        """How many annuities repay the amount, interest aside."""
        return self.amount / self.annuity


@dataclass(frozen=True)
class LoanMap:
    """Solvency over amount × annuity around what was asked for.

    amounts (n_amounts,), annuities (n_annuities,); solvency of shape (n_annuities, n_amounts), NaN where the model has
    not seen such a loan. cells: what was scored, row by row of the map. asked: the client's own. nearest: for a
    client whose opinion is not favourable, the favourable round offer nearest to it. furthest: for a favourable one,
    the largest round amount that can be had with the same number of payments. None where there is none.
    ends: whether nothing stands in the way of `furthest` but the end of the map. habit: by how many points a larger
    loan at the same annuity, so with more payments, is rated higher at the most, anywhere on the map.
    """

    amounts: Floats
    annuities: Floats
    solvency: Floats
    cells: tuple[Offer, ...]
    asked: Offer
    nearest: Offer | None
    furthest: Offer | None
    ends: bool
    habit: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """The row, and what it asks for."""

    row: Row
    amount: float
    annuity: float

    def distance(self, amount: float, annuity: float) -> tuple[float, float]:
        """How far another loan is: √(a² + b²) of the relative changes a of the amount and b of the annuity, and |a|."""
        by_amount, by_annuity = amount / self.amount - 1.0, annuity / self.annuity - 1.0
        return round(math.hypot(by_amount, by_annuity), 12), abs(by_amount)


def loan_row(row: Row, *, amount: float, annuity: float) -> dict[str, object]:
    """The client's row with another amount and annuity, and the goods price in proportion to the amount.

    With the amount and annuity that it has, it is the same row.
    """
    cells: dict[str, object] = {"AMT_CREDIT": amount, "AMT_ANNUITY": annuity}
    asked, goods = raw_value(row, "AMT_CREDIT"), raw_value(row, "AMT_GOODS_PRICE")
    if isinstance(asked, float) and isinstance(goods, float):
        cells["AMT_GOODS_PRICE"] = goods * (amount / asked)
    return with_cells(row, {column: cell for column, cell in cells.items() if cell != raw_value(row, column)})


def map_loans(model: Model, row: Row, *, review_band: float) -> LoanMap | None:
    """The map around what a client asks for; None where the file does not say amount and annuity.

    The amounts go from 0.1 to 2.1 times what was asked for, the annuities from 0.22 to 2.02 times, as far as the
    model has seen such loans (`plausible`); the client's own cell is always there, with the client's own answer.
    """
    amount, annuity = raw_value(row, "AMT_CREDIT"), raw_value(row, "AMT_ANNUITY")
    if not (isinstance(amount, float) and isinstance(annuity, float) and amount > 0 and annuity > 0):
        return None
    asked = _Asked(row, amount, annuity)
    amounts = _around(amount, AMOUNT_STEP, AMOUNTS, LOWER_AMOUNTS)
    annuities = _around(annuity, ANNUITY_STEP, ANNUITIES, LOWER_ANNUITIES)
    kept = plausible(amounts[None, :], annuities[:, None], model.bundle.population)
    kept[LOWER_ANNUITIES, LOWER_AMOUNTS] = True
    places = np.argwhere(kept).tolist()
    scored = tuple(_score(model, asked, [(amounts[x], annuities[y]) for y, x in places], review_band))
    solvency = np.full(kept.shape, np.nan)
    solvency[kept] = [each.decision.solvency for each in scored]
    own = scored[places.index([LOWER_ANNUITIES, LOWER_AMOUNTS])]
    furthest, ends = _furthest(model, asked, amounts[-1], review_band) if own.favourable else (None, False)
    # Nobody is offered more than was asked for.
    reach = any(each.favourable and each.amount <= amount for each in scored) and not own.favourable
    ends_of = (float(amounts[0]), amount), (float(annuities[0]), float(annuities[-1]))
    nearest = _nearest(model, asked, *ends_of, review_band) if reach else None
    return LoanMap(amounts, annuities, solvency, scored, own, nearest, furthest, ends, _habit(solvency))


def _habit(solvency: Floats) -> float:
    """The largest rise along a row of the map, in points of solvency; a longer term that the model rates higher."""
    lowest = np.fmin.accumulate(solvency, axis=1)
    return float(100.0 * np.nanmax(solvency - lowest))


def plausible(amounts: Floats, annuities: Floats, population: Population) -> Flags:
    """Where the model has seen such loans: amount, annuity and their quotient between 0.1 and 99.9 % of its clients'.

    Where the population is not known: between 1 and 600 payments.
    """
    rate = annuities / amounts
    bounds = [
        (amounts, seen(population, "AMT_CREDIT")),
        (annuities, seen(population, "AMT_ANNUITY")),
        (rate, seen(population, "PAYMENT_RATE") or SHARES_OF_TERM),
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


def _score(model: Model, asked: _Asked, loans: Sequence[tuple[float, float]], review_band: float) -> Iterator[Offer]:
    """Each loan's answer, chunk by chunk: every one is a client of its own, named by its place."""
    for start in range(0, len(loans), CHUNK):
        part = loans[start : start + CHUNK]
        found = assess(model, _loan_table(asked, part), review_band=review_band)
        for (amount, annuity), decision in zip(part, found.decisions, strict=True):
            yield Offer(float(amount), float(annuity), decision)


def _loan_table(asked: _Asked, loans: Sequence[tuple[float, float]]) -> Table:
    """What `loan_row` makes of each loan: as columns, what they share is written and read once."""
    moving = {name: cell for name, cell in asked.row.items() if name in LOAN or name in RATIOS}
    rows = [loan_row(moving, amount=float(amount), annuity=float(annuity)) for amount, annuity in loans]
    cells = {name: [cell] * len(loans) for name, cell in asked.row.items() if name not in moving}
    cells |= {name: [row.get(name) for row in rows] for name in dict.fromkeys((*LOAN, *moving))}
    cells[ID] = list(range(len(loans)))
    return make_table(list(cells), list(cells.values()))


def _nearest(
    model: Model, asked: _Asked, amounts: tuple[float, float], annuities: tuple[float, float], review_band: float
) -> Offer | None:
    """Of all round loans between these ends the favourable one nearest to what was asked for; None if there is none."""
    loans = [
        (amount, annuity)
        for amount in _multiples(round_step(asked.amount), *amounts)
        for annuity in _multiples(round_step(asked.annuity), *annuities)
    ]
    inside = sorted(_plausible_only(loans, model), key=lambda loan: asked.distance(*loan))
    return next((each for each in _score(model, asked, inside, review_band) if each.favourable), None)


def _furthest(model: Model, asked: _Asked, end: float, review_band: float) -> tuple[Offer | None, bool]:
    """Upwards in round amounts with the same number of payments, as long as the opinion stays favourable."""
    step, cents = round_step(asked.amount), round_step(asked.annuity)
    payments = asked.amount / asked.annuity
    first = math.floor(asked.amount / step) + 1
    amounts = [step * number for number in range(first, math.floor(end / step) + 1)]
    loans = [(amount, cents * max(1, round(amount / payments / cents))) for amount in amounts]
    best: Offer | None = None
    for each in _score(model, asked, _plausible_only(loans, model), review_band):
        if not each.favourable:
            return best, False
        best = each
    return best, True


def _plausible_only(loans: Sequence[tuple[float, float]], model: Model) -> list[tuple[float, float]]:
    amounts, annuities = np.array(loans).reshape(-1, 2).T
    keep = plausible(amounts, annuities, model.bundle.population).tolist()
    return [loan for loan, inside in zip(loans, keep, strict=True) if inside]


def _around(middle: float, step: float, n: int, lower: int) -> Floats:
    """n numbers in steps of a share of the middle one, of which so many are lower; the middle one to the last bit."""
    return np.array([middle * (1.0 + step * (place - lower)) for place in range(n)], dtype=np.float64)


def _multiples(step: float, low: float, high: float) -> list[float]:
    """The multiples of a step above 0 and between two numbers, both included."""
    return [step * number for number in range(max(1, math.ceil(low / step)), math.floor(high / step) + 1)]
