"""A Gaussian copula: draws that have given rank correlations, whatever the marginals they are then turned into.

Kruskal (1958): normal variables with correlation r have Spearman's correlation 6/π · asin(r/2), hence
r = 2 · sin(π · ρ / 6).
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from core.records import Floats

SMALLEST_EIGENVALUE = 1e-4
STRONGEST = 0.9995
PROJECTIONS = 60
SETTLED = 1e-3
STEEPEST = 4.0
WORTH_A_STEEP_STEP = 0.05
STEP = 0.7


def latent_correlations(spearman: Floats) -> Floats:
    """Correlations of the normal variables, of shape (n, n), whose Spearman's correlations are these."""
    return nearest_correlations(2.0 * np.sin(np.pi * spearman / 6.0))


def nearest_correlations(wanted: Floats) -> Floats:
    """The nearest correlations, of shape (n, n), that normal variables can have: all eigenvalues above 0.

    Alternating projections (Higham, 2002), scaled at the end so that the diagonal is exactly 1.
    """
    found = np.clip((wanted + wanted.T) / 2, -STRONGEST, STRONGEST)
    np.fill_diagonal(found, 1.0)
    moved = np.zeros_like(found)
    for _ in range(PROJECTIONS):
        projected = _with_positive_eigenvalues(found - moved)
        moved = projected - (found - moved)
        before, found = found, projected.copy()
        np.fill_diagonal(found, 1.0)
        if np.abs(found - before).max() < SETTLED:
            break
    positive = _with_positive_eigenvalues(found)
    scale = np.sqrt(np.diag(positive))
    return np.asarray(positive / np.outer(scale, scale), dtype=np.float64)


def corrected(latent: Floats, wanted: Floats, found: Floats) -> Floats:
    """The next latent correlations, after draws from these had Spearman's `found` instead of `wanted`.

    Ties and missing values weaken what comes out, by a factor that each pair shows itself: its step is as much
    longer, at most four times, and always damped, for the draws are a sample.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        weakened = np.clip(latent / found, 1.0, STEEPEST)
    steep = (np.abs(wanted) > WORTH_A_STEEP_STEP) & (np.abs(found) > WORTH_A_STEEP_STEP / 2)
    return nearest_correlations(latent + STEP * np.where(steep, weakened, 1.0) * (wanted - found))


def draw_levels(latent: Floats, n: int, random: np.random.Generator) -> Floats:
    """Levels between 0 and 1 of shape (n, n_variables): in each column every level (i + ½)/n once."""
    normal = random.standard_normal((n, len(latent))) @ np.linalg.cholesky(latent).T
    return levels(normal)


def levels(values: Floats) -> Floats:
    """Where each value stands in its column, between 0 and 1; columns of shape (n, n_variables) or (n,)."""
    return np.asarray((rankdata(values, axis=0, method="ordinal") - 0.5) / len(values), dtype=np.float64)


def _with_positive_eigenvalues(symmetric: Floats) -> Floats:
    eigenvalues, vectors = np.linalg.eigh(symmetric)
    raised = np.maximum(eigenvalues, SMALLEST_EIGENVALUE)
    return np.asarray((vectors * raised) @ vectors.T, dtype=np.float64)
