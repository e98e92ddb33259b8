"""What values can be right: one table of bounds by column, and of pairs of columns that contradict each other.

All in the data set's own units: days and months before the application count negative, money is of no currency.
A bound is its column's own, not its unit's: an account may be overpaid (CC_AMT_RECIVABLE_MIN) and a credit may end
after the application (ACTIVE_DAYS_CREDIT_ENDDATE_MEAN). Only what was sent is judged, never what was derived or
assumed. What lies outside the model's experience can still be right; `core.insights.completeness` says that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np

from core.records import Flags, Floats, Impossible

BoundCode = Literal["age", "at_least", "at_most", "between", "whole"]
PairCode = Literal["further_back", "above", "family"]

TOLERANCE = 1e-5
"""Relative; histories come as 32-bit numbers."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Between which numbers a column's values lie, both ends included, and whether they are whole."""

    low: float = -inf
    high: float = inf
    whole: bool = False

    def code(self, value: float) -> BoundCode:
        """How it is said that this value is not possible."""
        if self.low <= value <= self.high:
            return "whole"
        if self.high == inf:
            return "at_least"
        return "at_most" if self.low == -inf else "age" if self is AGE else "between"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns of one client: smaller + apart may not be above larger."""

    code: PairCode
    smaller: str
    larger: str
    apart: float = 0.0


LONGEST_LIFE, YOUNGEST = 43830, 5113
"""Days: 120 years and 14 years."""

AGE = Bound(-LONGEST_LIFE, -YOUNGEST)
PAST = Bound(-LONGEST_LIFE, 0)
ANY_DAY = Bound(-LONGEST_LIFE, LONGEST_LIFE)
PAST_MONTH = Bound(-1440, 0)
POSITIVE = Bound(low=1)
NOT_NEGATIVE = Bound(low=0)
SHARE, HOUR, RATING = Bound(0, 1), Bound(0, 23), Bound(1, 3, whole=True)
SIGNED = Bound()

APPLICATION: Mapping[str, Bound] = {
    "DAYS_BIRTH": AGE,
    "DAYS_EMPLOYED": PAST,
    "DAYS_REGISTRATION": PAST,
    "DAYS_ID_PUBLISH": PAST,
    "DAYS_LAST_PHONE_CHANGE": PAST,
    "AMT_INCOME_TOTAL": NOT_NEGATIVE,
    "AMT_CREDIT": POSITIVE,
    "AMT_ANNUITY": POSITIVE,
    "AMT_GOODS_PRICE": NOT_NEGATIVE,
    "CNT_CHILDREN": Bound(0, 50, whole=True),
    "CNT_FAM_MEMBERS": Bound(1, 60, whole=True),
    "OWN_CAR_AGE": Bound(0, 120),
    "REGION_POPULATION_RELATIVE": SHARE,
    "REGION_RATING_CLIENT": RATING,
    "REGION_RATING_CLIENT_W_CITY": RATING,
    "HOUR_APPR_PROCESS_START": Bound(0, 23, whole=True),
    **dict.fromkeys(("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"), SHARE),
    **dict.fromkeys(
        (
            f"{part}_{kind}"
            for part in (
                *("APARTMENTS", "BASEMENTAREA", "YEARS_BEGINEXPLUATATION", "YEARS_BUILD", "COMMONAREA", "ELEVATORS"),
                *("ENTRANCES", "FLOORSMAX", "FLOORSMIN", "LANDAREA", "LIVINGAPARTMENTS", "LIVINGAREA"),
                *("NONLIVINGAPARTMENTS", "NONLIVINGAREA", "TOTALAREA"),
            )
            for kind in ("AVG", "MODE", "MEDI")
        ),
        SHARE,
    ),
    **dict.fromkeys(
        (f"{what}_{days}_CNT_SOCIAL_CIRCLE" for what in ("OBS", "DEF") for days in (30, 60)), Bound(0, 1000, whole=True)
    ),
    **dict.fromkeys(
        (f"AMT_REQ_CREDIT_BUREAU_{time}" for time in ("HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR")),
        Bound(0, 1000, whole=True),
    ),
    "DAYS_EMPLOYED_PERC": SHARE,
    "INCOME_CREDIT_PERC": NOT_NEGATIVE,
    "INCOME_PER_PERSON": NOT_NEGATIVE,
    "ANNUITY_INCOME_PERC": NOT_NEGATIVE,
    "PAYMENT_RATE": SHARE,
}

HISTORIES: Mapping[tuple[str, ...], Mapping[str, Bound]] = {
    ("BURO", "ACTIVE", "CLOSED"): {
        "DAYS_CREDIT": PAST,
        "DAYS_CREDIT_ENDDATE": ANY_DAY,
        "DAYS_CREDIT_UPDATE": PAST,
        "AMT_CREDIT_SUM_DEBT": SIGNED,
        "AMT_CREDIT_SUM_LIMIT": SIGNED,
        "MONTHS_BALANCE_MIN": PAST_MONTH,
        "MONTHS_BALANCE_MAX": PAST_MONTH,
        **dict.fromkeys(
            (
                *("CREDIT_DAY_OVERDUE", "AMT_CREDIT_MAX_OVERDUE", "AMT_CREDIT_SUM", "AMT_CREDIT_SUM_OVERDUE"),
                *("AMT_ANNUITY", "CNT_CREDIT_PROLONG", "MONTHS_BALANCE_SIZE"),
            ),
            NOT_NEGATIVE,
        ),
    },
    ("PREV", "APPROVED", "REFUSED"): {
        "HOUR_APPR_PROCESS_START": HOUR,
        "DAYS_DECISION": PAST,
        # A few down payments of the data are a rounding error below nothing.
        "AMT_DOWN_PAYMENT": Bound(low=-1),
        "RATE_DOWN_PAYMENT": Bound(-0.001, 1),
        **dict.fromkeys(
            ("AMT_ANNUITY", "AMT_APPLICATION", "AMT_CREDIT", "AMT_GOODS_PRICE", "APP_CREDIT_PERC", "CNT_PAYMENT"),
            NOT_NEGATIVE,
        ),
    },
    ("POS",): {"MONTHS_BALANCE": PAST_MONTH, "SK_DPD": NOT_NEGATIVE, "SK_DPD_DEF": NOT_NEGATIVE},
    ("INSTAL",): {
        "DAYS_ENTRY_PAYMENT": PAST,
        "PAYMENT_DIFF": SIGNED,
        **dict.fromkeys(
            ("NUM_INSTALMENT_VERSION", "DPD", "DBD", "PAYMENT_PERC", "AMT_INSTALMENT", "AMT_PAYMENT"), NOT_NEGATIVE
        ),
    },
    ("CC",): {
        "MONTHS_BALANCE": PAST_MONTH,
        **dict.fromkeys(
            (
                *("AMT_BALANCE", "AMT_RECEIVABLE_PRINCIPAL", "AMT_RECIVABLE", "AMT_TOTAL_RECEIVABLE"),
                *("AMT_DRAWINGS_ATM_CURRENT", "AMT_DRAWINGS_CURRENT", "AMT_DRAWINGS_OTHER_CURRENT"),
                "AMT_DRAWINGS_POS_CURRENT",
            ),
            SIGNED,
        ),
        **dict.fromkeys(
            (
                *("AMT_CREDIT_LIMIT_ACTUAL", "AMT_INST_MIN_REGULARITY", "AMT_PAYMENT_CURRENT"),
                *("AMT_PAYMENT_TOTAL_CURRENT", "CNT_DRAWINGS_ATM_CURRENT", "CNT_DRAWINGS_CURRENT"),
                *("CNT_DRAWINGS_OTHER_CURRENT", "CNT_DRAWINGS_POS_CURRENT", "CNT_INSTALMENT_MATURE_CUM"),
                *("SK_DPD", "SK_DPD_DEF"),
            ),
            NOT_NEGATIVE,
        ),
    },
}
"""By tables of a client's histories: what a single record holds. Their other columns are made of ones and zeros."""

