"""What must hold of a synthetic client's history."""

from __future__ import annotations

import numpy as np
import pytest

from core.features.categories import COLUMNS
from core.synthetic.histories import is_whole, ordered_aggregates, settle_histories, shares_of_all

NAN = float("nan")


def test_smallest_mean_and_largest_are_in_order_and_whole_where_they_count_days() -> None:
    numbers = {
        "BURO_DAYS_CREDIT_MIN": np.array([-100.4, NAN]),
        "BURO_DAYS_CREDIT_MEAN": np.array([-700.5, NAN]),
        "BURO_DAYS_CREDIT_MAX": np.array([-900.6, NAN]),
    }
    settle_histories(numbers)
    assert [numbers[name][0] for name in numbers] == [-901.0, -700.5, -100.0]
    assert all(np.isnan(values[1]) for values in numbers.values())


def test_smallest_and_largest_are_in_order_where_the_mean_is_missing() -> None:
    numbers = {
        "BURO_AMT_ANNUITY_MIN": np.array([5.0, 5.0, NAN, NAN]),
        "BURO_AMT_ANNUITY_MEAN": np.array([NAN, 2.0, 3.0, NAN]),
        "BURO_AMT_ANNUITY_MAX": np.array([1.0, NAN, 2.0, 7.0]),
    }
    settle_histories(numbers)
    smallest, mean, largest = numbers.values()
    np.testing.assert_array_equal(smallest, [1.0, 2.0, NAN, NAN])
    np.testing.assert_array_equal(mean, [NAN, 5.0, 2.0, NAN])
    np.testing.assert_array_equal(largest, [5.0, NAN, 3.0, 7.0])


def test_shares_of_one_text_column_add_up_to_one_or_are_all_missing() -> None:
    numbers = {
        "PREV_NAME_CONTRACT_STATUS_Approved_MEAN": np.array([0.6, 0.0, NAN]),
        "PREV_NAME_CONTRACT_STATUS_Refused_MEAN": np.array([0.2, 0.0, NAN]),
    }
    settle_histories(numbers)
    approved, refused = numbers.values()
    assert approved.tolist()[:2] == [pytest.approx(0.75), 1.0]
    assert refused.tolist()[:2] == [pytest.approx(0.25), 0.0]
    assert np.isnan([approved[2], refused[2]]).all()


def test_a_share_that_is_scaled_to_one_stays_between_its_smallest_and_its_largest() -> None:
    numbers = {
        "CC_NAME_CONTRACT_STATUS_Active_MIN": np.array([0.5, 0.5]),
        "CC_NAME_CONTRACT_STATUS_Active_MEAN": np.array([0.6, 0.6]),
        "CC_NAME_CONTRACT_STATUS_Active_MAX": np.array([0.7, 0.7]),
        "CC_NAME_CONTRACT_STATUS_Completed_MEAN": np.array([0.9, 0.0]),
    }
    settle_histories(numbers)
    assert [values[0] for values in numbers.values()] == pytest.approx([0.4, 0.4, 0.7, 0.6])
    assert [values[1] for values in numbers.values()] == pytest.approx([0.5, 1.0, 1.0, 0.0])


def test_every_column_named_is_one_that_there_is() -> None:
    groups = [*ordered_aggregates(COLUMNS), *shares_of_all(COLUMNS)]
    assert {name for group in groups for name in group} <= set(COLUMNS)
    assert ("BURO_DAYS_CREDIT_MIN", "BURO_DAYS_CREDIT_MEAN", "BURO_DAYS_CREDIT_MAX") in groups
    assert any("BURO_CREDIT_ACTIVE_Active_MEAN" in group for group in shares_of_all(COLUMNS))
    assert all(len(group) > 1 for group in groups)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("CC_COUNT", True),
        ("POS_MONTHS_BALANCE_SIZE", True),
        ("PREV_DAYS_DECISION_MIN", True),
        ("PREV_DAYS_DECISION_MEAN", False),
        ("BURO_AMT_CREDIT_SUM_SUM", False),
        ("DAYS_BIRTH", False),
    ],
)
def test_what_counts_is_whole(name: str, whole: bool) -> None:
    assert is_whole(name) is whole
