"""Simulations: an edited copy of a client's row is assessed, and the change of the solvency is explained.

Edits are in display units (amounts, years in the job, letters and categories as text). Only columns that a client can
change are editable: no external score, no age, no column that is excluded from the model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from core.alignment.parsers import BINARY, CATEGORICAL, RATIOS, raw_value
from core.errors import InputRefused, Problem
from core.records import DAYS_PER_YEAR, Assessments, Contribution, Explanation, Row
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
"""Minimum, maximum and step of each editable number, in display units."""

Value = float | str
Edits = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Field:
    """An editable column.

    value: the file's value in display units; None if missing. choices: the values of a text column, empty for numbers.
    """

    column: str
    value: Value | None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """The part of one column in the difference between two answers.

    points: percentage points of solvency. log_odds: log-odds of default. before, after: its two contributions.
    """

    points: float
    log_odds: float
    before: Contribution
    after: Contribution

    @property
    def edited(self) -> bool:
        """Whether the column's value was changed."""
        return self.before.value != self.after.value


@dataclass(frozen=True, slots=True)
class Simulation:
    """The edited row, and the assessments of the unchanged and of the edited file, one client each."""

    row: Row
    before: Assessments
    after: Assessments


def fields(row: Row, model: Model) -> dict[str, Field]:
    """The editable columns of a client's file that the model uses, by name."""
    known = set(model.bundle.sources)
    known |= {part for ratio in known & set(RATIOS) for part in RATIOS[ratio]}
    return {
        column: Field(column, file_value(row, column), _choices(row, column, model))
        for column in EDITABLE
        if column in known
    }


def file_value(row: Row, column: str) -> Value | None:
    """A file's value of an editable column in display units: years in the job with one decimal; None if missing."""
    value = raw_value(row, column)
    if column == "DAYS_EMPLOYED" and isinstance(value, float):
        return round(-value / DAYS_PER_YEAR, 1)
    return value


def cell_of(column: str, value: Value) -> Value:
    """Convert an edit to the data set's unit: years in the job to negative days."""
    if column != "DAYS_EMPLOYED":
        return value
    days = -float(value) * DAYS_PER_YEAR
    return round(days) if math.isfinite(days) else days


def changes(row: Row, edits: Edits) -> dict[str, Value]:
    """The edits that differ from the file, in the order of EDITABLE."""
    return {
        column: edits[column] for column in EDITABLE if column in edits and edits[column] != file_value(row, column)
    }


def edited_row(row: Row, edits: Edits) -> dict[str, object]:
    """A copy of a client's row with the edits applied, without the ratios that the aligner will derive again.

    Dependent columns follow: a pensioner or unemployed client has no job, a client without a car has no car age. If no
    edit differs from the file, the copy equals the row.

    Parameters
    ----------
    row: the client, raw or encoded.
    edits: column to value, in display units.

    Raises
    ------
    InputRefused: the edited file would be impossible; one Problem each.
    """
    changed = changes(row, edits)
    problems = tuple(_problems(row, changed))
    if problems:
        raise InputRefused(problems)
    cells: dict[str, object] = {column: cell_of(column, value) for column, value in changed.items()}
    if changed.get("NAME_INCOME_TYPE") in NO_JOB:
        cells |= {"DAYS_EMPLOYED": None, "OCCUPATION_TYPE": None, "ORGANIZATION_TYPE": "XNA", "FLAG_EMP_PHONE": 0}
    elif _starts_a_job(row, changed):
        cells["FLAG_EMP_PHONE"] = 1
    if changed.get("FLAG_OWN_CAR") == "N":
        cells["OWN_CAR_AGE"] = None
    return with_cells(row, cells)


def with_cells(row: Row, cells: Mapping[str, object]) -> dict[str, object]:
    """A copy of a row with raw cells replaced; encoded columns and ratios of the same columns are removed."""
    removed = {ratio for ratio, parts in RATIOS.items() if set(parts) & set(cells)}
    removed |= {
        name
        for column in set(cells) & set(CATEGORICAL)
        for name in row
        if name == column or name.startswith(f"{column}_")
    }
    return {**{name: cell for name, cell in row.items() if name not in removed}, **cells}


