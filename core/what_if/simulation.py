"""What if a client's file said something else: an edited copy of the row, assessed, and what moved.

Edits are in the units people use (amounts, years in the job, letters and categories as text). Only what a file could
really say otherwise can be edited: no external score, no age, nothing that the model must not see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from core.alignment.parsers import BINARY, CATEGORICAL, RATIOS, raw_value
from core.dictionary.lookup import DAYS_PER_YEAR
from core.errors import InputRefused, Problem
from core.records import Assessments, Contribution, Explanation, Row
from core.scoring.assess import Model, assess, explain_clients
from core.scoring.explanation import points_of_solvency

LOAN = ("AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE")
MEANS = ("AMT_INCOME_TOTAL", "NAME_INCOME_TYPE", "DAYS_EMPLOYED", "OCCUPATION_TYPE", "ORGANIZATION_TYPE")
HOME = (
    "NAME_HOUSING_TYPE",
    "FLAG_OWN_REALTY",
    "FLAG_OWN_CAR",
    "OWN_CAR_AGE",
    "CNT_CHILDREN",
    "CNT_FAM_MEMBERS",
)
SECTIONS: Mapping[str, tuple[str, ...]] = {"loan": LOAN, "means": MEANS, "home": HOME}
EDITABLE = (*LOAN, *MEANS, *HOME)
NO_JOB = ("Pensioner", "Unemployed")
JOB = ("DAYS_EMPLOYED", "OCCUPATION_TYPE", "ORGANIZATION_TYPE")
ADULT = 18.0
BOUNDS: Mapping[str, tuple[float, float, float]] = {
    **dict.fromkeys((*LOAN, "AMT_INCOME_TOTAL"), (1.0, 1e9, 1000.0)),
    "AMT_ANNUITY": (1.0, 1e9, 100.0),
    "DAYS_EMPLOYED": (0.0, 60.0, 0.5),
    "OWN_CAR_AGE": (0.0, 90.0, 1.0),
    "CNT_CHILDREN": (0.0, 20.0, 1.0),
    "CNT_FAM_MEMBERS": (1.0, 25.0, 1.0),
}
"""Lowest, highest and step of each number that can be edited, in the units people use."""

Value = float | str
Edits = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be edited.

    value: what the file says, in the units people use; None where it says nothing. choices: of what is no number.
    """

    column: str
    value: Value | None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """What one column adds to the difference between two answers.

    points: in percentage points of solvency; log_odds: of default. before and after: its contribution to each answer.
    """

    points: float
    log_odds: float
    before: Contribution
    after: Contribution

    @property
    def edited(self) -> bool:
        """Whether the column's own value is another one."""
        return self.before.value != self.after.value


@dataclass(frozen=True, slots=True)
class Simulation:
    """A file as it is and as it could be, each assessed by itself: one client each."""

    row: Row
    before: Assessments
    after: Assessments


def fields(row: Row, model: Model) -> dict[str, Field]:
    """What of this client's file can be edited, for a model that uses it."""
    known = set(model.bundle.sources)
    known |= {part for ratio in known & set(RATIOS) for part in RATIOS[ratio]}
    return {
        column: Field(column, in_file(row, column), _choices(row, column, model))
        for column in EDITABLE
        if column in known
    }


def in_file(row: Row, column: str) -> Value | None:
    """What a file says of an editable column, in the units people use: years in the job with one decimal."""
    value = raw_value(row, column)
    if column == "DAYS_EMPLOYED" and isinstance(value, float):
        return round(-value / DAYS_PER_YEAR, 1)
    return value


def cell_of(column: str, value: Value) -> Value:
    """An edit in the data set's own unit: years in the job are days before the application there."""
    return -round(float(value) * DAYS_PER_YEAR) if column == "DAYS_EMPLOYED" else value


def changes(row: Row, edits: Edits) -> dict[str, Value]:
    """The edits that say something else than the file, in the order of the fields."""
    return {column: edits[column] for column in EDITABLE if column in edits and edits[column] != in_file(row, column)}


def simulated(row: Row, edits: Edits) -> dict[str, object]:
    """A copy of a client's row that says what the edits say; ratios are taken out, so that the aligner derives them.

    Without a change it is the same row. Who becomes a pensioner has no job any more; who sells the car has none of
    any age. Raises InputRefused, one Problem for each thing that cannot be.
    """
    changed = changes(row, edits)
    problems = tuple(_problems(row, changed))
    if problems:
        raise InputRefused(problems)
    cells: dict[str, object] = {column: cell_of(column, value) for column, value in changed.items()}
    if changed.get("NAME_INCOME_TYPE") in NO_JOB:
        cells |= {"DAYS_EMPLOYED": None, "OCCUPATION_TYPE": None, "ORGANIZATION_TYPE": "XNA", "FLAG_EMP_PHONE": 0}
    elif _takes_a_job(row, changed):
        cells["FLAG_EMP_PHONE"] = 1
    if changed.get("FLAG_OWN_CAR") == "N":
        cells["OWN_CAR_AGE"] = None
    return with_cells(row, cells)


