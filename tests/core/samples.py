"""A small vocabulary and one synthetic client, typed by hand, with short ways to align them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.alignment.aligner import Aligner
from core.errors import Problem
from core.model.schema import Column
from core.records import Aligned, ValueOrigin


def number(name: str, *, complete: bool = True, essential: bool = False, fill: float = 0.0) -> Column:
    return Column(name=name, source=name, kind="number", complete=complete, essential=essential, fill=fill)


def flag(name: str, *, fill: float = 0.0) -> Column:
    return Column(name=name, source=name, kind="flag", complete=True, fill=fill)


def binary(name: str, *, fill: float = 0.0) -> Column:
    return Column(name=name, source=name, kind="binary", complete=True, fill=fill)


def ratio(name: str, *, complete: bool = True, fill: float = 0.0) -> Column:
    return Column(name=name, source=name, kind="ratio", complete=complete, fill=fill)


def one_hot(source: str, category: str, *, complete: bool = True, fill: float = 0.0) -> Column:
    name = f"{source}_{category}"
    return Column(name=name, source=source, kind="one_hot", category=category, complete=complete, fill=fill)


COLUMNS = (
    binary("CODE_GENDER", fill=1.0),
    binary("FLAG_OWN_CAR"),
    binary("FLAG_OWN_REALTY"),
    number("AMT_INCOME_TOTAL", essential=True),
    number("AMT_CREDIT", essential=True),
    number("AMT_ANNUITY", fill=25000.0),
    number("DAYS_BIRTH", essential=True),
    number("DAYS_EMPLOYED", complete=False),
    flag("FLAG_PHONE", fill=1.0),
    flag("REG_CITY_NOT_WORK_CITY"),
    number("CNT_FAM_MEMBERS", fill=2.0),
    number("EXT_SOURCE_1", complete=False),
    one_hot("NAME_CONTRACT_TYPE", "Cash loans", fill=1.0),
    one_hot("NAME_CONTRACT_TYPE", "Revolving loans"),
    one_hot("OCCUPATION_TYPE", "Drivers", complete=False),
    one_hot("OCCUPATION_TYPE", "Managers", complete=False),
    one_hot("OCCUPATION_TYPE", "Sales staff", complete=False),
    ratio("DAYS_EMPLOYED_PERC", complete=False),
    ratio("INCOME_CREDIT_PERC", fill=0.3),
    ratio("INCOME_PER_PERSON", fill=75000.0),
    ratio("ANNUITY_INCOME_PERC", fill=0.16),
    ratio("PAYMENT_RATE", fill=0.05),
)
NAMES = tuple(column.name for column in COLUMNS)
ALIGNER = Aligner(COLUMNS)

RAW: Mapping[str, object] = {
    "SK_ID_CURR": 900001,
    "CODE_GENDER": "F",
    "FLAG_OWN_CAR": "N",
    "FLAG_OWN_REALTY": "Y",
    "AMT_INCOME_TOTAL": 160000.0,
    "AMT_CREDIT": 400000.0,
    "AMT_ANNUITY": 20000.0,
    "DAYS_BIRTH": -14600,
    "DAYS_EMPLOYED": -1460,
    "FLAG_PHONE": 0,
    "REG_CITY_NOT_WORK_CITY": 1,
    "CNT_FAM_MEMBERS": 2.0,
    "EXT_SOURCE_1": 0.625,
    "NAME_CONTRACT_TYPE": "Revolving loans",
    "OCCUPATION_TYPE": "Managers",
}

ENCODED: Mapping[str, object] = {
    "SK_ID_CURR": 900001,
    "CODE_GENDER": 1,
    "FLAG_OWN_CAR": 0,
    "FLAG_OWN_REALTY": 0,
    "AMT_INCOME_TOTAL": 160000.0,
    "AMT_CREDIT": 400000.0,
    "AMT_ANNUITY": 20000.0,
    "DAYS_BIRTH": -14600,
    "DAYS_EMPLOYED": -1460,
    "FLAG_PHONE": 0,
    "REG_CITY_NOT_WORK_CITY": 1,
    "CNT_FAM_MEMBERS": 2.0,
    "EXT_SOURCE_1": 0.625,
    "NAME_CONTRACT_TYPE_Cash loans": 0,
    "NAME_CONTRACT_TYPE_Revolving loans": 1,
    "OCCUPATION_TYPE_Drivers": 0,
    "OCCUPATION_TYPE_Managers": 1,
    "OCCUPATION_TYPE_Sales staff": 0,
    "DAYS_EMPLOYED_PERC": 0.1,
    "INCOME_CREDIT_PERC": 0.4,
    "INCOME_PER_PERSON": 80000.0,
    "ANNUITY_INCOME_PERC": 0.125,
    "PAYMENT_RATE": 0.05,
}


def raw(**changes: object) -> dict[str, object]:
    """The raw client with some cells changed."""
    return {**RAW, **changes}


def without(row: Mapping[str, object], *names: str) -> dict[str, object]:
    """A row that lacks some columns."""
    return {name: value for name, value in row.items() if name not in names}


def align(*rows: object) -> Aligned:
    """Rows in the small vocabulary."""
    return ALIGNER.align(list(rows))


def aligned_one(row: object) -> dict[str, float]:
    """One row that must not be refused, as column → number."""
    found = align(row)
    assert not found.refused, found.refused
    return dict(zip(NAMES, found.values[0].tolist(), strict=True))


def states_of(row: object) -> dict[str, ValueOrigin]:
    """Where each number of one row comes from."""
    found = align(row)
    assert not found.refused, found.refused
    return {name: ValueOrigin(state) for name, state in zip(NAMES, found.states[0].tolist(), strict=True)}


def refused(*rows: object) -> tuple[Problem, ...]:
    """What is wrong with rows of which one must be refused."""
    found = align(*rows)
    assert found.refused
    assert found.refused_total >= len(found.refused)
    return found.refused


def places(problems: Sequence[Problem]) -> list[tuple[str, int | None, str | None]]:
    """(code, row, column) of each problem."""
    return [(problem.code, problem.row, problem.column) for problem in problems]
