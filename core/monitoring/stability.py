"""The population stability index, and what samples of one population reach by chance.

The population stability index compares the shares a_i of a file's clients in some bins with the shares e_i of the
training clients: PSI = Σ (a_i − e_i) · ln(a_i / e_i). Below 0.1 nothing much has changed, from 0.25 it has (Siddiqi,
2006). Between two samples of one population, PSI / (1/n + 1/N) is distributed about as chi-squared with one degree of
freedom less than there are bins (Yurdakul, 2018); what so many comparisons reach by chance in one file of a hundred is
no drift, whatever the bands say.
"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtri, ndtri

from core.records import Floats

ALARMS = 0.01
"""In so many files of the training population may chance alone lead to a word other than stable."""


def population_stability(actual: Floats, expected: Floats, *, n: float, n_expected: float) -> float:
    """The PSI of shares in the same bins, each summing to 1; an empty bin counts as half a client.

    n, n_expected: clients that the shares are of.
    """
    a = np.maximum(actual, 0.5 / n)
    e = np.maximum(expected, 0.5 / n_expected)
    return float(((a - e) * np.log(a / e)).sum())


def chance_level(n: float, n_expected: float, bins: int, comparisons: int) -> float:
    """The PSI that the largest of so many comparisons of one population exceeds in one file of a hundred."""
    if bins < 2:
        return 0.0
    quantile = float(chdtri(bins - 1, ALARMS / max(comparisons, 1)))
    return quantile * (1 / n + 1 / n_expected)


def chance_difference(share: float, n: float, n_expected: float, comparisons: int) -> float:
    """The difference of a share that the largest of so many comparisons exceeds in one file of a hundred."""
    spread = share * (1.0 - share) * (1 / n + 1 / n_expected)
    return float(ndtri(1.0 - ALARMS / (2 * max(comparisons, 1))) * np.sqrt(spread))