PAIRS: tuple[Pair, ...] = (
    Pair("further_back", "DAYS_BIRTH", "DAYS_EMPLOYED"),
    Pair("further_back", "DAYS_BIRTH", "DAYS_REGISTRATION"),
    Pair("further_back", "DAYS_BIRTH", "DAYS_ID_PUBLISH"),
    Pair("family", "CNT_CHILDREN", "CNT_FAM_MEMBERS", apart=1.0),
    Pair("above", "AMT_ANNUITY", "AMT_CREDIT"),
    Pair("above", "DEF_30_CNT_SOCIAL_CIRCLE", "OBS_30_CNT_SOCIAL_CIRCLE"),
    Pair("above", "DEF_60_CNT_SOCIAL_CIRCLE", "OBS_60_CNT_SOCIAL_CIRCLE"),
)

_EXTREMES = (("MIN", "MEAN"), ("MEAN", "MAX"), ("MIN", "MAX"))
_NEVER_NEGATIVE = ("COUNT", "SIZE", "NUNIQUE", "VAR")


def bound_of(name: str) -> Bound:
    """Between which numbers the values of a model's column lie; anything where nothing is known of the column."""
    if name in APPLICATION:
        return APPLICATION[name]
    table, _, rest = name.partition("_")
    quantities = next((each for tables, each in HISTORIES.items() if table in tables), None)
    if quantities is None:
        return SIGNED
    middle, _, aggregation = rest.rpartition("_")
    if aggregation in _NEVER_NEGATIVE:
        return NOT_NEGATIVE
    record = quantities.get(middle, SHARE)
    if aggregation != "SUM":
        return record
    return Bound(0.0 if record.low == 0.0 else -inf, 0.0 if record.high == 0.0 else inf)


