"""Compares one client's contributions with the effects of each column on the training clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.dictionary.lookup import to_shown_scale
from core.model.bundle import Bundle
from core.model.schema import EffectBand, Population
from core.records import Contribution, Explanation

DOTS = 100
"""Dots of one column, each for one client in a hundred."""
TOLERANCE = 1e-9
"""Relative difference below which two effects are equal."""


@dataclass(frozen=True, slots=True)
class Importance:
    """One column's share of the sum of all absolute contributions, between 0 and 1.

    overall: for all training clients. here: for this client.
    """

    source: str
    overall: float
    here: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One training client in a hundred.

    points: effect of the column, in points of solvency.
    level: rank of the shown value, 0 lowest, 1 highest; None for a missing value, or for values without an order.
    """

    points: float
    level: float | None


def importances(explanation: Explanation, bundle: Bundle, max_columns: int) -> tuple[Importance, ...]:
    """The columns with the largest importance overall or here, largest overall first."""
    whole = sum(abs(each.log_odds) for each in explanation.contributions) or 1.0
    weights: dict[str, float] = dict.fromkeys(bundle.sources, 0.0)
    for column in bundle.columns:
        weights[column.source] += column.weight
    all_columns = [
        Importance(each.source, weights[each.source], abs(each.log_odds) / whole) for each in explanation.contributions
    ]
    ranked = sorted(all_columns, key=lambda each: (-max(each.overall, each.here), each.source))
    return tuple(sorted(ranked[:max_columns], key=lambda each: (-each.overall, each.source)))


def points_per_log_odds(explanation: Explanation) -> float:
    """Points of this client's solvency per unit of log-odds of default; negative.

    It converts the effects on other clients to the scale on which this client's contributions add up.
    """
    largest = max(explanation.contributions, key=lambda each: abs(each.log_odds))
    return largest.points / largest.log_odds if largest.log_odds else 0.0


def share_with_smaller_effect(contribution: Contribution, population: Population) -> float | None:
    """Share of training clients for whom this column's effect in the same direction is smaller.

    Returns
    -------
    A share between 0 and 1, by linear interpolation between the quantiles of the bundle, so accurate to a few clients
    in a hundred; None if the bundle has no effects of this column.
    """
    effects = population.effects.get(contribution.source)
    if effects is None:
        return None
    quantiles, grid = np.asarray(effects.quantiles), np.asarray(population.effect_grid)
    if contribution.log_odds < 0:
        quantiles, grid = -quantiles[::-1], 1.0 - grid[::-1]
    # Clients with an equal effect do not count as smaller.
    steps = np.flatnonzero(quantiles < abs(contribution.log_odds) * (1 - TOLERANCE))
    if not len(steps):
        return 0.0
    last = int(steps[-1])
    if last == len(quantiles) - 1:
        return 1.0
    share = np.interp(abs(contribution.log_odds), quantiles[last : last + 2], grid[last : last + 2])
    return float(share)


def dots(source: str, population: Population, scale: float) -> tuple[Dot, ...]:
    """The effects of one column on training clients, as about DOTS dots.

    Parameters
    ----------
    source: a source column.
    population: the bundle's aggregates.
    scale: points of solvency per log-odds of default (`points_per_log_odds`).
    """
    effects = population.effects.get(source)
    if effects is None:
        return ()
    ordered = sorted(
        (band for band in effects.bands if band.low is not None),
        key=lambda band: to_shown_scale(source, float(band.low or 0.0)),
    )
    levels = {id(band): position / max(1, len(ordered) - 1) for position, band in enumerate(ordered)}
    return tuple(
        Dot(points=scale * effect, level=levels.get(id(band)))
        for band in effects.bands
        for effect in _spread(band, population.band_grid)
    )


def _spread(band: EffectBand, grid: tuple[float, ...]) -> Iterator[float]:
    """The effects on a band's clients, as many as it has of DOTS, evenly from its smallest to its largest quantile."""
    n = round(band.share * DOTS)
    for position in range(n):
        yield float(np.interp((position + 0.5) / n, grid, band.quantiles))
