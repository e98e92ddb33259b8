"""The business loss, by hand, and the threshold that minimises it, against trying all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.training.threshold import best_threshold, business_loss, loss_curve, loss_share, threshold_interval

RISK = np.array([0.3, 0.3, 0.1])
BAD = np.array([True, False, False])
CREDIT = np.array([100.0, 100.0, 100.0])


@pytest.mark.parametrize(
    ("threshold", "loss"),
    [(0.05, 38.0), (0.1, 19.0), (0.2, 19.0), (0.3, 100.0), (1.0, 100.0)],
)
def test_business_loss_by_hand(threshold: float, loss: float) -> None:
    assert business_loss(RISK, BAD, CREDIT, threshold=threshold) == loss


def test_the_share_is_of_approving_everyone() -> None:
    assert loss_share(RISK, BAD, CREDIT, threshold=0.2) == 0.19
    assert loss_share(RISK, BAD, CREDIT, threshold=1.0) == 1.0


def test_a_loss_grows_with_the_amount_of_credit() -> None:
    large = np.array([1000.0, 100.0, 100.0])
    assert business_loss(RISK, BAD, large, threshold=0.3) == 1000.0


def test_the_threshold_is_a_short_number_in_the_middle_of_the_best_stretch() -> None:
    assert best_threshold(RISK, BAD, CREDIT) == 0.2


def test_a_model_that_warns_of_nobody_in_particular_accepts_everyone() -> None:
    assert best_threshold(np.array([0.2, 0.4]), np.array([False, False]), np.array([1.0, 1.0])) == 0.7


def test_where_everyone_defaults_everyone_is_refused() -> None:
    threshold = best_threshold(np.array([0.2, 0.4]), np.array([True, True]), np.array([1.0, 1.0]))
    assert 0.0 <= threshold < 0.2


@given(clients=st.lists(st.tuples(st.integers(1, 99), st.booleans(), st.integers(1, 9)), min_size=1, max_size=30))
def test_no_other_threshold_costs_less(clients: list[tuple[int, bool, int]]) -> None:
    risk = np.array([client[0] / 100 for client in clients])
    bad = np.array([client[1] for client in clients])
    credit = np.array([float(client[2]) for client in clients])
    chosen = business_loss(risk, bad, credit, threshold=best_threshold(risk, bad, credit))
    tried = [business_loss(risk, bad, credit, threshold=each) for each in (0.0, *risk.tolist(), 1.0)]
    assert chosen == pytest.approx(min(tried), abs=1e-9)


def test_the_threshold_s_interval_holds_it_and_narrows_with_the_clients() -> None:
    chance = np.random.default_rng(1)
    risk = chance.beta(1, 9, 6000)
    bad = chance.random(6000) < risk
    credit = np.ones(6000)
    widths = []
    for n in (600, 6000):
        low, high = threshold_interval(risk[:n], bad[:n], credit[:n], draws=100)
        assert low <= best_threshold(risk[:n], bad[:n], credit[:n]) <= high
        widths.append(high - low)
    assert 0 < widths[1] < widths[0]


def test_a_certain_threshold_has_an_interval_of_almost_no_width() -> None:
    risk = np.repeat([0.1, 0.9], 500)
    assert threshold_interval(risk, risk > 0.5, np.ones(1000), draws=20) == (0.5, 0.5)


def test_the_curve_of_losses_is_the_loss_at_each_threshold() -> None:
    risk, bad, credit = np.array([0.1, 0.3, 0.6]), np.array([False, True, True]), np.array([100.0, 100.0, 300.0])
    found = loss_curve(risk, bad, credit, np.array([0.05, 0.2, 0.5, 0.7]))
    assert found.tolist() == pytest.approx([19 / 400, 0.0, 100 / 400, 1.0])