def pairs_of(names: Sequence[str]) -> tuple[Pair, ...]:
    """The pairs of which both columns are here.

    Among them the smallest, mean and largest of one quantity of the histories; not of amounts of either sign, of which
    real histories hold a few whose mean lies above the largest.
    """
    here = set(names)
    extremes = tuple(
        Pair("above", name, f"{stem}_{larger}")
        for name in names
        for stem, _, aggregation in [name.rpartition("_")]
        for smaller, larger in _EXTREMES
        if aggregation == smaller and bound_of(name) != SIGNED
    )
    return tuple(pair for pair in PAIRS + extremes if pair.smaller in here and pair.larger in here)


class Possible:
    """The bounds and pairs of some columns, to look at many clients at once; made once a model."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._bounds = [bound_of(name) for name in names]
        self._low = np.array([bound.low for bound in self._bounds])
        self._high = np.array([bound.high for bound in self._bounds])
        self._whole = np.array([bound.whole for bound in self._bounds], dtype=bool)
        pairs = pairs_of(names)
        slot = {name: place for place, name in enumerate(names)}
        self._smaller = np.array([slot[pair.smaller] for pair in pairs], dtype=np.intp)
        self._larger = np.array([slot[pair.larger] for pair in pairs], dtype=np.intp)
        self._apart = np.array([pair.apart for pair in pairs])
        self._contradictions = [
            Impossible(pair.code, (pair.smaller, pair.larger) if pair.code == "above" else (pair.larger, pair.smaller))
            for pair in pairs
        ]

    def find(self, values: Floats) -> dict[int, tuple[Impossible, ...]]:
        """By client, what cannot be right of values (n_clients, n_columns) as they were sent, NaN where nothing was."""
        out, crossed = self._out_of_bounds(values), self._crossed(values)
        found: dict[int, list[Impossible]] = {}
        if out.any():
            for client, place in np.argwhere(out).tolist():
                bound, name = self._bounds[place], self._names[place]
                code = bound.code(float(values[client, place]))
                found.setdefault(client, []).append(Impossible(code, (name,), bound.low, bound.high))
            crossed &= ~(out[:, self._smaller] | out[:, self._larger])
        for client, place in np.argwhere(crossed).tolist():
            found.setdefault(client, []).append(self._contradictions[place])
        return {client: tuple(each) for client, each in found.items()}

    def _out_of_bounds(self, values: Floats) -> Flags:
        # Comparisons with NaN are false, so a missing value is possible.
        out: Flags = (values < self._low) | (values > self._high)
        whole = values[:, self._whole]
        out[:, self._whole] |= np.abs(whole - np.rint(whole)) > TOLERANCE
        return out

    def _crossed(self, values: Floats) -> Flags:
        larger = values[:, self._larger]
        crossed: Flags = values[:, self._smaller] + self._apart > larger + TOLERANCE * np.abs(larger)
        return crossed
