"""Defaults by score: equal-count bins of the P(default) of models that had not seen the client."""

from __future__ import annotations

import itertools

import numpy as np

from core.model.bundle import SMALLEST_GROUP
from core.model.schema import ALL, ScoreBin
from core.records import DAYS_PER_YEAR, Flags, Floats
from core.training.applications import Applications
from core.training.columns import with_histories

MAX_BINS = 200
OUTER = (0.001, 0.999)
DIGITS = 6
AGES = {"age<30": (0, 30), "30-39": (30, 40), "40-49": (40, 50), "50-59": (50, 60), "60+": (60, 200)}


def score_bins(applications: Applications, probability: Floats) -> dict[str, tuple[ScoreBin, ...]]:
    """Bins for "all", for each sex and age group, and for clients with and without histories.

    There are as many bins as hold 50 people each, at most 200. Every client is in a bin, although the outermost edges
    are the 0.1 % and 99.9 % quantiles. Groups of fewer than 50 are left out. probability: P(default), (n_clients,).
    """
    bins = {}
    for name, chosen in _groups(applications).items():
        if chosen.sum() >= SMALLEST_GROUP:
            bins[name] = _bins(probability[chosen], applications.defaults[chosen], applications.credit[chosen])
    return bins


def _groups(applications: Applications) -> dict[str, Flags]:
    groups = {ALL: np.ones(len(applications), dtype=bool)}
    if "CODE_GENDER" in applications.table:
        sex = applications.table["CODE_GENDER"].to_numpy()
        groups |= {f"sex={letter}": sex == letter for letter in ("F", "M")}
    age = -applications.table["DAYS_BIRTH"].to_numpy(dtype=np.float64) / DAYS_PER_YEAR
    known = with_histories(applications.table)
    if known.any():
        groups |= {"histories=none": ~known, "histories=some": known}
    return groups | {name: (low <= age) & (age < high) for name, (low, high) in AGES.items()}


def _bins(probability: Floats, defaults: Flags, credit: Floats) -> tuple[ScoreBin, ...]:
    n_bins = min(MAX_BINS, len(probability) // SMALLEST_GROUP)
    low, high = np.quantile(probability, OUTER)
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, n_bins)
    inner = [(probability[left[-1]] + probability[right[0]]) / 2 for left, right in itertools.pairwise(parts)]
    edges = [round(float(edge), DIGITS) for edge in (low, *inner, high)]
    return tuple(
        ScoreBin(
            low=edges[position],
            high=edges[position + 1],
            n=len(part),
            defaults=int(defaults[part].sum()),
            credit=float(credit[part].sum()),
        )
        for position, part in enumerate(parts)
    )
