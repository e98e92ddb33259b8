"""How well P(default) ranks clients, from counts by score bin: ROC, Gini, KS, precision and recall.

Clients of one bin count as ties, so a ROC AUC from bins lies a little below that of the single scores (by less than
0.0005 with 200 bins of the shipped model).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.model.outcomes import Outcomes
from core.model.schema import Figure
from core.monitoring.intervals import draw_clients, percentiles
from core.records import Floats


@dataclass(frozen=True, slots=True)
class Curves:
    """What a threshold at each edge would do, of shape (n_edges,), from the highest P(default) to the lowest.

    threshold: on P(default). flagged: share of the clients above it. recall: share of the defaulted clients above it
    (ROC's true-positive rate, a default being the positive). false_alarms: share of the good clients above it.
    precision: share that defaulted of the clients above it; NaN where there are none.
    """

    threshold: Floats
    flagged: Floats
    recall: Floats
    false_alarms: Floats
    precision: Floats


def curves(outcomes: Outcomes) -> Curves | None:
    """The curves; None if all clients defaulted or none did."""
    bad = np.array(outcomes.defaults, dtype=np.float64)
    good = np.array(outcomes.n, dtype=np.float64) - bad
    if not bad.sum() or not good.sum():
        return None
    caught, alarms = (np.concatenate([[0.0], np.cumsum(each[::-1])]) for each in (bad, good))
    above = caught + alarms
    with np.errstate(invalid="ignore"):
        precision = caught / above
    return Curves(
        threshold=np.array(outcomes.edges)[::-1],
        flagged=above / above[-1],
        recall=caught / caught[-1],
        false_alarms=alarms / alarms[-1],
        precision=precision,
    )


def ranking_figures(outcomes: Outcomes) -> dict[str, Figure]:
    """roc_auc, gini = 2·AUC − 1, ks and pr_auc (average precision) with 95 % intervals; empty for one class only."""
    bad = np.array(outcomes.defaults, dtype=np.float64)
    good = np.array(outcomes.n, dtype=np.float64) - bad
    if not bad.sum() or not good.sum():
        return {}
    values = _measured(good[None, :], bad[None, :])
    samples = _measured(*draw_clients(outcomes))
    return {name: percentiles(float(value[0]), samples[name]) for name, value in values.items()}


def _measured(good: Floats, bad: Floats) -> dict[str, Floats]:
    """Each figure of counts by bin, of shape (n_samples, n_bins) and rising P(default); NaN where a class is empty."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share_good = good / good.sum(axis=1, keepdims=True)
        share_bad = bad / bad.sum(axis=1, keepdims=True)
        below = np.cumsum(share_good, axis=1)
        auc = (share_bad * (below - share_good / 2)).sum(axis=1)
        ks = np.abs(below - np.cumsum(share_bad, axis=1)).max(axis=1)
        caught = np.cumsum(bad[:, ::-1], axis=1)
        above = caught + np.cumsum(good[:, ::-1], axis=1)
        precision = np.where(above > 0, caught / above, 0.0)
        pr_auc = (share_bad[:, ::-1] * precision).sum(axis=1)
    return {"roc_auc": auc, "gini": 2 * auc - 1, "ks": ks, "pr_auc": pr_auc}
