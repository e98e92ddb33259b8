"""P(default) of aligned clients. Only this module calls the estimator's `probability` and `log_odds`."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from core.model.bundle import Bundle
from core.records import Floats


def log_odds(values: Floats, bundle: Bundle) -> Floats:
    """Calibrated log-odds of default, of shape (n_clients,), for values of shape (n_clients, n_columns)."""
    if not len(values):
        return np.empty(0)
    return bundle.policy.intercept + bundle.policy.slope * bundle.estimator.log_odds(values)


def probability(values: Floats, bundle: Bundle) -> Floats:
    """P(default) between 0 and 1, of shape (n_clients,), for values of shape (n_clients, n_columns).

    A client gets the same bits scored alone or in a batch: the trees are summed in order for each row, and `expit`
    works element by element. Without calibration, this is the estimator's own probability.
    """
    if len(values) and (bundle.policy.intercept, bundle.policy.slope) == (0.0, 1.0):
        return bundle.estimator.probability(values)
    return np.asarray(expit(log_odds(values, bundle)), dtype=np.float64)
