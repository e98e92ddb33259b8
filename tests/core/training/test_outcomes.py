"""Outcomes by score that training writes into the bundle: every client once, never of fewer than fifty people."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.model.bundle import SMALLEST_GROUP
from core.model.outcomes import Monitoring
from core.training.columns import encode
from core.training.outcomes import bin_edges, count_outcomes, describe_outcomes, groups_of
from tests.core.training.tables import drawn_applications
from tests.core.training_run import Run

THRESHOLD = 0.3


@pytest.fixture(scope="module")
def risk() -> np.ndarray:
    return np.random.default_rng(1).beta(2, 6, len(drawn_applications()))


@pytest.fixture(scope="module")
def described(risk: np.ndarray) -> Monitoring:
    applications = drawn_applications()
    matrix = encode(applications)
    shipped = [column for column, ships in zip(matrix.columns, matrix.ships, strict=True) if ships]
    values = matrix.values[:, matrix.ships]
    locked = {"shipped": risk[applications.locked]}
    return describe_outcomes(applications, shipped, values, risk, locked, threshold=THRESHOLD)


def test_every_client_is_in_one_bin_and_the_threshold_is_an_edge(described: Monitoring, risk: np.ndarray) -> None:
    applications, outcomes, money = drawn_applications(), described.outcomes, described.money
    assert outcomes is not None
    assert money is not None
    assert sum(outcomes.n) == len(risk)
    assert sum(outcomes.defaults) == sum(money.n_defaulted) == applications.defaults.sum()
    assert sum(money.good) + sum(money.defaulted) == pytest.approx(applications.credit.sum())
    place = outcomes.edges.index(THRESHOLD)
    assert sum(outcomes.n[:place]) == (risk <= THRESHOLD).sum()
    assert sum(outcomes.risk) == pytest.approx(risk.sum())
    assert sum(outcomes.brier) == pytest.approx(((risk - applications.defaults) ** 2).sum())


def test_no_bin_and_no_sum_of_money_stands_for_fewer_than_fifty_people(described: Monitoring) -> None:
    assert described.outcomes is not None
    assert described.money is not None
    for outcomes in (described.outcomes, *described.locked.values(), *(each.outcomes for each in described.groups)):
        assert min(outcomes.n) >= SMALLEST_GROUP
        assert (outcomes.edges[0], outcomes.edges[-1]) == (0.0, 1.0)
    assert min(*described.money.n_good, *described.money.n_defaulted) >= SMALLEST_GROUP


def test_groups_are_those_of_the_table_and_the_unknown_are_in_none(described: Monitoring) -> None:
    table = drawn_applications().table
    for group in described.groups:
        if group.attribute == "sex":
            assert sum(group.outcomes.n) == (table["CODE_GENDER"] == group.value).sum()
        if group.attribute == "region_rating":
            assert sum(group.outcomes.n) == (table["REGION_RATING_CLIENT"] == float(group.value)).sum()
    assert {group.attribute for group in described.groups} == {
        *("sex", "family_status", "age", "contract_type", "region_rating")
    }


def test_a_proxy_is_scikit_learn_s_auc_of_a_column_for_the_group(described: Monitoring) -> None:
    applications = drawn_applications()
    matrix = encode(applications)
    women = groups_of(applications)["sex"]["F"]
    proxy = next(group for group in described.groups if group.value == "F").proxies[0]
    numbers = matrix.values[:, [column.name for column in matrix.columns].index(proxy.column)]
    known = ~np.isnan(numbers)
    assert proxy.auc == pytest.approx(roc_auc_score(women[known], numbers[known]), abs=1e-6)
    assert proxy.n == known.sum()


def test_the_attribute_itself_is_no_proxy(described: Monitoring) -> None:
    for group in described.groups:
        if group.attribute == "age":
            assert "DAYS_BIRTH" not in {proxy.column for proxy in group.proxies}


def test_a_threshold_with_few_clients_beyond_it_is_no_edge() -> None:
    risk = np.linspace(0.01, 0.5, 1000)
    edges = bin_edges(risk, np.ones((1, 1000)), threshold=0.49, max_bins=20)
    assert 0.49 not in edges
    assert count_outcomes(risk[:60], np.zeros(60, dtype=bool), threshold=0.2).n == (60,)


def test_the_bundle_holds_them(run: Run) -> None:
    monitoring = run.trained.contents.monitoring
    assert monitoring.outcomes is not None
    assert sum(monitoring.outcomes.n) == run.trained.card.trained_rows
    assert run.trained.policy.threshold in monitoring.outcomes.edges
    assert set(monitoring.locked) == {"shipped", "logistic"}
    assert sum(monitoring.locked["shipped"].n) == run.trained.card.locked_rows
    assert (run.folder / "monitoring.json").stat().st_size < 1_000_000
