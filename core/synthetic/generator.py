"""Generates synthetic clients from the aggregate statistics of a bundle's population.

Each client is one sample of a Gaussian copula with the population's rank correlations (`copula`), converted to values
by the population's quantiles and shares, and adjusted to satisfy the known constraints (`sampling`). Ties, missing
values and constraints weaken correlations, so the latent correlations are corrected in a few rounds until the
clients have the population's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.alignment.client_id import ID
from core.alignment.parsers import RATIOS, STANDS_FOR_MISSING
from core.model.schema import Correlations, Population
from core.records import Floats
from core.synthetic.constraints import GOODS_SHARE
from core.synthetic.copula import corrected, latent_correlations
from core.synthetic.correlations import Observed, rank_correlations, ranked
from core.synthetic.sampling import draw_columns

FIRST_ID = 900_001
ROUNDS = 8
CALIBRATED_ON = 20_000
CALIBRATION_SEED = 0
DECIMALS = 6
DECIMALS_OF_BUILDINGS = 4
BUILDING = ("_AVG", "_MODE", "_MEDI")


@dataclass(frozen=True)
class Generator:
    """Draws clients of one population, with latent correlations that `make_generator` has corrected."""

    population: Population
    correlations: Correlations
    latent: Floats

    def draw(self, n: int, seed: int, known: str | None = None) -> pd.DataFrame:
        """Raw rows of n clients, with Home Credit's columns and codes, SK_ID_CURR first and no TARGET.

        The same population, n, seed and known give the same clients. Ids start at 900,001, above every real id.
        known: a key of `constraints.KNOWN`, the histories of each client; None for those of the population.
        """
        drawn = draw_columns(self.population, self.correlations, self.latent, n, np.random.default_rng(seed), known)
        return pd.DataFrame({ID: np.arange(FIRST_ID, FIRST_ID + n), **_as_written(drawn)})


def make_generator(population: Population, correlations: Correlations, *, rounds: int = ROUNDS) -> Generator:
    """A generator for a population. rounds: number of corrections of its correlations; 0 leaves them approximate."""
    target = symmetric(correlations)
    latent = latent_correlations(target)
    for _ in range(rounds):
        random = np.random.default_rng(CALIBRATION_SEED)
        drawn = draw_columns(population, correlations, latent, CALIBRATED_ON, random)
        latent = corrected(latent, target, _measured(drawn, correlations, target))
    return Generator(population, correlations, latent)


def symmetric(correlations: Correlations) -> Floats:
    """The correlations as a matrix of shape (n_correlated, n_correlated)."""
    matrix = np.eye(len(correlations.correlated))
    for place, line in enumerate(correlations.correlations):
        matrix[place, : place + 1] = matrix[: place + 1, place] = line[: place + 1]
    return matrix


def rows_of(clients: pd.DataFrame) -> list[dict[str, str | float | int | None]]:
    """Rows as dictionaries for JSON, with None for a missing cell."""
    return [
        {str(name): None if pd.isna(cell) else cell for name, cell in row.items()} for row in clients.to_dict("records")
    ]


def _measured(drawn: Observed, correlations: Correlations, target: Floats) -> Floats:
    """Correlations of drawn clients, in the target's order; equal to the target for columns the draw does not have."""
    names, values = ranked(drawn, correlations.order)
    sample = rank_correlations(values)
    places = {name: place for place, name in enumerate(correlations.correlated)}
    shared = [place for place, name in enumerate(names) if name in places]
    into = np.array([places[names[place]] for place in shared])
    measured = target.copy()
    measured[np.ix_(into, into)] = sample[np.ix_(shared, shared)]
    return measured


def _as_written(drawn: Observed) -> dict[str, pd.Series]:
    """Raw columns: whole numbers without decimals, 365243 for missing DAYS_EMPLOYED; without the derived ratios."""
    written: dict[str, pd.Series] = {name: pd.Series(texts, dtype=object) for name, texts in drawn.texts.items()}
    for name, numbers in drawn.numbers.items():
        if name in RATIOS or name == GOODS_SHARE:
            continue
        filled = np.where(np.isnan(numbers), STANDS_FOR_MISSING.get(name, np.nan), numbers)
        whole = bool((np.floor(filled[~np.isnan(filled)]) == filled[~np.isnan(filled)]).all())
        series = pd.Series(filled if whole else np.round(filled, _decimals(name)))
        written[name] = series.astype("Int64") if whole else series
    return written


def _decimals(name: str) -> int:
    return DECIMALS_OF_BUILDINGS if name.endswith(BUILDING) else DECIMALS