def with_cells(row: Row, cells: Mapping[str, object]) -> dict[str, object]:
    """A copy of a row with other cells, raw; what was encoded of the same columns and their ratios are taken out."""
    gone = {ratio for ratio, parts in RATIOS.items() if set(parts) & set(cells)}
    gone |= {
        name
        for column in set(cells) & set(CATEGORICAL)
        for name in row
        if name == column or name.startswith(f"{column}_")
    }
    return {**{name: cell for name, cell in row.items() if name not in gone}, **cells}


def simulate(model: Model, row: Row, edits: Edits, *, review_band: float) -> Simulation:
    """The file as it is and as it could be, by the one path that scores. Raises InputRefused."""
    other = simulated(row, edits)
    before, after = (assess(model, [each], review_band=review_band) for each in (row, other))
    return Simulation(other, before, after)


def moves(model: Model, simulation: Simulation) -> tuple[Move, ...]:
    """What took the solvency from one answer to the other, column by column: they add up.

    In log-odds each is the difference of the column's contributions; in points its share of the difference of the
    solvencies, as contributions have it. Edited columns first, largest first. Raises NotExplained.
    """
    before, after = (explain_clients(model, each)[0] for each in (simulation.before, simulation.after))
    first, second = _by_source(before), _by_source(after)
    log_odds = np.array([second[source].log_odds - first[source].log_odds for source in first])
    points = points_of_solvency(log_odds, before.log_odds)
    found = [
        Move(float(size), float(odds), first[source], second[source])
        for source, size, odds in zip(first, points, log_odds, strict=True)
    ]
    return tuple(sorted(found, key=lambda move: (not move.edited, -abs(move.log_odds), move.before.source)))


def _by_source(explanation: Explanation) -> dict[str, Contribution]:
    return {each.source: each for each in sorted(explanation.contributions, key=lambda each: each.source)}


def _choices(row: Row, column: str, model: Model) -> tuple[str, ...]:
    if column in BINARY:
        return tuple(BINARY[column])
    said = in_file(row, column)
    known = [each.category for each in model.bundle.columns if each.source == column and each.category is not None]
    return tuple(dict.fromkeys([*([said] if isinstance(said, str) else []), *known])) if known else ()


def _problems(row: Row, changed: Mapping[str, Value]) -> Iterator[Problem]:
    """What cannot be, of what was changed: a file that was odd before may stay so elsewhere."""

    def now(column: str) -> float | None:
        value = changed.get(column, in_file(row, column))
        return value if isinstance(value, float | int) else None

    def over(column: str, other: str, least: float = 0.0) -> bool:
        first, second = now(column), now(other)
        touched = not {column, other}.isdisjoint(changed)
        return touched and first is not None and second is not None and first + least > second

    for column, value in changed.items():
        low, high, _ = BOUNDS.get(column, (0.0, 0.0, 0.0))
        if column in BOUNDS and not (isinstance(value, float | int) and low <= value <= high):
            yield Problem("simulation_out_of_bounds", column=column, facts={"low": int(low), "high": int(high)})
    if over("AMT_ANNUITY", "AMT_CREDIT"):
        yield Problem("simulation_instalment", column="AMT_ANNUITY")
    if over("CNT_CHILDREN", "CNT_FAM_MEMBERS", 1.0):
        yield Problem("simulation_children", column="CNT_CHILDREN")
    born, years = raw_value(row, "DAYS_BIRTH"), now("DAYS_EMPLOYED")
    grown = -born / DAYS_PER_YEAR - ADULT if isinstance(born, float) else None
    if "DAYS_EMPLOYED" in changed and grown is not None and years is not None and years > grown:
        yield Problem("simulation_job_years", column="DAYS_EMPLOYED")
    if changed.get("FLAG_OWN_CAR") == "Y" and now("OWN_CAR_AGE") is None:
        yield Problem("simulation_car_age", column="OWN_CAR_AGE")
    if _takes_a_job(row, changed) and years is None:
        yield Problem("simulation_new_job", column="DAYS_EMPLOYED")


def _takes_a_job(row: Row, changed: Mapping[str, Value]) -> bool:
    income = changed.get("NAME_INCOME_TYPE")
    return income is not None and income not in NO_JOB and raw_value(row, "NAME_INCOME_TYPE") in NO_JOB
