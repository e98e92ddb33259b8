"""Compares the shipped model with other models of the same data on the locked clients, with intervals.

The bootstrap is paired: both models score each sample of clients, so that variation common to both does not widen the
interval of their difference (Efron and Tibshirani, 1993).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.model.bundle import SMALLEST_GROUP
from core.model.schema import ALL, Comparison, Figure
from core.records import Flags, Floats
from core.training.threshold import client_losses

DRAWS = 500
SEED = 20260101
Other = Literal["application_only", "logistic"]
Group = Literal["all", "without_histories", "with_histories"]


@dataclass(frozen=True, slots=True)
class Scored:
    """One model on the locked clients: P(default) of shape (n_locked,), its threshold, and its size."""

    probability: Floats
    threshold: float
    columns: int
    trees: int


def compare_models(
    shipped: Scored, others: Mapping[Other, Scored], defaults: Flags, credit: Floats, histories: Flags
) -> tuple[Comparison, ...]:
    """Compare the shipped model with each other model, on all locked clients and on those with and without histories.

    A group with fewer than 50 defaulted or 50 good clients is left out.

    Parameters
    ----------
    shipped, others: the models' answers.
    defaults: True for a defaulted client, of shape (n_locked,).
    credit: AMT_CREDIT in the data set's currency, of shape (n_locked,).
    histories: True for a client with any history value, of shape (n_locked,).
    """
    return tuple(
        _compared(other, scored, group, chosen, shipped, defaults, credit)
        for other, scored in others.items()
        for group, chosen in _groups(histories)
        if min(defaults[chosen].sum(), (~defaults[chosen]).sum()) >= SMALLEST_GROUP
    )


def paired(
    first: Scored, second: Scored, defaults: Flags, credit: Floats, draws: int = DRAWS
) -> tuple[dict[str, Figure], dict[str, Figure], dict[str, Figure]]:
    """ROC AUC and loss of the first model, of the second, and first minus second, with 95 % intervals.

    defaults, credit: of shape (n_clients,); credit in the data set's currency. draws: number of bootstrap samples.
    """
    sides = [_Ranked(each, defaults, credit) for each in (first, second)]
    whole = np.ones(len(defaults))
    values = np.array([side.figures(whole) for side in sides])
    random = np.random.default_rng(SEED)
    drawn: list[list[tuple[float, float]]] = []
    while len(drawn) < draws:
        times = np.bincount(random.integers(0, len(defaults), len(defaults)), minlength=len(defaults)).astype(
            np.float64
        )
        if 0 < times[defaults].sum() < len(defaults):
            drawn.append([side.figures(times) for side in sides])
    samples = np.array(drawn)
    stacked = (
        (values[0], samples[:, 0]),
        (values[1], samples[:, 1]),
        (values[0] - values[1], samples[:, 0] - samples[:, 1]),
    )
    first_figures, second_figures, difference = (_figures(value, sample) for value, sample in stacked)
    return first_figures, second_figures, difference


class _Ranked:
    """Clients sorted by one model's P(default); a bootstrap sample is then a weight for each client."""

    def __init__(self, scored: Scored, defaults: Flags, credit: Floats) -> None:
        self._order = np.argsort(scored.probability, kind="stable")
        ordered = scored.probability[self._order]
        self._starts = np.concatenate([[0], np.flatnonzero(np.diff(ordered) > 0) + 1])
        self._bad = defaults[self._order]
        self._loss = client_losses(scored.probability, defaults, credit, threshold=scored.threshold)
        self._everyone = np.where(defaults, credit, 0.0)

    def figures(self, times: Floats) -> tuple[float, float]:
        """ROC AUC and loss of a sample; times: how often it contains each client, of shape (n_clients,)."""
        weights = times[self._order]
        bad = np.add.reduceat(np.where(self._bad, weights, 0.0), self._starts)
        good = np.add.reduceat(np.where(self._bad, 0.0, weights), self._starts)
        # A defaulted client ranks above the good clients with a lower P(default); ties count half.
        ranked = float((bad * (np.cumsum(good) - good / 2)).sum())
        return ranked / float(bad.sum() * good.sum()), float(times @ self._loss) / float(times @ self._everyone)


def _groups(histories: Flags) -> Iterator[tuple[Group, Flags]]:
    yield ALL, np.ones(len(histories), dtype=bool)
    if histories.any() and not histories.all():
        yield "without_histories", ~histories
        yield "with_histories", histories


def _compared(
    other: Other, scored: Scored, group: Group, chosen: Flags, shipped: Scored, defaults: Flags, credit: Floats
) -> Comparison:
    mine, theirs = (
        Scored(each.probability[chosen], each.threshold, each.columns, each.trees) for each in (shipped, scored)
    )
    own, figures, difference = paired(mine, theirs, defaults[chosen], credit[chosen])
    return Comparison(
        other=other,
        clients=group,
        columns=scored.columns,
        trees=scored.trees,
        threshold=scored.threshold,
        n=int(chosen.sum()),
        defaults=int(defaults[chosen].sum()),
        shipped=own,
        figures=figures,
        difference=difference,
    )


def _figures(value: Floats, samples: Floats) -> dict[str, Figure]:
    low, high = np.percentile(samples, [2.5, 97.5], axis=0)
    return {
        name: Figure(float(value[place]), float(low[place]), float(high[place]))
        for place, name in enumerate(("roc_auc", "loss_share"))
    }
