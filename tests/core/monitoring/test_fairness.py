"""Figures by group: against fairlearn on the single clients, and never of fewer than fifty people."""

from __future__ import annotations

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, demographic_parity_ratio, selection_rate, true_positive_rate

from core.model.outcomes import Group, Monitoring
from core.monitoring.fairness import attributes, compare_groups
from core.training.outcomes import count_outcomes
from tests.core.monitoring.examples import THRESHOLD, by_hand, clients


def monitoring() -> Monitoring:
    drawn = clients()
    return Monitoring(
        groups=tuple(
            Group(
                attribute="sex",
                value=value,
                outcomes=count_outcomes(drawn.risk[chosen], drawn.defaults[chosen], threshold=THRESHOLD),
            )
            for value, chosen in (("a", drawn.in_a), ("b", ~drawn.in_a))
        )
    )


def test_approval_true_positive_rate_and_impact_are_fairlearn_s() -> None:
    drawn = clients()
    good, approved = (~drawn.defaults).astype(int), (drawn.risk <= THRESHOLD).astype(int)
    groups = np.where(drawn.in_a, "a", "b")
    frame = MetricFrame(
        metrics={"approval": selection_rate, "tpr": true_positive_rate},
        y_true=good,
        y_pred=approved,
        sensitive_features=groups,
    )
    a, b = compare_groups(monitoring(), "sex", THRESHOLD)
    for group in (a, b):
        assert group.rates.approval is not None
        assert group.rates.good_accepted is not None
        assert group.rates.approval.value == pytest.approx(frame.by_group["approval"][group.value])
        assert group.rates.good_accepted.value == pytest.approx(frame.by_group["tpr"][group.value])
    ratio = demographic_parity_ratio(good, approved, sensitive_features=groups)
    assert (a.reference, b.reference) == (True, False)
    assert b.impact.value == pytest.approx(ratio)
    assert b.impact.low < ratio < b.impact.high


def test_calibration_is_observed_less_expected() -> None:
    drawn = clients()
    a, _ = compare_groups(monitoring(), "sex", THRESHOLD)
    gap = drawn.defaults[drawn.in_a].mean() - drawn.risk[drawn.in_a].mean()
    assert a.calibration.value == pytest.approx(gap, abs=1e-6)
    assert a.n == drawn.in_a.sum()


def test_four_fifths_worked_by_hand() -> None:
    """90 of 100 against 70 of 100 approved: 0.78 lies below four fifths."""
    groups = tuple(
        Group(attribute="age", value=value, outcomes=by_hand((0.0, 0.2, 1.0), good, bad))
        for value, good, bad in (("old", (85, 5), (5, 5)), ("young", (60, 20), (10, 10)))
    )
    old, young = compare_groups(Monitoring(groups=groups), "age", 0.2)
    assert young.impact.value == pytest.approx(70 / 90)
    assert young.below_four_fifths
    assert not old.below_four_fifths


def test_a_group_under_fifty_is_not_shown() -> None:
    groups = tuple(Group(attribute="age", value=str(n), outcomes=by_hand((0.0, 1.0), (n,), (0,))) for n in (3, 60, 70))
    shown = compare_groups(Monitoring(groups=groups), "age", 0.2)
    assert [each.value for each in shown] == ["60", "70"]
    assert attributes(Monitoring(groups=groups[:2])) == ()
    assert compare_groups(Monitoring(), "age", 0.2) == ()
