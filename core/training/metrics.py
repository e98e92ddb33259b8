"""Metrics of P(default): ranking, calibration, business loss, and their intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from core.model.schema import Figure
from core.records import Flags, Floats
from core.training.threshold import loss_share

DRAWS = 500
SEED = 20260101
ECE_BINS = 10
NEAREST_TO_CERTAIN = 1e-15


def measure(probability: Floats, defaults: Flags, credit: Floats, *, threshold: float) -> dict[str, float]:
    """All metrics of P(default), by name.

    roc_auc, gini = 2·AUC − 1, ks and pr_auc: higher is better. brier, ece and loss_share (see `loss_share`): lower is
    better.

    Parameters
    ----------
    probability: P(default), of shape (n_clients,).
    defaults: True for a defaulted client, of shape (n_clients,).
    credit: AMT_CREDIT in the data set's currency, of shape (n_clients,).
    threshold: on P(default).
    """
    auc = float(roc_auc_score(defaults, probability))
    return {
        "roc_auc": auc,
        "gini": 2 * auc - 1,
        "ks": kolmogorov_smirnov(probability, defaults),
        "pr_auc": float(average_precision_score(defaults, probability)),
        "brier": float(brier_score_loss(defaults, probability)),
        "ece": expected_calibration_error(probability, defaults),
        "loss_share": loss_share(probability, defaults, credit, threshold=threshold),
    }


def measure_with_intervals(
    probability: Floats,
    defaults: Flags,
    credit: Floats,
    *,
    threshold: float,
    draws: int = DRAWS,
    tick: Callable[[], None] = lambda: None,
) -> dict[str, Figure]:
    """The metrics of `measure` with 95 % intervals: percentiles over `draws` seeded bootstrap samples of the clients.

    The calibration error is a mean of absolute gaps, which resampling increases, so its interval is biased upwards.
    tick: called after each sample.
    """
    values = measure(probability, defaults, credit, threshold=threshold)
    random = np.random.default_rng(SEED)
    drawn: dict[str, list[float]] = {name: [] for name in values}
    while len(drawn["roc_auc"]) < draws:
        sample = random.integers(0, len(defaults), len(defaults))
        if 0 < defaults[sample].sum() < len(sample):
            again = measure(probability[sample], defaults[sample], credit[sample], threshold=threshold)
            for name, value in again.items():
                drawn[name].append(value)
        tick()
    return {
        name: Figure(value, *(float(each) for each in np.percentile(drawn[name], [2.5, 97.5])))
        for name, value in values.items()
    }


def kolmogorov_smirnov(probability: Floats, defaults: Flags) -> float:
    """The largest difference between the cumulative shares of defaulted and good clients, over all thresholds."""
    order = np.argsort(probability, kind="stable")
    bad = np.cumsum(defaults[order]) / defaults.sum()
    good = np.cumsum(~defaults[order]) / (~defaults).sum()
    last_of_equals = np.append(np.diff(probability[order]) > 0, True)
    return float(np.abs(bad - good)[last_of_equals].max())


def expected_calibration_error(probability: Floats, defaults: Flags) -> float:
    """Mean over ten equal-count bins of |mean P(default) − share that defaulted|."""
    order = np.argsort(probability, kind="stable")
    gaps = [
        abs(float(probability[part].mean()) - float(defaults[part].mean())) * len(part)
        for part in np.array_split(order, ECE_BINS)
        if len(part)
    ]
    return float(sum(gaps) / len(probability))


def affine_calibration(probability: Floats, defaults: Flags) -> tuple[float, float]:
    """Intercept and slope in log-odds of the best calibration of these P(default) (Platt scaling, no penalty)."""
    fitted = LogisticRegression(C=np.inf).fit(log_odds(probability)[:, None], defaults)
    return float(fitted.intercept_[0]), float(fitted.coef_[0, 0])


def log_odds(probability: Floats) -> Floats:
    """Log-odds of probabilities; 0 and 1 are clipped to 1e-15 and 1 − 1e-15."""
    return np.asarray(logit(np.clip(probability, NEAREST_TO_CERTAIN, 1.0 - NEAREST_TO_CERTAIN)), dtype=np.float64)


def recalibrated(probability: Floats, intercept: float, slope: float) -> Floats:
    """P(default) with the log-odds intercept + slope · log-odds(probability)."""
    return np.asarray(expit(intercept + slope * log_odds(probability)), dtype=np.float64)
