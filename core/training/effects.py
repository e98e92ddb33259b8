"""Statistics of each column's effects on the training clients, to compare a client's reasons with.

Effects are the shipped model's SHAP values, summed per source column. A band of fewer than 50 people is left out, and
a quantile has at least 50 people on either side of it if the band has that many.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np

from core.alignment.parsers import decode_binary
from core.errors import NotExplained
from core.model.bundle import SMALLEST_GROUP, Bundle, bundle_of
from core.model.schema import BundleSpec, Column, EffectBand, Effects
from core.records import Flags, Floats
from core.scoring.explanation import shap_values
from core.training.columns import has_few_values

EFFECT_GRID = (0.01, *(round(step / 20, 2) for step in range(1, 20)), 0.99)
BAND_GRID = tuple(round(step / 10 + 0.05, 2) for step in range(10))
BANDS = 10
MAX_ROWS = 50_000
CHUNK = 5000
DIGITS = 5


class Group(NamedTuple):
    """Clients whose values of a column lie in one band. chosen: flags of shape (n_clients,). The rest: the band."""

    chosen: Flags
    low: float | None = None
    high: float | None = None
    category: str | None = None


def with_effects(contents: BundleSpec, values: Floats) -> BundleSpec:
    """Add the effects of each column to a bundle's contents; unchanged if the model cannot be explained.

    values: the clients, of shape (n_clients, n_columns); of more than MAX_ROWS, evenly spaced ones are used.
    """
    bundle = bundle_of(contents)
    chosen = values[:: -(-len(values) // MAX_ROWS)]
    try:
        log_odds = np.vstack([shap_values(part, bundle)[0] for part in _parts(chosen)])
    except NotExplained:
        return contents
    population = msgspec.structs.replace(
        contents.population,
        effect_grid=EFFECT_GRID,
        band_grid=BAND_GRID,
        effects=describe_effects(bundle, chosen, log_odds),
    )
    with_population: BundleSpec = msgspec.structs.replace(contents, population=population)
    return with_population


def describe_effects(bundle: Bundle, values: Floats, log_odds: Floats) -> dict[str, Effects]:
    """The effects by source column.

    values, log_odds: the clients' values and SHAP values, of shape (n_clients, n_columns), in log-odds of default.
    """
    effects = {}
    for source in bundle.sources:
        slots = [slot for slot, column in enumerate(bundle.columns) if column.source == source]
        sums = log_odds[:, slots].sum(axis=1)
        members = [bundle.columns[slot] for slot in slots]
        bands = [
            EffectBand(
                low=group.low,
                high=group.high,
                category=group.category,
                share=round(float(group.chosen.mean()), DIGITS),
                quantiles=_quantiles(sums[group.chosen], BAND_GRID),
            )
            for group in _groups(members, values[:, slots])
            if group.chosen.sum() >= SMALLEST_GROUP
        ]
        effects[source] = Effects(_quantiles(sums, EFFECT_GRID), tuple(bands))
    return effects


def _groups(members: list[Column], values: Floats) -> Iterator[Group]:
    """The bands of a source column: lowest values first, missing values last."""
    if members[0].kind == "one_hot":
        for position, column in enumerate(members):
            yield Group(values[:, position] == 1.0, category=str(column.category))
        yield Group(~(values == 1.0).any(axis=1))
        return
    numbers = values[:, 0]
    there = numbers[~np.isnan(numbers)]
    if members[0].kind == "binary":
        for code in np.unique(there):
            yield Group(numbers == code, category=str(decode_binary(members[0].name, float(code))))
    elif has_few_values(numbers):
        for number in np.unique(there):
            yield Group(numbers == number, low=float(number), high=float(number))
    else:
        yield from _tenths(numbers, there)
    yield Group(np.isnan(numbers))


def _tenths(numbers: Floats, there: Floats) -> Iterator[Group]:
    """Bands of a tenth of the clients each; equal values share a band. 50 people lie beyond each outer end."""
    edges = np.unique(np.quantile(there, np.linspace(0, 1, BANDS + 1)))
    edge = min(0.5, SMALLEST_GROUP / max(1, len(there) - 1))
    least, most = (_shortened(each) for each in np.quantile(there, (edge, 1 - edge)))
    last = max(0, len(edges) - 2)
    place = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, last)
    for position in range(last + 1):
        low = least if position == 0 else _shortened(edges[position])
        high = most if position == last else _shortened(edges[position + 1])
        yield Group((place == position) & ~np.isnan(numbers), low=low, high=high)


def _quantiles(log_odds: Floats, grid: tuple[float, ...]) -> tuple[float, ...]:
    edge = min(0.5, SMALLEST_GROUP / max(1, len(log_odds) - 1))
    return tuple(round(float(each), DIGITS) for each in np.quantile(log_odds, np.clip(grid, edge, 1 - edge)))


def _shortened(number: float) -> float:
    return float(f"{number:.6g}")


def _parts(values: Floats) -> list[Floats]:
    return np.array_split(values, max(1, len(values) // CHUNK))
