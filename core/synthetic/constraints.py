"""How Home Credit's columns hang together: what a population need not describe, because it follows from the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.features.categories import HISTORIES

MISSING = "missing:"
GOODS_SHARE = "AMT_GOODS_PRICE/AMT_CREDIT"

REVOLVING = "Revolving loans"
REVOLVING_TERMS: Mapping[str, float] = {"PAYMENT_RATE": 0.05, GOODS_SHARE: 1.0}
"""What these quotients are for the clients with NAME_CONTRACT_TYPE "Revolving loans"."""

COUPLES = ("Civil marriage", "Married")
"""Values of NAME_FAMILY_STATUS that make CNT_FAM_MEMBERS the children and two, else the children and one."""

NO_JOB: Mapping[str, str] = {"NAME_INCOME_TYPE": "Pensioner", "ORGANIZATION_TYPE": "XNA"}
"""What these columns hold for exactly the clients without DAYS_EMPLOYED, who have no OCCUPATION_TYPE either."""

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
"""Columns that stand where another stands: mode and median of the client's building with its average."""

ONLY_IF_ANY: Mapping[str, str] = {
    "DEF_30_CNT_SOCIAL_CIRCLE": "OBS_30_CNT_SOCIAL_CIRCLE",
    "DEF_60_CNT_SOCIAL_CIRCLE": "DEF_30_CNT_SOCIAL_CIRCLE",
}
"""Counts of some of what another column counts."""

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
"""Columns that are missing for the clients for whom another column is."""

ONLY_FOR: Mapping[str, tuple[str, str]] = {"OWN_CAR_AGE": ("FLAG_OWN_CAR", "Y")}
"""Columns that are there for exactly the clients with a value of another column."""

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
"""Numbers that are worked out from another column, so that correlations with them say nothing new."""


KNOWN: Mapping[str, tuple[str, ...]] = {
    "application": (),
    "bureau": ("BURO", "ACTIVE", "CLOSED"),
    "everything": HISTORIES,
}
"""How much a lender knows of a client: the histories that can be there."""

AMONG: Mapping[str, str] = {"ACTIVE": "BURO", "CLOSED": "BURO", "APPROVED": "PREV", "REFUSED": "PREV", "CC": "INSTAL"}
"""Histories that only some of the clients have who have another; the others are there wherever they can be."""


def history_of(name: str) -> str | None:
    """The prefix of a column that is made of a history, None of any other."""
    return next((prefix for prefix in HISTORIES if name.startswith(f"{prefix}_")), None)


def missing_with(name: str, names: Iterable[str]) -> str:
    """The column whose absence tells of this one's, itself where none does; of a history, the first of its columns."""
    history = history_of(name)
    if history is None:
        return MISSING_WITH.get(name, name)
    return next((each for each in names if each.startswith(f"{history}_")), name)
