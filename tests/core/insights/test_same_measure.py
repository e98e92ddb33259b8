"""Which columns measure the same thing, and which only sound alike."""

from __future__ import annotations

import pytest

from core.insights.same_measure import measured_by


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DAYS_EMPLOYED", "DAYS_EMPLOYED_PERC"),
        ("REGION_RATING_CLIENT", "REGION_RATING_CLIENT_W_CITY"),
        ("DEF_30_CNT_SOCIAL_CIRCLE", "DEF_60_CNT_SOCIAL_CIRCLE"),
        ("YEARS_BEGINEXPLUATATION_AVG", "YEARS_BEGINEXPLUATATION_MEDI"),
        ("CC_AMT_RECEIVABLE_PRINCIPAL_MAX", "CC_AMT_RECIVABLE_MAX"),
        ("CC_AMT_BALANCE_SUM", "CC_AMT_TOTAL_RECEIVABLE_MEAN"),
        ("BURO_DAYS_CREDIT_MAX", "ACTIVE_DAYS_CREDIT_MAX"),
        ("BURO_AMT_CREDIT_SUM_DEBT_MAX", "ACTIVE_AMT_CREDIT_SUM_DEBT_SUM"),
        ("PREV_AMT_DOWN_PAYMENT_MAX", "APPROVED_AMT_DOWN_PAYMENT_MEAN"),
    ],
)
def test_columns_that_measure_the_same_thing(one: str, other: str) -> None:
    assert measured_by(one) == measured_by(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("EXT_SOURCE_1", "EXT_SOURCE_2"),
        ("AMT_CREDIT", "AMT_GOODS_PRICE"),
        ("DEF_30_CNT_SOCIAL_CIRCLE", "OBS_30_CNT_SOCIAL_CIRCLE"),
        ("APARTMENTS_AVG", "ELEVATORS_AVG"),
        ("CC_AMT_BALANCE_MAX", "CC_AMT_BALANCE_MIN"),
        ("CC_AMT_BALANCE_MEAN", "CC_AMT_BALANCE_VAR"),
        ("CC_AMT_BALANCE_MAX", "CC_AMT_CREDIT_LIMIT_ACTUAL_MAX"),
        ("BURO_DAYS_CREDIT_MAX", "BURO_DAYS_CREDIT_MIN"),
        ("PREV_DAYS_DECISION_MAX", "PREV_DAYS_DECISION_MEAN"),
        ("ACTIVE_DAYS_CREDIT_MAX", "CLOSED_DAYS_CREDIT_MAX"),
        ("REFUSED_AMT_ANNUITY_MIN", "APPROVED_AMT_ANNUITY_MIN"),
        ("PREV_NAME_YIELD_GROUP_high_MEAN", "PREV_NAME_YIELD_GROUP_middle_MEAN"),
    ],
)
def test_columns_that_do_not(one: str, other: str) -> None:
    assert measured_by(one) != measured_by(other)
