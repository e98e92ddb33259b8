"""A Gaussian copula: samples with given rank correlations, for any marginals.

Kruskal (1958): normal variables with correlation r have Spearman's correlation ρ = 6/π · asin(r/2), hence
r = 2 · sin(π · ρ / 6).
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from core.records import Floats

SMALLEST_EIGENVALUE = 1e-4
STRONGEST = 0.9995
PROJECTIONS = 60
TOLERANCE = 1e-3
MAX_GAIN = 4.0
MIN_CORRELATION = 0.05
STEP = 0.7


def latent_correlations(spearman: Floats) -> Floats:
    """Correlations of normal variables, of shape (n, n), with these Spearman's correlations."""
    return nearest_correlations(2.0 * np.sin(np.pi * spearman / 6.0))


def nearest_correlations(target: Floats) -> Floats:
    """The positive definite correlation matrix of shape (n, n) that is nearest to a symmetric matrix.

    Alternating projections (Higham, 2002), scaled at the end so that the diagonal is exactly 1.
    """
    current = np.clip((target + target.T) / 2, -STRONGEST, STRONGEST)
    np.fill_diagonal(current, 1.0)
    correction = np.zeros_like(current)
    for _ in range(PROJECTIONS):
        projected = _with_positive_eigenvalues(current - correction)
        correction = projected - (current - correction)
        before, current = current, projected.copy()
        np.fill_diagonal(current, 1.0)
        if np.abs(current - before).max() < TOLERANCE:
            break
    positive = _with_positive_eigenvalues(current)
    scale = np.sqrt(np.diag(positive))
    return np.asarray(positive / np.outer(scale, scale), dtype=np.float64)


def corrected(latent: Floats, target: Floats, measured: Floats) -> Floats:
    """One correction of the latent correlations, so that samples come nearer to the target.

    Ties and missing values weaken correlations. The step of each pair is multiplied by its measured weakening,
    latent ÷ measured, at most MAX_GAIN, and damped by STEP because the measured values are those of a sample.

    Parameters
    ----------
    latent: correlations of the normal variables, of shape (n, n).
    target: the Spearman's correlations that samples should have, of shape (n, n).
    measured: those of a sample drawn with `latent`, of shape (n, n).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.clip(latent / measured, 1.0, MAX_GAIN)
    strong = (np.abs(target) > MIN_CORRELATION) & (np.abs(measured) > MIN_CORRELATION / 2)
    return nearest_correlations(latent + STEP * np.where(strong, gain, 1.0) * (target - measured))


def draw_levels(latent: Floats, n: int, random: np.random.Generator) -> Floats:
    """Draw levels between 0 and 1, of shape (n, n_variables); each column holds every level (i + ½)/n once."""
    normal = random.standard_normal((n, len(latent))) @ np.linalg.cholesky(latent).T
    return levels(normal)


def levels(values: Floats) -> Floats:
    """The rank of each value in its column, scaled to (0, 1); values of shape (n, n_variables) or (n,)."""
    return np.asarray((rankdata(values, axis=0, method="ordinal") - 0.5) / len(values), dtype=np.float64)


def _with_positive_eigenvalues(symmetric: Floats) -> Floats:
    eigenvalues, vectors = np.linalg.eigh(symmetric)
    raised = np.maximum(eigenvalues, SMALLEST_EIGENVALUE)
    return np.asarray((vectors * raised) @ vectors.T, dtype=np.float64)
