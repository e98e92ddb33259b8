"""Monotonic constraints: the direction in which the risk may move with a column, as far as lenders know it.

Without them, a model could tell a client that a higher income raised the risk, because of noise in a few hundred
training clients. The cost of the constraints is measured out of fold, and those that cost too much are dropped.
PAYMENT_RATE has no direction: neither the longest nor the shortest loans are the riskiest, and a constraint on it
costs too much accuracy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

MAX_COST = 0.001
"""The largest loss of out-of-fold ROC AUC by one set of constraints."""
RISES, FALLS = 1, -1

Directions = Mapping[str, int]

KNOWN: Mapping[str, Directions] = {
    "loan": {
        "AMT_CREDIT": RISES,
        "AMT_ANNUITY": RISES,
        "AMT_GOODS_PRICE": RISES,
        "INCOME_CREDIT_PERC": FALLS,
        "ANNUITY_INCOME_PERC": RISES,
    },
    "external scores": dict.fromkeys(("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"), FALLS),
    "income": {"AMT_INCOME_TOTAL": FALLS, "INCOME_PER_PERSON": FALLS},
    # Days are counted backwards: the nearer to 0, the more recent.
    "time in the job": {"DAYS_EMPLOYED": RISES, "DAYS_EMPLOYED_PERC": FALLS},
    "what changed lately": {"DAYS_LAST_PHONE_CHANGE": RISES, "DAYS_ID_PUBLISH": RISES, "DAYS_REGISTRATION": RISES},
    "car": {"OWN_CAR_AGE": RISES, "FLAG_OWN_CAR": FALLS},
    "defaults around the client": {"DEF_30_CNT_SOCIAL_CIRCLE": RISES, "DEF_60_CNT_SOCIAL_CIRCLE": RISES},
    "region's rating": {"REGION_RATING_CLIENT": RISES, "REGION_RATING_CLIENT_W_CITY": RISES},
    "days past due": {
        "BURO_CREDIT_DAY_OVERDUE_MAX": RISES,
        "BURO_CREDIT_DAY_OVERDUE_MEAN": RISES,
        "BURO_AMT_CREDIT_MAX_OVERDUE_MEAN": RISES,
        "BURO_AMT_CREDIT_SUM_OVERDUE_MEAN": RISES,
        "POS_SK_DPD_MAX": RISES,
        "POS_SK_DPD_MEAN": RISES,
        "POS_SK_DPD_DEF_MAX": RISES,
        "POS_SK_DPD_DEF_MEAN": RISES,
        "INSTAL_DPD_MAX": RISES,
        "INSTAL_DPD_MEAN": RISES,
        "CC_SK_DPD_MAX": RISES,
        "CC_SK_DPD_MEAN": RISES,
        "CC_SK_DPD_DEF_MAX": RISES,
        "CC_SK_DPD_DEF_MEAN": RISES,
    },
    "earlier answers": {
        "PREV_NAME_CONTRACT_STATUS_Approved_MEAN": FALLS,
        "PREV_NAME_CONTRACT_STATUS_Refused_MEAN": RISES,
    },
}
"""By group of columns: +1 where the risk of default may only rise with the column, −1 where it may only fall."""


@dataclass(frozen=True, slots=True)
class Constraints:
    """The chosen constraints. directions: by column. dropped: the groups that cost too much.

    cost: loss of out-of-fold ROC AUC; negative is a gain.
    """

    directions: Directions
    cost: float
    dropped: tuple[str, ...]


def choose_constraints(names: Sequence[str], measured: Callable[[Directions], float]) -> Constraints:
    """Choose the groups of KNOWN whose constraints cost less than 0.001 ROC AUC.

    All groups are tried together first. A set that costs too much is split into halves, which are tried in turn on
    top of the constraints accepted so far; a single group that costs too much is dropped.

    Parameters
    ----------
    names: the model's columns.
    measured: trains a model with the given directions and returns its out-of-fold ROC AUC.
    """
    groups = {group: _of(names, directions) for group, directions in KNOWN.items()}
    groups = {group: directions for group, directions in groups.items() if directions}
    accepted: dict[str, int] = {}
    dropped: list[str] = []
    free = current = measured({})
    pending = [tuple(groups)] if groups else []
    while pending:
        tried = pending.pop(0)
        candidate = accepted | {name: sign for group in tried for name, sign in groups[group].items()}
        auc = measured(candidate)
        if current - auc < MAX_COST:
            accepted, current = candidate, auc
        elif len(tried) == 1:
            dropped += tried
        else:
            pending[:0] = [tried[: len(tried) // 2], tried[len(tried) // 2 :]]
    return Constraints(accepted, free - current, tuple(dropped))


def _of(names: Sequence[str], directions: Directions) -> dict[str, int]:
    return {name: sign for name, sign in directions.items() if name in names}
