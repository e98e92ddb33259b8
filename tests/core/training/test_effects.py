"""What each column does to the clients, in aggregate: right, and never of fewer than fifty people."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from core.model.bundle import SMALLEST_GROUP
from core.scoring.assess import Model
from core.scoring.explanation import shap_values
from core.training.columns import encode
from core.training.effects import BAND_GRID, EFFECT_GRID, describe_effects
from tests.core.training.tables import drawn_applications


@pytest.fixture(scope="module")
def values(small_model: Model) -> np.ndarray:
    matrix = encode(drawn_applications())
    return matrix.values[:, matrix.ships]


def test_every_column_that_people_know_has_its_effects(small_model: Model) -> None:
    population = small_model.bundle.population
    assert set(population.effects) == set(small_model.bundle.sources)
    assert (population.effect_grid, population.band_grid) == (EFFECT_GRID, BAND_GRID)
    for found in population.effects.values():
        assert len(found.quantiles) == len(EFFECT_GRID)
        assert list(found.quantiles) == sorted(found.quantiles)
        assert all(list(band.quantiles) == sorted(band.quantiles) for band in found.bands)


def test_no_band_stands_for_fewer_than_fifty_people_and_none_counts_twice(small_model: Model) -> None:
    n = len(drawn_applications())
    for source, found in small_model.bundle.population.effects.items():
        assert all(band.share * n >= SMALLEST_GROUP - 0.1 for band in found.bands), source
        assert sum(band.share for band in found.bands) <= 1 + 1e-4, source


def test_middle_effect_of_a_category_is_the_median_of_its_clients(small_model: Model, values: np.ndarray) -> None:
    bundle = small_model.bundle
    slots = [slot for slot, column in enumerate(bundle.columns) if column.source == "NAME_CONTRACT_TYPE"]
    sums = shap_values(values, bundle)[0][:, slots].sum(axis=1)
    cash = values[:, bundle.names.index("NAME_CONTRACT_TYPE_Cash loans")] == 1.0
    found = bundle.population.effects["NAME_CONTRACT_TYPE"]
    band = next(band for band in found.bands if band.category == "Cash loans")
    assert band.share == pytest.approx(cash.mean(), abs=1e-5)
    assert np.interp(0.5, BAND_GRID, band.quantiles) == pytest.approx(np.median(sums[cash]), abs=0.01)
    assert found.quantiles[EFFECT_GRID.index(0.5)] == pytest.approx(np.median(sums), abs=1e-4)


def test_numbers_lie_in_tenths_from_low_to_high_with_the_missing_last(small_model: Model, values: np.ndarray) -> None:
    bands = small_model.bundle.population.effects["EXT_SOURCE_1"].bands
    numbers = values[:, small_model.bundle.names.index("EXT_SOURCE_1")]
    assert bands[-1].low is None
    assert bands[-1].share == pytest.approx(np.isnan(numbers).mean(), abs=1e-5)
    edges = [cast(float, edge) for band in bands[:-1] for edge in (band.low, band.high)]
    assert len(bands) == 11
    assert edges == sorted(edges)
    assert edges[0] > np.nanmin(numbers)
    assert edges[-1] < np.nanmax(numbers)


def test_model_that_ships_says_what_each_column_does(model: Model) -> None:
    population = model.bundle.population
    assert set(population.effects) == set(model.bundle.sources)
    assert min(band.share for found in population.effects.values() for band in found.bands) * population.n >= 49.9


def test_one_client_is_nobody(small_model: Model, values: np.ndarray) -> None:
    few = values[: SMALLEST_GROUP - 1]
    log_odds, _ = shap_values(few, small_model.bundle)
    assert not any(found.bands for found in describe_effects(small_model.bundle, few, log_odds).values())
