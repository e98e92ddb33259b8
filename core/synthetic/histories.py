"""Constraints on history columns: minimum ≤ mean ≤ maximum of a quantity, and shares that add up to 1."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.features.categories import PREVIOUS_TEXTS, categories
from core.records import Floats
from core.synthetic.constraints import history_of

ORDERED = ("MIN", "MEAN", "MAX")
WHOLE_ENDINGS = ("_MIN", "_MAX", "_SUM")
WHOLE_PARTS = ("_DAYS_", "_MONTHS_BALANCE", "_CNT_", "_HOUR_", "_SK_DPD", "_DPD_", "_DBD_", "_DAY_OVERDUE")
TEXTS = (
    ("BURO", "CREDIT_ACTIVE"),
    ("BURO", "CREDIT_CURRENCY"),
    ("BURO", "CREDIT_TYPE"),
    ("BURO", "STATUS"),
    ("POS", "NAME_CONTRACT_STATUS"),
    ("CC", "NAME_CONTRACT_STATUS"),
    *(("PREV", column) for column in PREVIOUS_TEXTS),
)
"""The text columns of the histories, by the prefix of the columns that hold the share of each category."""


def settle_histories(numbers: dict[str, Floats]) -> None:
    """Adjust the history columns in place, arrays of shape (n,).

    Whole numbers are rounded, minimum, mean and maximum are sorted, and the shares of one text column add up to 1.
    """
    for name in filter(is_whole, numbers):
        numbers[name] = np.round(numbers[name])
    for names in ordered_aggregates(numbers):
        stacked = np.column_stack([numbers[name] for name in names])
        missing = np.isnan(stacked)
        # Sorting puts NaN last: the k-th of those that are present takes the k-th smallest.
        order = np.maximum(np.cumsum(~missing, axis=1) - 1, 0)
        ascending = np.take_along_axis(np.sort(stacked, axis=1), order, axis=1)
        for place, name in enumerate(names):
            numbers[name] = np.where(missing[:, place], np.nan, ascending[:, place])
    for names in shares_of_all(numbers):
        parts = np.column_stack([numbers[name] for name in names])
        total = np.nansum(parts, axis=1)
        means = np.array([np.nanmean(numbers[name]) if (~np.isnan(numbers[name])).any() else 0.0 for name in names])
        for place, name in enumerate(names):
            default = 1.0 if place == int(np.argmax(means)) else 0.0
            with np.errstate(divide="ignore", invalid="ignore"):
                settled = np.where(total > 0.0, parts[:, place] / total, default)
            numbers[name] = np.where(np.isnan(parts[:, place]), np.nan, settled)
    for names in ordered_aggregates(numbers):
        for mean in [name for name in names if name.endswith("_MEAN")]:
            for name in names:
                # Scaling the shares to 1 has moved their means; fmin and fmax ignore a missing one.
                bound = np.fmax if name.endswith("_MAX") else np.fmin
                numbers[name] = np.where(np.isnan(numbers[name]), np.nan, bound(numbers[name], numbers[mean]))


def ordered_aggregates(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of two or three columns that are minimum, mean and maximum of one quantity."""
    present = {name for name in names if history_of(name) is not None}
    quantities = sorted({name.rsplit("_", 1)[0] for name in present})
    groups = (tuple(f"{each}_{ending}" for ending in ORDERED if f"{each}_{ending}" in present) for each in quantities)
    return [group for group in groups if len(group) > 1]


def shares_of_all(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of at least two columns that hold the shares of the categories of one text column of a history."""
    present = set(names)
    groups = []
    for prefix, column in TEXTS:
        ending = "MEAN_MEAN" if column == "STATUS" else "MEAN"
        members = (f"{prefix}_{column}_{value}_{ending}" for value in categories(prefix, column, ending))
        groups.append(tuple(name for name in members if name in present))
    return [group for group in groups if len(group) > 1]


def is_whole(name: str) -> bool:
    """Whether a history column is a count, or the minimum, maximum or sum of whole numbers."""
    if history_of(name) is None:
        return False
    counted = name.endswith(("_COUNT", "_SIZE", "_NUNIQUE"))
    return counted or (name.endswith(WHOLE_ENDINGS) and any(part in name for part in WHOLE_PARTS))
