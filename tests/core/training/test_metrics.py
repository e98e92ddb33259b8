"""Figures of a model, on examples small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.training.evaluation import choose_calibration
from core.training.metrics import (
    expected_calibration_error,
    kolmogorov_smirnov,
    measure,
    measure_with_intervals,
    recalibrated,
)


def test_a_model_that_ranks_every_pair_right() -> None:
    risk = np.array([0.1, 0.2, 0.8, 0.9])
    bad = np.array([False, False, True, True])
    found = measure(risk, bad, np.ones(4), threshold=0.5)
    assert found["roc_auc"] == found["gini"] == found["ks"] == found["pr_auc"] == 1.0
    assert found["loss_share"] == 0.0
    assert found["brier"] == pytest.approx((0.01 + 0.04 + 0.04 + 0.01) / 4)


def test_one_wrong_pair_of_four() -> None:
    risk = np.array([0.1, 0.6, 0.5, 0.9])
    bad = np.array([False, False, True, True])
    found = measure(risk, bad, np.ones(4), threshold=0.95)
    assert (found["roc_auc"], found["gini"], found["ks"]) == (0.75, 0.5, 0.5)
    assert found["loss_share"] == 1.0


def test_equal_probabilities_tell_nobody_apart() -> None:
    bad = np.array([True, False, True, False])
    assert kolmogorov_smirnov(np.full(4, 0.3), bad) == 0.0


def test_calibration_error_is_the_mean_gap_over_ten_bins() -> None:
    risk = np.repeat([0.2, 0.6], 10)
    assert expected_calibration_error(risk, risk > 0.5) == pytest.approx((0.2 + 0.4) / 2)


def test_the_same_seed_gives_the_same_interval_around_the_value() -> None:
    chance = np.random.default_rng(1)
    risk = chance.uniform(0.01, 0.6, 400)
    bad = chance.random(400) < risk
    first = measure_with_intervals(risk, bad, np.ones(400), threshold=0.3, draws=50)
    again = measure_with_intervals(risk, bad, np.ones(400), threshold=0.3, draws=50)
    assert first == again
    assert first["roc_auc"].low < first["roc_auc"].value < first["roc_auc"].high


def test_true_probabilities_are_left_alone_and_exaggerated_ones_are_not() -> None:
    chance = np.random.default_rng(2)
    risk = chance.uniform(0.02, 0.5, 20_000)
    bad = chance.random(20_000) < risk
    assert choose_calibration(risk, bad) == (0.0, 1.0)
    exaggerated = recalibrated(risk, 1.0, 2.0)
    intercept, slope = choose_calibration(exaggerated, bad)
    assert slope == pytest.approx(0.5, abs=0.03)
    assert intercept == pytest.approx(-0.5, abs=0.1)
