"""Is a reason usual? One client's contributions beside what each column does to the clients the model learned from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.dictionary.lookup import to_shown_scale
from core.model.bundle import Bundle
from core.model.schema import EffectBand, Population
from core.records import Contribution, Explanation

DOTS = 100
RELATIVE = 1e-9


@dataclass(frozen=True, slots=True)
class Importance:
    """How much of what moves clients is due to one column: shares of all contributions by size, between 0 and 1."""

    source: str
    everybody: float
    here: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One client in a hundred: the effect in points of solvency, and how high the value is as it is shown (0
    lowest, 1 highest).

    level: None for a value that is missing, and for values that have no order.
    """

    points: float
    level: float | None


def importances(explanation: Explanation, bundle: Bundle, most: int) -> tuple[Importance, ...]:
    """The columns that matter most, to everybody or here, the largest first by either."""
    whole = sum(abs(each.log_odds) for each in explanation.contributions) or 1.0
    weights: dict[str, float] = dict.fromkeys(bundle.sources, 0.0)
    for column in bundle.columns:
        weights[column.source] += column.weight
    found = [
        Importance(each.source, weights[each.source], abs(each.log_odds) / whole) for each in explanation.contributions
    ]
    ranked = sorted(found, key=lambda each: (-max(each.everybody, each.here), each.source))
    return tuple(sorted(ranked[:most], key=lambda each: (-each.everybody, each.source)))


def points_per_log_odds(explanation: Explanation) -> float:
    """How many points of this client's solvency one unit of log-odds of default is worth; below 0.

    Other people's effects are told in it, so that they stand on the scale on which this client's add up.
    """
    largest = max(explanation.contributions, key=lambda each: abs(each.log_odds))
    return largest.points / largest.log_odds if largest.log_odds else 0.0


def share_with_smaller_effect(contribution: Contribution, population: Population) -> float | None:
    """The share of clients whom this column pushes less far in this direction; None where that is not known.

    Between the grid's steps by straight lines, so to a few clients in a hundred.
    """
    effects = population.effects.get(contribution.source)
    if effects is None:
        return None
    quantiles, grid = np.asarray(effects.quantiles), np.asarray(population.effect_grid)
    if contribution.log_odds < 0:
        quantiles, grid = -quantiles[::-1], 1.0 - grid[::-1]
    # What many clients share counts as pushed as far, not less far.
    steps = np.flatnonzero(quantiles < abs(contribution.log_odds) * (1 - RELATIVE))
    if not len(steps):
        return 0.0
    last = int(steps[-1])
    if last == len(quantiles) - 1:
        return 1.0
    reached = np.interp(abs(contribution.log_odds), quantiles[last : last + 2], grid[last : last + 2])
    return float(reached)


def dots(source: str, population: Population, scale: float) -> tuple[Dot, ...]:
    """About a hundred dots for one column, each for one client in a hundred; scale: points per log-odds of default."""
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
    """The effects on as many clients of a band as it has in a hundred, evenly from its weakest to its strongest."""
    n = round(band.share * DOTS)
    for position in range(n):
        yield float(np.interp((position + 0.5) / n, grid, band.quantiles))
