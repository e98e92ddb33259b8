"""Aggregates of the training data: right, and never of fewer than fifty people."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from core.model.bundle import SMALLEST_GROUP
from core.model.schema import Correlations, Population
from core.scoring.assess import Model
from core.synthetic.correlations import rank_correlations
from core.synthetic.generator import symmetric
from core.training.columns import encode
from core.training.population_stats import describe_population
from tests.core.training.tables import drawn_applications, drawn_table

THRESHOLD = 0.3


@pytest.fixture(scope="module")
def risk() -> np.ndarray:
    return np.random.default_rng(1).beta(2, 6, len(drawn_applications()))


@pytest.fixture(scope="module")
def described(risk: np.ndarray) -> tuple[Population, Correlations]:
    applications = drawn_applications()
    matrix = encode(applications)
    return describe_population(applications, matrix.columns, matrix.values, risk, threshold=THRESHOLD)


@pytest.fixture(scope="module")
def population(described: tuple[Population, Correlations]) -> Population:
    return described[0]


def test_every_score_bin_holds_fifty_people_and_every_client_is_in_one(population: Population) -> None:
    for name, bins in population.score_bins.items():
        assert min(each.n for each in bins) >= SMALLEST_GROUP, name
        assert [each.high for each in bins[:-1]] == [each.low for each in bins[1:]]
    whole = population.score_bins["all"]
    assert sum(each.n for each in whole) == population.n == len(drawn_table())
    assert sum(each.defaults for each in whole) == drawn_table()["TARGET"].sum()
    assert sum(each.credit for each in whole) == pytest.approx(drawn_table()["AMT_CREDIT"].sum())


def test_score_bins_by_sex_and_age_add_up(population: Population) -> None:
    groups = {name: sum(each.n for each in bins) for name, bins in population.score_bins.items()}
    assert groups["sex=F"] + groups["sex=M"] == groups["all"]
    assert sum(groups[name] for name in ("age<30", "30-39", "40-49", "50-59", "60+")) == groups["all"]


def test_the_outer_ends_are_nobodys_score(population: Population, risk: np.ndarray) -> None:
    bins = population.score_bins["all"]
    assert bins[0].low > risk.min()
    assert bins[-1].high < risk.max()


def test_rare_categories_are_left_out_and_the_others_sum_to_one(population: Population) -> None:
    kinds = population.categories["NAME_CONTRACT_TYPE"]["all"].shares
    assert set(kinds) == {"Cash loans", "Revolving loans"}
    for name, groups in population.categories.items():
        for group in groups.values():
            assert sum(group.shares.values()) == pytest.approx(1.0, abs=1e-4), name


def test_no_share_stands_for_fewer_than_fifty_people(population: Population, risk: np.ndarray) -> None:
    sizes = {"all": len(risk), "favourable": (risk <= THRESHOLD).sum(), "unfavourable": (risk > THRESHOLD).sum()}
    for name, groups in population.categories.items():
        for group, found in groups.items():
            present = (1 - found.missing) * sizes[group]
            assert min(found.shares.values()) * present >= SMALLEST_GROUP - 1, (name, group)
            assert found.missing == 0 or found.missing * sizes[group] >= SMALLEST_GROUP - 1, (name, group)


def test_fifty_people_lie_beyond_the_first_and_the_last_quantile(population: Population) -> None:
    credit = np.sort(drawn_table()["AMT_ANNUITY"])
    quantiles = population.numbers["AMT_ANNUITY"]["all"].quantiles
    assert (credit < quantiles[0]).sum() >= SMALLEST_GROUP - 1
    assert (credit > quantiles[-1]).sum() >= SMALLEST_GROUP - 1
    assert quantiles[population.grid.index(0.5)] == pytest.approx(np.median(credit), rel=1e-5)


def test_missing_shares(population: Population) -> None:
    table = drawn_table()
    for name in ("OWN_CAR_AGE", "EXT_SOURCE_1"):
        assert population.numbers[name]["all"].missing == pytest.approx(table[name].isna().mean(), abs=1e-6)
    unemployed = (table["DAYS_EMPLOYED"] == 365243).mean()
    assert population.numbers["DAYS_EMPLOYED"]["all"].missing == pytest.approx(unemployed, abs=1e-6)


def test_counts_and_flags_have_shares_as_well(population: Population) -> None:
    shares = population.categories["CNT_CHILDREN"]["all"].shares
    assert list(shares) == ["0", "1", "2"]
    assert shares["0"] == pytest.approx((drawn_table()["CNT_CHILDREN"] == 0).mean(), abs=1e-6)
    assert "CNT_CHILDREN" in population.numbers


def test_groups_are_by_the_verdict(population: Population, risk: np.ndarray) -> None:
    table = drawn_table().sort_values("SK_ID_CURR")
    refused = (table["CODE_GENDER"] == "F").to_numpy()[risk > THRESHOLD].mean()
    assert population.categories["CODE_GENDER"]["unfavourable"].shares["F"] == pytest.approx(refused, abs=1e-6)


def test_correlations_are_spearmans(described: tuple[Population, Correlations]) -> None:
    table, matrix = drawn_table(), symmetric(described[1])
    place = described[1].correlated.index
    found = matrix[place("AMT_GOODS_PRICE"), place("AMT_INCOME_TOTAL")]
    expected = table["AMT_GOODS_PRICE"].corr(table["AMT_INCOME_TOTAL"], method="spearman")
    assert found == pytest.approx(expected, abs=5e-4)
    missing = matrix[place("missing:DAYS_EMPLOYED"), place("DAYS_BIRTH")]
    assert missing == pytest.approx(
        (table["DAYS_EMPLOYED"] == 365243).corr(table["DAYS_BIRTH"], method="spearman"), abs=5e-4
    )


def test_correlations_over_the_rows_where_both_are_there() -> None:
    chance = np.random.default_rng(3)
    values = chance.normal(size=(500, 3))
    values[:, 1] += values[:, 0]
    values[400:, 1] = np.nan
    values[40:, 2] = np.nan
    found = rank_correlations(values)
    assert found[0, 1] == pytest.approx(0.69, abs=0.05)
    assert found[0, 2] == 0.0
    assert np.array_equal(found, found.T)


def test_what_ships_obeys_the_same_rules(small_model: Model) -> None:
    population = small_model.bundle.population
    assert min(each.n for bins in population.score_bins.values() for each in bins) >= SMALLEST_GROUP
    assert all(set(groups) <= {"all", "favourable", "unfavourable"} for groups in population.numbers.values())
    every: list[Mapping[str, object]] = [*population.numbers.values(), *population.categories.values()]
    assert all("all" in groups for groups in every)
