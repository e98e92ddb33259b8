"""Why an answer is what it is: SHAP values against their oracle, sums on both scales, reasons in order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from core.model.schema import BundleSpec, Policy
from core.records import Contribution, Explanation, ValueOrigin
from core.scoring.assess import Model, assess, explain_clients
from core.scoring.explanation import explain, points_of_solvency, reasons, shap_values
from core.scoring.predict import log_odds, probability
from tests.core.conftest import Thousand
from tests.core.drawn import by_source
from tests.core.small_bundle import booster_of, loaded


@pytest.fixture(scope="module")
def explained(model: Model, thousand: Thousand) -> tuple[Explanation, ...]:
    return explain_clients(model, thousand.found)


@pytest.mark.parametrize("algorithm", ["lightgbm", "internal"])
def test_shap_values_are_those_of_tree_explainer(model: Model, thousand: Thousand, algorithm: str) -> None:
    """Its own implementation ("internal") is a second opinion: for LightGBM it otherwise asks LightGBM."""
    shap = pytest.importorskip("shap")
    values = thousand.found.aligned.values[:60]
    assert np.isnan(values).any()
    explainer = shap.TreeExplainer(booster_of(model.bundle))
    explainer.model.model_type = algorithm
    ours, base = shap_values(values, model.bundle)
    np.testing.assert_allclose(ours, explainer.shap_values(values), rtol=0, atol=1e-9)
    np.testing.assert_allclose(base, np.full(60, explainer.expected_value), rtol=0, atol=1e-9)


def test_contributions_add_up_to_the_log_odds(
    model: Model, thousand: Thousand, explained: tuple[Explanation, ...]
) -> None:
    expected = log_odds(thousand.found.aligned.values, model.bundle)
    for each, total in zip(explained, expected, strict=True):
        added = each.base_log_odds + sum(one.log_odds for one in each.contributions)
        assert added == pytest.approx(total, rel=0, abs=1e-9)
        assert each.log_odds == pytest.approx(total, rel=0, abs=1e-9)


def test_contributions_add_up_to_the_points_of_solvency(thousand: Thousand, explained: tuple[Explanation, ...]) -> None:
    for each, decision in zip(explained, thousand.found.decisions, strict=True):
        added = 100 * each.base_solvency + sum(one.points for one in each.contributions)
        assert added == pytest.approx(100 * decision.solvency, rel=0, abs=1e-9)
        assert each.solvency == pytest.approx(decision.solvency, rel=0, abs=1e-9)


def test_calibrated_contributions_still_add_up(model: Model, thousand: Thousand) -> None:
    bundle = replace(model.bundle, policy=Policy(threshold=0.2, intercept=-0.7, slope=1.3))
    aligned = thousand.found.aligned
    found = explain(aligned.values[:20], aligned.states[:20], bundle)
    for each, risk in zip(found, probability(aligned.values[:20], bundle), strict=True):
        added = 100 * each.base_solvency + sum(one.points for one in each.contributions)
        assert added == pytest.approx(100 * (1 - risk), rel=0, abs=1e-9)


def test_one_hots_are_summed_to_the_column_people_know(
    model: Model, thousand: Thousand, explained: tuple[Explanation, ...]
) -> None:
    sums, _ = shap_values(thousand.found.aligned.values[:20], model.bundle)
    slots = {name: slot for slot, name in enumerate(model.bundle.names)}
    for client in range(20):
        found = {one.source: one.log_odds for one in explained[client].contributions}
        assert set(found) == set(by_source(model))
        for source, columns in by_source(model).items():
            added = sum(sums[client, slots[column.name]] for column in columns)
            assert found[source] == pytest.approx(added, rel=0, abs=1e-12)


def test_values_are_those_people_know(model: Model, thousand: Thousand, explained: tuple[Explanation, ...]) -> None:
    for row, explanation in zip(thousand.rows[:50], explained, strict=False):
        found = {one.source: one for one in explanation.contributions}
        assert found["OCCUPATION_TYPE"].value == row.get("OCCUPATION_TYPE")
        assert found["EXT_SOURCE_1"].value == row.get("EXT_SOURCE_1")
        assert found["FLAG_OWN_CAR"].value == "NY"[int(cast(int, row["FLAG_OWN_CAR"]))]
        assert found["AMT_CREDIT"].value == row["AMT_CREDIT"]
        assert found["PAYMENT_RATE"].state is ValueOrigin.DERIVED
        expected = ValueOrigin.GIVEN if "EXT_SOURCE_1" in row else ValueOrigin.MISSING
        assert found["EXT_SOURCE_1"].state is expected


def test_assumed_and_never_seen_values_say_so(model: Model, thousand: Thousand) -> None:
    row = {**thousand.rows[0], "NAME_INCOME_TYPE": "Juggler"}
    del row["DAYS_ID_PUBLISH"]
    found = {one.source: one for one in explain_clients(model, assess(model, [row], review_band=0.0))[0].contributions}
    assert found["NAME_INCOME_TYPE"].state is ValueOrigin.UNSEEN
    assert found["DAYS_ID_PUBLISH"].state is ValueOrigin.ASSUMED


def test_column_of_which_one_member_was_given_is_given(model: Model, thousand: Thousand) -> None:
    row = {name: value for name, value in thousand.rows[0].items() if name != "NAME_CONTRACT_TYPE"}
    found = assess(model, [row | {"NAME_CONTRACT_TYPE_Revolving loans": 1}], review_band=0.0)
    contract = next(one for one in explain_clients(model, found)[0].contributions if one.source == "NAME_CONTRACT_TYPE")
    assert (contract.value, contract.state) == ("Revolving loans", ValueOrigin.GIVEN)


def test_largest_contributions_come_first(explained: tuple[Explanation, ...]) -> None:
    for each in explained:
        sizes = [abs(one.log_odds) for one in each.contributions]
        assert sizes == sorted(sizes, reverse=True)


def test_more_risk_is_fewer_points_of_solvency(explained: tuple[Explanation, ...]) -> None:
    for each in explained:
        for one in each.contributions:
            assert np.sign(one.points) == -np.sign(one.log_odds)


def test_reasons_are_the_three_largest_on_either_side(explained: tuple[Explanation, ...]) -> None:
    for each in explained:
        found = reasons(each)
        up = sorted((one.points for one in each.contributions if one.points > 0), reverse=True)
        down = sorted(one.points for one in each.contributions if one.points < 0)
        assert [one.points for one in found.raising] == up[:3]
        assert [one.points for one in found.lowering] == down[:3]


def test_fewer_reasons_are_given_where_there_are_fewer() -> None:
    only = Contribution("A", -0.5, 4.0, 1.0, ValueOrigin.GIVEN)
    nothing = Contribution("B", 0.0, 0.0, 1.0, ValueOrigin.GIVEN)
    found = reasons(Explanation(-2.0, -2.5, 0.88, 0.92, (only, nothing)))
    assert found.raising == (only,)
    assert found.lowering == ()


def test_points_of_a_client_worked_out_by_hand() -> None:
    """From 90 % to 85.78 %: 4.22 points lost, three quarters of the way to the first and a quarter to the second."""
    base = float(np.log(0.1 / 0.9))
    risk = 1 / (1 + np.exp(-(base + 0.4)))
    points = points_of_solvency(np.array([0.3, 0.1]), base)
    np.testing.assert_allclose(points, [75 * (0.1 - risk), 25 * (0.1 - risk)], rtol=1e-12)
    assert points.sum() == pytest.approx(-4.22, abs=0.005)


@pytest.mark.parametrize("total", [0.0, 5e-10, -5e-10])
def test_points_where_the_contributions_cancel_follow_the_slope_of_the_curve(total: float) -> None:
    points = points_of_solvency(np.array([0.5, -0.5 + total, 0.0]), float(np.log(0.2 / 0.8)))
    np.testing.assert_allclose(points, [-100 * 0.5 * 0.16, 100 * 0.5 * 0.16, 0.0], rtol=1e-8)


def test_points_do_not_jump_where_the_two_formulas_meet() -> None:
    near = points_of_solvency(np.array([0.5, -0.5 + 1.1e-9]), -1.0)
    nearer = points_of_solvency(np.array([0.5, -0.5 + 0.9e-9]), -1.0)
    np.testing.assert_allclose(near, nearer, rtol=1e-6)


def test_average_client_s_base_is_the_mean_over_the_training_rows_of_the_trees(contents: BundleSpec) -> None:
    bundle = loaded(contents)
    found = explain(np.array([[5.0, np.nan, 1.0, 0.0]]), np.zeros((1, 4), dtype=np.int8), bundle)[0]
    leaves = sum(_mean_leaf(tree["tree_structure"]) for tree in booster_of(bundle).dump_model()["tree_info"])
    assert found.base_log_odds == pytest.approx(leaves, rel=0, abs=1e-9)


def _mean_leaf(node: dict[str, Any]) -> float:
    if "leaf_value" in node:
        return float(node["leaf_value"])
    children = [node["left_child"], node["right_child"]]
    counts = [child.get("leaf_count", child.get("internal_count")) for child in children]
    means = [_mean_leaf(child) for child in children]
    return float(sum(count * mean for count, mean in zip(counts, means, strict=True)) / sum(counts))
