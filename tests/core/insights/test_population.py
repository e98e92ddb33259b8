"""Where a client lies among those the model was trained on, on numbers a reader can check by hand."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from core.insights.population import Standing, median, solvency_density, solvency_range, standing
from core.model.schema import ALL, CategoryShares, NumberShares, Population, ScoreBin
from core.scoring.assess import Model
from tests.core.small_bundle import small_population

POPULATION = small_population()


@pytest.mark.parametrize(
    ("value", "below"),
    [
        (0.5, 0.0),
        (1.0, 0.01),
        (20.0, 0.25),
        (35.0, 0.375),
        (50.0, 0.5),
        (60.0, 0.625),
        (100.0, 0.99),
        (101.0, 1.0),
    ],
)
def test_number_lies_above_the_share_with_less(value: float, below: float) -> None:
    found = standing(POPULATION, "AMT_CREDIT", value)
    assert found.below == pytest.approx(below)
    assert found.below is not None
    assert found.above is not None
    assert found.below + found.above <= 1.0 + 1e-12


def test_nobody_lies_below_the_value_that_is_the_least_and_that_many_share() -> None:
    found = standing(POPULATION, "CNT_CHILDREN", 0.0)
    assert found.below == 0.0
    assert found.above == pytest.approx(0.5)


def test_number_of_few_values_is_shared_by_its_share() -> None:
    numbers = {ALL: NumberShares(0.0, POPULATION.numbers["CNT_CHILDREN"][ALL].quantiles)}
    shares = {ALL: CategoryShares(0.0, {"0": 0.7, "1": 0.2, "2": 0.1})}
    few = structs.replace(POPULATION, numbers={"CNT_CHILDREN": numbers}, categories={"CNT_CHILDREN": shares})
    assert standing(few, "CNT_CHILDREN", 1.0) == Standing(below=0.7, above=0.1, same=0.2)


def test_category_is_shared_by_its_share() -> None:
    assert standing(POPULATION, "NAME_CONTRACT_TYPE", "Revolving loans") == Standing(same=0.1)
    assert standing(POPULATION, "NAME_CONTRACT_TYPE", "Leasing") == Standing()


@pytest.mark.parametrize(
    ("column", "value"), [("AMT_CREDIT", None), ("UNKNOWN", 5.0), ("UNKNOWN", "x"), ("NAME_CONTRACT_TYPE", None)]
)
def test_what_is_not_known_stands_nowhere(column: str, value: float | str | None) -> None:
    assert standing(POPULATION, column, value) == Standing()


def test_median_is_the_middle_quantile() -> None:
    assert median(POPULATION, "AMT_CREDIT") == 50.0
    assert median(POPULATION, "NAME_CONTRACT_TYPE") is None


def test_density_follows_the_score_bins_on_the_solvency_scale() -> None:
    found = solvency_density(POPULATION, steps=8)
    assert found is not None
    assert found.edges == pytest.approx((0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0))
    shares = [10 * height for height in found.heights]
    assert shares == pytest.approx([0.0625, 0.0625, 0.0625, 0.0625, 0.125, 0.125, 0.25, 0.25])


@given(st.integers(1, 200))
def test_density_holds_every_client_once(steps: int) -> None:
    found = solvency_density(POPULATION, steps)
    assert found is not None
    widths = [100 * (high - low) for low, high in zip(found.edges, found.edges[1:], strict=False)]
    added = sum(width * height for width, height in zip(widths, found.heights, strict=True))
    assert added == pytest.approx(1.0)


@given(st.floats(-10, 120), st.floats(-10, 120))
def test_larger_number_never_lies_lower(one: float, other: float) -> None:
    low, high = (standing(POPULATION, "AMT_CREDIT", value).below for value in sorted((one, other)))
    assert low is not None
    assert high is not None
    assert 0.0 <= low <= high <= 1.0


def test_density_of_the_model_that_ships_holds_every_client_once(model: Model) -> None:
    found = solvency_density(model.bundle.population)
    assert found is not None
    step = 100 * (found.edges[1] - found.edges[0])
    assert sum(found.heights) * step == pytest.approx(1.0)
    assert all(height >= 0 for height in found.heights)


def test_bundle_that_ships_describes_every_column_of_the_model(model: Model) -> None:
    population = model.bundle.population
    for column in model.bundle.columns:
        if column.kind == "one_hot":
            assert str(column.category) in population.categories[column.source]["all"].shares
        elif column.kind in ("number", "ratio"):
            quantiles = population.numbers[column.name]["all"].quantiles
            assert list(quantiles) == sorted(quantiles)
            assert len(quantiles) == len(population.grid)


def binned(*edges: float) -> Population:
    """A population of equally many clients between each two of these P(default)."""
    bins = tuple(ScoreBin(low=low, high=high, n=50, defaults=0, credit=0.0) for low, high in itertools.pairwise(edges))
    return Population(n=50 * len(bins), score_bins={ALL: bins})


@pytest.mark.parametrize(
    ("population", "threshold", "solvency", "wanted"),
    [
        pytest.param(binned(0.0, 0.05, 0.1, 0.35), 0.15, 0.79, (0.6, 1.0), id="exact where clients are"),
        pytest.param(binned(0.0, 0.05, 0.1, 0.35), 0.15, 0.23, (0.2, 1.0), id="holds a client far below"),
        pytest.param(binned(0.0, 0.01, 0.02), 0.15, 0.99, (0.7, 1.0), id="shows both sides of the band"),
        pytest.param(binned(0.2, 0.5, 0.8), 0.48, 0.52, (0.2, 0.8), id="a line in the middle"),
        pytest.param(Population(), 0.48, 0.23, (0.0, 1.0), id="converted, nothing known"),
    ],
)
def test_scale_follows_the_score_quantiles_and_the_threshold(
    population: Population, threshold: float, solvency: float, wanted: tuple[float, float]
) -> None:
    assert solvency_range(population, threshold=threshold, review_band=0.02, solvency=solvency) == wanted


@given(
    st.floats(0.01, 0.99),
    st.floats(0.0, 0.1),
    st.floats(0.0, 1.0),
    st.lists(st.floats(0.0, 1.0), min_size=2, max_size=9),
)
def test_scale_holds_the_client_and_the_threshold(
    threshold: float, band: float, solvency: float, edges: list[float]
) -> None:
    low, high = solvency_range(binned(*sorted(edges)), threshold=threshold, review_band=band, solvency=solvency)
    assert 0.0 <= low <= solvency <= high + 1e-9 <= 1.0 + 1e-9
    assert low < 1.0 - threshold < high
