"""Which way the risk may move with a column, where the trade knows it.

A constraint keeps a model from telling a client that a higher income counted against them because a few hundred
others' did. What it costs is measured out of fold, and what costs too much is dropped. PAYMENT_RATE has no direction:
neither the longest nor the shortest loans are the riskiest, and holding it costs more than any bank would pay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HIGHEST_COST = 0.001
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
"""By what the columns tell: +1 where the risk of default may only rise with the column, -1 where it may only fall."""


class Cost(NamedTuple):
    """Out-of-fold ROC AUC of a model with some directions, and how many trees each fold's has."""

    auc: float
    trees: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Constraints:
    """What was kept, what it costs in out-of-fold ROC AUC (below 0: it gains), and which groups were dropped.

    trees: how many trees each fold's model has with these directions.
    """

    directions: Directions
    cost: float
    dropped: tuple[str, ...]
    trees: tuple[int, ...]


def choose_constraints(names: Sequence[str], measured: Callable[[Directions], Cost]) -> Constraints:
    """The known directions of these columns: all of them, or as many groups as cost under 0.001 AUC each time.

    measured: a model with these directions, with as many trees as it needs. All groups together are asked first;
    what costs too much is asked by halves, each half after what was kept before it, down to the single group that is
    dropped.
    """
    groups = {group: _of(names, directions) for group, directions in KNOWN.items()}
    groups = {group: directions for group, directions in groups.items() if directions}
    kept: dict[str, int] = {}
    dropped: list[str] = []
    free = reached = measured({})
    waiting = [tuple(groups)] if groups else []
    while waiting:
        asked = waiting.pop(0)
        wanted = kept | {name: way for group in asked for name, way in groups[group].items()}
        found = measured(wanted)
        if reached.auc - found.auc < HIGHEST_COST:
            kept, reached = wanted, found
        elif len(asked) == 1:
            dropped += asked
        else:
            waiting[:0] = [asked[: len(asked) // 2], asked[len(asked) // 2 :]]
    return Constraints(kept, free.auc - reached.auc, tuple(dropped), reached.trees)


def _of(names: Sequence[str], directions: Directions) -> dict[str, int]:
    return {name: way for name, way in directions.items() if name in names}
