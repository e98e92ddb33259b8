"""Known dependencies between Home Credit's columns, which synthetic clients must satisfy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.features.categories import HISTORIES

MISSING = "missing:"
GOODS_SHARE = "AMT_GOODS_PRICE/AMT_CREDIT"

REVOLVING = "Revolving loans"
REVOLVING_TERMS: Mapping[str, float] = {"PAYMENT_RATE": 0.05, GOODS_SHARE: 1.0}
"""The fixed values of these quotients for clients with NAME_CONTRACT_TYPE "Revolving loans"."""

COUPLES = ("Civil marriage", "Married")
"""Values of NAME_FAMILY_STATUS with CNT_FAM_MEMBERS = CNT_CHILDREN + 2; for the others it is CNT_CHILDREN + 1."""

NO_JOB: Mapping[str, str] = {"NAME_INCOME_TYPE": "Pensioner", "ORGANIZATION_TYPE": "XNA"}
"""The values of exactly the clients without DAYS_EMPLOYED, who have no OCCUPATION_TYPE either."""

MEASURES = (
    "APARTMENTS",
    "BASEMENTAREA",
    "YEARS_BEGINEXPLUATATION",
    "YEARS_BUILD",
    "COMMONAREA",
    "ELEVATORS",
    "ENTRANCES",
    "FLOORSMAX",
    "FLOORSMIN",
    "LANDAREA",
    "LIVINGAPARTMENTS",
    "LIVINGAREA",
    "NONLIVINGAPARTMENTS",
    "NONLIVINGAREA",
)

RISES_WITH: Mapping[str, str] = {
    **{f"{measure}_{kind}": f"{measure}_AVG" for measure in MEASURES for kind in ("MODE", "MEDI")},
    "OBS_60_CNT_SOCIAL_CIRCLE": "OBS_30_CNT_SOCIAL_CIRCLE",
}
"""Columns with the rank of another column: mode and median of the client's building have that of its average."""

ONLY_IF_ANY: Mapping[str, str] = {
    "DEF_30_CNT_SOCIAL_CIRCLE": "OBS_30_CNT_SOCIAL_CIRCLE",
    "DEF_60_CNT_SOCIAL_CIRCLE": "DEF_30_CNT_SOCIAL_CIRCLE",
}
"""Counts of a part of what another column counts: positive only where that one is."""

MISSING_WITH: Mapping[str, str] = {
    **RISES_WITH,
    "DEF_30_CNT_SOCIAL_CIRCLE": "OBS_30_CNT_SOCIAL_CIRCLE",
    "DEF_60_CNT_SOCIAL_CIRCLE": "OBS_30_CNT_SOCIAL_CIRCLE",
    **{
        f"AMT_REQ_CREDIT_BUREAU_{period}": "AMT_REQ_CREDIT_BUREAU_YEAR"
        for period in ("HOUR", "DAY", "WEEK", "MON", "QRT")
    },
    GOODS_SHARE: "AMT_GOODS_PRICE",
}
"""Columns that are missing for exactly the clients for whom another column is missing."""

ONLY_FOR: Mapping[str, tuple[str, str]] = {"OWN_CAR_AGE": ("FLAG_OWN_CAR", "Y")}
"""Columns that are present for exactly the clients with a given value of another column."""

FOLLOWS: Mapping[str, str] = {
    **RISES_WITH,
    "AMT_CREDIT": "AMT_GOODS_PRICE",
    "AMT_ANNUITY": "PAYMENT_RATE",
    "CNT_FAM_MEMBERS": "CNT_CHILDREN",
    "FLAG_EMP_PHONE": "DAYS_EMPLOYED",
    "DAYS_EMPLOYED_PERC": "DAYS_EMPLOYED",
    "INCOME_CREDIT_PERC": "AMT_CREDIT",
    "INCOME_PER_PERSON": "AMT_INCOME_TOTAL",
    "ANNUITY_INCOME_PERC": "PAYMENT_RATE",
}
"""Numbers derived from another column, which therefore have no correlations of their own."""


KNOWN: Mapping[str, tuple[str, ...]] = {
    "application": (),
    "bureau": ("BURO", "ACTIVE", "CLOSED"),
    "everything": HISTORIES,
}
"""How much is known of a client: the histories that can be present."""

AMONG: Mapping[str, str] = {"ACTIVE": "BURO", "CLOSED": "BURO", "APPROVED": "PREV", "REFUSED": "PREV", "CC": "INSTAL"}
"""Histories that only a part of the clients with another history have."""


def history_of(name: str) -> str | None:
    """The prefix of a history column; None for any other column."""
    return next((prefix for prefix in HISTORIES if name.startswith(f"{prefix}_")), None)


def missing_with(name: str, names: Iterable[str]) -> str:
    """The column whose missing values this column shares (itself if none); for a history, its first column."""
    history = history_of(name)
    if history is None:
        return MISSING_WITH.get(name, name)
    return next((each for each in names if each.startswith(f"{history}_")), name)
