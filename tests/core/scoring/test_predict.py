"""Aligned clients to P(default): the same bits alone or among others, and what the number means."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from core.model.schema import Policy
from core.scoring.assess import Model, assess
from core.scoring.predict import log_odds, probability
from tests.core.conftest import Thousand
from tests.core.hand_model import HandEstimator, hand_bundle
from tests.core.samples import number
from tests.core.small_bundle import booster_of


def test_same_client_gets_the_same_bits_alone_and_among_a_thousand(model: Model, thousand: Thousand) -> None:
    for index in range(0, 1000, 37):
        alone = assess(model, [thousand.rows[index]], review_band=0.02)
        assert alone.probability[0] == thousand.found.probability[index]
        assert alone.information[0] == thousand.found.information[index]
        assert alone.decisions[0] == thousand.found.decisions[index]


def test_shuffled_clients_keep_their_bits(model: Model, thousand: Thousand) -> None:
    order = np.random.default_rng(3).permutation(1000)
    shuffled = assess(model, [thousand.rows[index] for index in order], review_band=0.02)
    assert shuffled.probability.tobytes() == thousand.found.probability[order].tobytes()
    assert shuffled.information.tobytes() == thousand.found.information[order].tobytes()


def test_shuffled_columns_keep_the_bits(model: Model, thousand: Thousand) -> None:
    backwards = [dict(reversed(list(row.items()))) for row in thousand.rows[:50]]
    assert assess(model, backwards, review_band=0.02).probability.tolist() == thousand.found.probability[:50].tolist()


def test_many_threads_at_once_get_the_same_bits(model: Model, thousand: Thousand) -> None:
    with ThreadPoolExecutor(8) as pool:
        parts = pool.map(lambda row: assess(model, [row], review_band=0.02).probability[0], thousand.rows[:200])
        assert list(parts) == thousand.found.probability[:200].tolist()


def test_probability_is_the_sigmoid_of_the_log_odds(model: Model, thousand: Thousand) -> None:
    values = thousand.found.aligned.values
    expected = [1.0 / (1.0 + math.exp(-each)) for each in log_odds(values, model.bundle)]
    np.testing.assert_allclose(probability(values, model.bundle), expected, rtol=1e-14)


def test_probability_is_what_lightgbm_itself_says(model: Model, thousand: Thousand) -> None:
    policy = model.bundle.policy
    assert (policy.intercept, policy.slope) == (0.0, 1.0)
    values = thousand.found.aligned.values
    np.testing.assert_allclose(
        probability(values, model.bundle), np.asarray(booster_of(model.bundle).predict(values)), rtol=1e-14
    )


def test_calibration_moves_the_log_odds_in_a_straight_line(model: Model, thousand: Thousand) -> None:
    values = thousand.found.aligned.values[:5]
    raw = booster_of(model.bundle).predict(values, raw_score=True)
    calibrated = replace(model.bundle, policy=Policy(threshold=0.2, intercept=-0.5, slope=1.25))
    np.testing.assert_array_equal(log_odds(values, calibrated), -0.5 + 1.25 * np.asarray(raw))


@pytest.mark.parametrize(("intercept", "slope"), [(-0.5, 1.25), (-0.5, 1.0), (0.0, 1.25)])
def test_calibrated_probability_is_the_sigmoid_of_the_calibrated_log_odds(
    model: Model, thousand: Thousand, intercept: float, slope: float
) -> None:
    values = thousand.found.aligned.values[:5]
    raw = np.asarray(booster_of(model.bundle).predict(values, raw_score=True))
    calibrated = replace(model.bundle, policy=Policy(threshold=0.2, intercept=intercept, slope=slope))
    expected = 1.0 / (1.0 + np.exp(-(intercept + slope * raw)))
    np.testing.assert_allclose(probability(values, calibrated), expected, rtol=1e-14)


def test_where_nothing_is_calibrated_the_model_s_own_probability_is_not_touched() -> None:
    estimator = HandEstimator(lambda values: values[:, 0])
    values = np.array([[-300.0], [0.0], [100.0]])
    bundle = hand_bundle([number("AMT_CREDIT")], estimator, Policy(threshold=0.2))
    assert probability(values, bundle).tolist() == [0.2, 0.5, 0.6]
    calibrated = replace(bundle, policy=Policy(threshold=0.2, intercept=0.0, slope=0.01))
    assert probability(values, calibrated).tolist() == pytest.approx([0.04742587, 0.5, 0.73105858], abs=1e-8)


def test_nobody_is_scored_as_nobody(model: Model) -> None:
    assert probability(np.empty((0, len(model.bundle.columns))), model.bundle).shape == (0,)
    assert log_odds(np.empty((0, len(model.bundle.columns))), model.bundle).shape == (0,)
    calibrated = replace(model.bundle, policy=Policy(threshold=0.2, intercept=-0.5, slope=1.25))
    assert probability(np.empty((0, len(model.bundle.columns))), calibrated).shape == (0,)


def test_probabilities_lie_between_zero_and_one_and_differ(thousand: Thousand) -> None:
    found = thousand.found.probability
    assert (found > 0).all()
    assert (found < 1).all()
    assert len(set(found.tolist())) > 900


@pytest.mark.parametrize("source", ["EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"])
def test_higher_external_score_never_raises_the_risk(model: Model, thousand: Thousand, source: str) -> None:
    row = thousand.rows[0]
    rows = [{**row, "SK_ID_CURR": step, source: step / 20} for step in range(21)]
    risks = assess(model, rows, review_band=0.02).probability
    assert (np.diff(risks) <= 0).all()