def simulate(
    model: Model, row: Row, edits: Edits, *, review_band: float, before: Assessments | None = None
) -> Simulation:
    """Assess the unchanged and the edited file.

    Parameters
    ----------
    model: the model.
    row: the client, raw or encoded.
    edits: column to value, in display units.
    review_band: distance from the threshold within which a client is to review, in P(default).
    before: the assessment of the unchanged file, if it exists already.

    Raises
    ------
    InputRefused: the edited file would be impossible, or one of the files cannot be read.
    """
    edited = edited_row(row, edits)
    if before is None:
        before = assess(model, [row], review_band=review_band)
    return Simulation(edited, before, assess(model, [edited], review_band=review_band))


def moves(model: Model, simulation: Simulation, before: Explanation | None = None) -> tuple[Move, ...]:
    """The difference between the two answers by column, edited columns first, then largest first.

    The log-odds of a column are the difference of its two contributions; `points_of_solvency` converts them to points
    that add up to the difference of the two solvencies. Raises NotExplained.

    before: the explanation of the unchanged file, if it exists already.
    """
    if before is None:
        before = explain_clients(model, simulation.before)[0]
    after = explain_clients(model, simulation.after)[0]
    first, second = _by_source(before), _by_source(after)
    log_odds = np.array([second[source].log_odds - first[source].log_odds for source in first])
    points = points_of_solvency(log_odds, before.log_odds)
    all_moves = [
        Move(float(size), float(odds), first[source], second[source])
        for source, size, odds in zip(first, points, log_odds, strict=True)
    ]
    return tuple(sorted(all_moves, key=lambda move: (not move.edited, -abs(move.log_odds), move.before.source)))


def _by_source(explanation: Explanation) -> dict[str, Contribution]:
    return {each.source: each for each in sorted(explanation.contributions, key=lambda each: each.source)}


def _choices(row: Row, column: str, model: Model) -> tuple[str, ...]:
    if column in BINARY:
        return tuple(BINARY[column])
    current = file_value(row, column)
    known = [each.category for each in model.bundle.columns if each.source == column and each.category is not None]
    return tuple(dict.fromkeys([*([current] if isinstance(current, str) else []), *known])) if known else ()


def _problems(row: Row, changed: Mapping[str, Value]) -> Iterator[Problem]:
    """The impossible values among the changed columns; an unchanged column is not checked."""

    def now(column: str) -> float | None:
        value = changed.get(column, file_value(row, column))
        return value if isinstance(value, float | int) else None

    def exceeds(column: str, other: str, margin: float = 0.0) -> bool:
        first, second = now(column), now(other)
        touched = not {column, other}.isdisjoint(changed)
        return touched and first is not None and second is not None and first + margin > second

    for column, value in changed.items():
        low, high, _ = BOUNDS.get(column, (0.0, 0.0, 0.0))
        if column in BOUNDS and not (isinstance(value, float | int) and low <= value <= high):
            yield Problem("simulation_out_of_bounds", column=column, facts={"low": int(low), "high": int(high)})
    if exceeds("AMT_ANNUITY", "AMT_CREDIT"):
        yield Problem("simulation_instalment", column="AMT_ANNUITY")
    if exceeds("CNT_CHILDREN", "CNT_FAM_MEMBERS", 1.0):
        yield Problem("simulation_children", column="CNT_CHILDREN")
    born, years = raw_value(row, "DAYS_BIRTH"), now("DAYS_EMPLOYED")
    adult_years = -born / DAYS_PER_YEAR - ADULT if isinstance(born, float) else None
    if "DAYS_EMPLOYED" in changed and adult_years is not None and years is not None and years > adult_years:
        yield Problem("simulation_job_years", column="DAYS_EMPLOYED")
    if changed.get("FLAG_OWN_CAR") == "Y" and now("OWN_CAR_AGE") is None:
        yield Problem("simulation_car_age", column="OWN_CAR_AGE")
    if _starts_a_job(row, changed) and years is None:
        yield Problem("simulation_new_job", column="DAYS_EMPLOYED")


def _starts_a_job(row: Row, changed: Mapping[str, Value]) -> bool:
    income = changed.get("NAME_INCOME_TYPE")
    return income is not None and income not in NO_JOB and raw_value(row, "NAME_INCOME_TYPE") in NO_JOB
