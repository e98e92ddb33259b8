"""Reliability, Brier score and ECE from bins: by hand, and against scikit-learn on the single clients."""

from __future__ import annotations

import pytest
from sklearn.metrics import brier_score_loss

from core.monitoring.calibration import calibration_error, calibration_figures, reliability, score_bands
from core.training.metrics import expected_calibration_error
from tests.core.monitoring.examples import by_hand, clients


def test_the_error_worked_by_hand() -> None:
    """Two bands of 100 clients: 5 % expected and 10 % observed, 15 % expected and 13 % observed: (5 + 2) / 2 points."""
    two = by_hand((0.0, 0.1, 0.2), good=(90, 87), bad=(10, 13))
    assert calibration_error(two) == pytest.approx(0.035)
    first, second = reliability(two)
    assert first.n == 100
    assert [first.expected, first.observed.value] == pytest.approx([0.05, 0.1])
    assert (second.low, second.high, second.defaults) == (0.1, 0.2, 13)


def test_brier_is_scikit_learn_s_and_the_error_that_of_training() -> None:
    drawn = clients()
    figures = calibration_figures(drawn.outcomes)
    assert figures["brier"].value == pytest.approx(brier_score_loss(drawn.defaults, drawn.risk), abs=1e-8)
    assert figures["ece"].value == pytest.approx(expected_calibration_error(drawn.risk, drawn.defaults), abs=2e-3)
    assert figures["brier"].low < figures["brier"].value < figures["brier"].high


def test_bands_hold_every_client_once_and_about_equally_many() -> None:
    bands = reliability(clients().outcomes)
    assert len(bands) == 10
    assert sum(band.n for band in bands) == 20_000
    assert max(band.n for band in bands) < 1.2 * min(band.n for band in bands)
    assert all(band.observed.low <= band.observed.value <= band.observed.high for band in bands)


def test_score_bands_are_those_of_the_clients() -> None:
    drawn = clients()
    bands = score_bands(drawn.outcomes)
    for band in bands:
        inside = (drawn.risk > band.low) & (drawn.risk <= band.high)
        assert band.n == pytest.approx(inside.sum(), abs=60)
        assert band.observed.value == pytest.approx(drawn.defaults[inside].mean(), abs=0.03)
    assert sum(band.n for band in bands) == pytest.approx(20_000)
