"""Aligned clients → P(default). The only call of a model's predict for an answer stands here."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from core.bundle import Bundle
from core.records import Floats


def log_odds(values: Floats, bundle: Bundle) -> Floats:
    """Calibrated log-odds of default, of shape (n_clients,), for values of shape (n_clients, n_columns)."""
    if not len(values):
        return np.empty(0)
    raw = bundle.booster.predict(values, raw_score=True, num_threads=1)
    return bundle.policy.intercept + bundle.policy.slope * np.asarray(raw, dtype=np.float64)


def probability(values: Floats, bundle: Bundle) -> Floats:
    """P(default) between 0 and 1, of shape (n_clients,); higher means riskier.

    The same client gets the same bits whether scored alone or among thousands: trees are summed in
    order for each row, and `expit` works on one number at a time.
    """
    return np.asarray(expit(log_odds(values, bundle)), dtype=np.float64)
