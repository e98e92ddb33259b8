"""One client among many and beside another: on numbers a reader can check, and laws that hold for everybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.i18n.translations import round_to_sum
from core.insights.comparison import VERDICTS, differences, number_distribution, shares, value_of_share
from core.insights.reference_sample import take_sample
from core.model.schema import CategoryShares, NumberShares, Population
from core.readers.client_store import load_clients
from core.records import Explanation
from core.scoring.assess import Model, explain_clients
from core.settings import Settings
from tests.core.conftest import Thousand

GRID = tuple(step / 100 for step in range(1, 100))


@pytest.fixture(scope="module")
def explanations(model: Model, thousand: Thousand) -> tuple[Explanation, ...]:
    return explain_clients(model, thousand.found)[:200]


def evenly(low: float, high: float) -> NumberShares:
    return NumberShares(0.0, tuple(low + share * (high - low) for share in GRID))


POPULATION = Population(
    n=1000,
    grid=GRID,
    numbers={
        "AMT_CREDIT": {
            "all": evenly(0, 100),
            "favourable": evenly(50, 100),
            "unfavourable": evenly(0, 50),
        },
        "DAYS_BIRTH": dict.fromkeys(("all", *VERDICTS), evenly(-25567.5, -7305.0)),
        "CNT_CHILDREN": dict.fromkeys(("all", *VERDICTS), evenly(0, 2)),
    },
    categories={
        "CNT_CHILDREN": {
            "all": CategoryShares(0.0, {"0": 0.7, "10": 0.1, "2": 0.2}),
            "favourable": CategoryShares(0.0, {"0": 0.8, "2": 0.2}),
            "unfavourable": CategoryShares(0.0, {"0": 0.5, "10": 0.3, "2": 0.2}),
        },
        "NAME_CONTRACT_TYPE": {"all": CategoryShares(0.0, {"Cash loans": 0.4, "Revolving loans": 0.6})},
    },
)


def test_number_is_spread_by_verdict_over_the_scale_that_is_shown() -> None:
    found = number_distribution(POPULATION, "AMT_CREDIT")
    assert found is not None
    assert len(found.edges) == 25
    middle = next(place for place, edge in enumerate(found.edges) if edge >= 50)
    assert sum(found.shares["favourable"][: middle - 1]) == pytest.approx(0.0, abs=0.02)
    assert sum(found.shares["unfavourable"][middle:]) == pytest.approx(0.0, abs=0.02)
    assert sum(found.shares["favourable"]) == pytest.approx(0.98, abs=0.015)


def test_age_is_spread_in_years_from_young_to_old() -> None:
    found = number_distribution(POPULATION, "DAYS_BIRTH")
    assert found is not None
    assert 20 <= found.edges[0] < found.edges[-1] <= 70
    assert found.shares["favourable"][3] == pytest.approx(1 / 24, abs=0.003)


@pytest.mark.parametrize("column", ["CNT_CHILDREN", "NAME_CONTRACT_TYPE", "UNKNOWN"])
def test_what_has_few_values_or_is_not_known_is_not_spread(column: str) -> None:
    assert number_distribution(POPULATION, column) is None


def test_few_values_have_shares_by_verdict_in_their_own_order() -> None:
    found = shares(POPULATION, "CNT_CHILDREN")
    assert found is not None
    assert list(found) == ["0", "2", "10"]
    assert found["10"] == {"favourable": 0.0, "unfavourable": 0.3}
    assert list(shares(POPULATION, "NAME_CONTRACT_TYPE") or {}) == ["Revolving loans", "Cash loans"]
    assert shares(POPULATION, "AMT_CREDIT") is None


def test_value_of_a_share_is_a_number_where_the_column_counts() -> None:
    assert value_of_share("CNT_CHILDREN", "2") == 2.0
    assert value_of_share("NAME_CONTRACT_TYPE", "Cash loans") == "Cash loans"


def test_every_feature_of_the_model_that_ships_has_a_distribution_by_verdict(model: Model) -> None:
    population = model.bundle.population
    for source in model.bundle.sources:
        found, few = number_distribution(population, source), shares(population, source)
        if found is None and few is None:
            # All but one client in a thousand share one value, so there is nothing to draw.
            quantiles = population.numbers[source]["all"].quantiles
            assert quantiles[0] == quantiles[-1], source
        else:
            assert (found is None) != (few is None), source
        if found is not None:
            assert list(found.edges) == sorted(found.edges)
            for each in found.shares.values():
                assert min(each) >= 0.0
                assert 0.9 < sum(each) <= 1.0 + 1e-9, source


@given(st.integers(0, 199), st.integers(0, 199))
def test_differences_add_up_to_what_separates_two_clients(
    explanations: tuple[Explanation, ...], one: int, other: int
) -> None:
    here, there = explanations[one], explanations[other]
    found = differences(here, there)
    gap = 100 * (here.solvency - there.solvency)
    assert sum(each.points for each in found) == pytest.approx(gap, abs=1e-6)
    assert sorted(each.source for each in found) == sorted(each.source for each in here.contributions)
    printed = round_to_sum([each.points for each in found], 100 * there.solvency, 100 * here.solvency, 1)
    shown = round(100 * here.solvency, 1) - round(100 * there.solvency, 1)
    assert sum(printed) == pytest.approx(shown, abs=1e-6)
    back = {each.source: each.points for each in differences(there, here)}
    assert all(back[each.source] == pytest.approx(-each.points, abs=1e-9) for each in found)


def test_client_differs_from_nobody_in_itself(explanations: tuple[Explanation, ...]) -> None:
    here = explanations[0]
    assert all(each.points == 0.0 for each in differences(here, here))


def test_crowd_is_all_of_a_few_clients_and_evenly_some_of_many(model: Model) -> None:
    clients = load_clients(Settings().clients_file, synthetic=True)
    every, some = take_sample(model, clients), take_sample(model, clients, max_clients=10)
    assert (len(every), every.loaded, len(some), some.loaded) == (1000, 1000, 10, 1000)
    assert some.solvency[0] == every.solvency[0]
    assert some.solvency[-1] == every.solvency[-1]
    ages = every.column(model, "DAYS_BIRTH")
    assert len(ages) == 1000
    assert all(isinstance(age, float) and age < 0 for age in ages)
    assert set(every.column(model, "FLAG_OWN_CAR")) == {"Y", "N"}


def test_no_distribution_leaves_out_more_than_a_few_clients(model: Model) -> None:
    population = model.bundle.population
    found = [each for column in population.numbers if (each := number_distribution(population, column))]
    assert found
    for each in found:
        for shares_of in each.shares.values():
            assert 0.94 <= sum(shares_of) <= 1.0 + 1e-9
