"""What a threshold does, in clients and in money: by hand, and against the single clients."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from core.model.outcomes import Money
from core.monitoring.intervals import share
from core.monitoring.policy import Costs, amounts, confusion, difference_in_profit, loss_curve, rates
from core.training.threshold import best_threshold, business_loss, loss_share
from tests.core.monitoring.examples import THRESHOLD, by_hand, clients

HAND = by_hand((0.0, 0.1, 0.2, 1.0), good=(60, 30, 10), bad=(2, 3, 5))
MONEY = Money(
    edges=(0.0, 0.1, 0.2, 1.0),
    n_good=(60, 50, 50),
    n_defaulted=(50, 50, 50),
    good=(6000.0, 5000.0, 5000.0),
    defaulted=(500.0, 900.0, 2500.0),
    good_squares=(600000.0, 500000.0, 500000.0),
    defaulted_squares=(5000.0, 16200.0, 125000.0),
)


def test_the_rates_at_an_edge_worked_by_hand() -> None:
    found = rates(HAND, 0.2, review_band=0.1)
    assert confusion(HAND, 0.2).refused_bad == 5
    assert found.approval is not None
    assert found.approval.value == pytest.approx(95 / 110)
    assert found.default_rate is not None
    assert found.default_rate.value == pytest.approx(5 / 95)
    assert found.good_refused is not None
    assert found.good_refused.value == pytest.approx(0.1)
    assert found.good_accepted is not None
    assert found.good_accepted.value == pytest.approx(0.9)
    assert found.to_review is not None
    # From 0.1 to 0.3: the second bin, and an eighth of the third.
    assert found.to_review.value == pytest.approx((33 + 15 / 8) / 110)


def test_half_of_a_bin_counts_half() -> None:
    cells = confusion(HAND, 0.15)
    assert [cells.accepted_good, cells.accepted_bad] == pytest.approx([75, 3.5])
    assert cells.n == pytest.approx(110)


def test_a_threshold_that_accepts_nobody_has_no_default_rate() -> None:
    assert rates(HAND, 0.0).default_rate is None


def test_money_worked_by_hand() -> None:
    """At 0.2: 1,400 lost of the accepted, and 19 % of 5,000 forgone; accepting everybody loses 3,900."""
    found = amounts(MONEY, 0.2, Costs())
    assert found.loss.value == pytest.approx(1400 + 950)
    assert found.profit.value == pytest.approx(0.19 * 11000 - 1400)
    assert found.loss_share is not None
    assert found.loss_share.value == pytest.approx(2350 / 3900)
    assert found.loss.low < found.loss.value < found.loss.high
    other = amounts(MONEY, 0.2, Costs(default=0.5, refusal=0.1))
    assert other.loss.value == pytest.approx(700 + 500)


def test_the_curve_worked_by_hand() -> None:
    """Losses at 0, 0.1, 0.2 and 1: 3,040, 2,400, 2,350 and 3,900; 2,400 is over one per cent above the best."""
    curve = loss_curve(MONEY, Costs())
    assert curve.loss.tolist() == pytest.approx([3040, 2400, 2350, 3900])
    assert curve.best.value == 0.2
    assert curve.flat == (0.2, 0.2)
    assert curve.best.low <= curve.best.value <= curve.best.high


def test_counts_at_the_threshold_are_the_clients_own() -> None:
    drawn = clients()
    cells = confusion(drawn.outcomes, THRESHOLD)
    matrix = confusion_matrix(drawn.defaults, drawn.risk > THRESHOLD)
    ours = [[cells.accepted_good, cells.refused_good], [cells.accepted_bad, cells.refused_bad]]
    assert np.allclose(ours, matrix)


def test_loss_at_the_threshold_is_that_of_training_and_the_best_one_is_near() -> None:
    drawn = clients()
    found = amounts(drawn.money, THRESHOLD, Costs())
    loss = business_loss(drawn.risk, drawn.defaults, drawn.credit, threshold=THRESHOLD)
    assert found.loss.value == pytest.approx(loss, rel=1e-9)
    assert found.loss_share is not None
    assert found.loss_share.value == pytest.approx(
        loss_share(drawn.risk, drawn.defaults, drawn.credit, threshold=THRESHOLD)
    )
    curve = loss_curve(drawn.money, Costs())
    best = best_threshold(drawn.risk, drawn.defaults, drawn.credit)
    assert curve.best.low <= best <= curve.best.high
    assert curve.flat[0] <= curve.best.value <= curve.flat[1]


def test_the_interval_of_the_loss_is_that_of_a_bootstrap_of_the_clients() -> None:
    drawn, random = clients(), np.random.default_rng(5)
    found = amounts(drawn.money, THRESHOLD, Costs()).loss
    losses = []
    for _ in range(200):
        sample = random.integers(0, len(drawn.risk), len(drawn.risk))
        losses.append(
            business_loss(drawn.risk[sample], drawn.defaults[sample], drawn.credit[sample], threshold=THRESHOLD)
        )
    low, high = np.percentile(losses, [2.5, 97.5])
    assert found.high - found.low == pytest.approx(high - low, rel=0.25)


def test_two_policies_are_compared_on_the_same_samples() -> None:
    assert difference_in_profit(MONEY, 0.2, 0.2, Costs()).low == 0.0
    gap = difference_in_profit(MONEY, 0.2, 0.1, Costs())
    assert gap.value == pytest.approx(0.19 * 5000 - 900)


def test_wilson_s_interval_worked_by_hand() -> None:
    found = share(5, 10)
    assert found is not None
    assert [found.low, found.high] == pytest.approx([0.2366, 0.7634], abs=1e-4)
    nobody = share(0, 50)
    assert nobody is not None
    assert nobody.low == 0.0
    assert nobody.high == pytest.approx(0.0714, abs=1e-4)
    assert share(0, 0) is None
