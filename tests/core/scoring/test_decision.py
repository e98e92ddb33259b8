"""P(default) against the threshold: equality, the band's ends, and thin files."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import Decision, ReviewReason, Verdict
from core.scoring.decision import band, decide

THRESHOLD = 0.16
shares = st.floats(0, 1)


def decided(probability: float, *, review_band: float = 0.0, information: float = 1.0) -> Decision:
    return decide(probability=probability, threshold=THRESHOLD, review_band=review_band, information=information)


def test_probability_equal_to_threshold_is_yes() -> None:
    assert not decided(THRESHOLD).refused


def test_probability_one_ulp_over_the_threshold_is_no() -> None:
    assert decided(math.nextafter(THRESHOLD, 1)).refused


def test_probability_one_ulp_under_the_threshold_is_yes() -> None:
    assert not decided(math.nextafter(THRESHOLD, 0)).refused


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [
        (0.05, Verdict.FAVOURABLE),
        (0.1399, Verdict.FAVOURABLE),
        (0.1801, Verdict.UNFAVOURABLE),
        (1.0, Verdict.UNFAVOURABLE),
    ],
)
def test_clear_cases_get_a_clear_verdict(probability: float, verdict: Verdict) -> None:
    found = decided(probability, review_band=0.02)
    assert found.verdict is verdict
    assert found.why_review == ()


@pytest.mark.parametrize("probability", [0.14, 0.15, 0.16, 0.17, 0.18])
def test_band_is_to_review_both_ends_included(probability: float) -> None:
    found = decided(probability, review_band=0.02)
    assert found.verdict is Verdict.TO_REVIEW
    assert found.why_review == (ReviewReason.IN_BAND,)


@pytest.mark.parametrize("probability", [math.nextafter(0.14, 0), math.nextafter(0.18, 1)])
def test_one_ulp_outside_the_band_is_not_to_review(probability: float) -> None:
    assert decided(probability, review_band=0.02).verdict is not Verdict.TO_REVIEW


@given(st.integers(1, 999), st.integers(0, 500))
def test_ends_of_the_band_are_the_numbers_a_person_writes(threshold: int, width: int) -> None:
    low, high = band(threshold=threshold / 1000, review_band=width / 1000)
    assert low == (threshold - width) / 1000
    assert high == (threshold + width) / 1000


def test_verdict_of_a_client_to_review_still_says_yes_or_no_by_the_threshold_alone() -> None:
    assert not decided(0.15, review_band=0.02).refused
    assert decided(0.17, review_band=0.02).refused


@pytest.mark.parametrize(
    ("information", "thin"), [(0.0, True), (math.nextafter(0.5, 0), True), (0.5, False), (1.0, False)]
)
def test_under_half_of_the_information_is_to_review_whatever_the_number(information: float, thin: bool) -> None:
    for probability in (0.01, 0.99):
        found = decided(probability, information=information)
        assert (found.verdict is Verdict.TO_REVIEW) == thin
        assert found.why_review == ((ReviewReason.TOO_LITTLE_KNOWN,) if thin else ())


def test_both_reasons_to_review_are_given() -> None:
    found = decided(0.16, review_band=0.02, information=0.1)
    assert found.why_review == (ReviewReason.IN_BAND, ReviewReason.TOO_LITTLE_KNOWN)


def test_solvency_and_its_line_lie_on_the_opposite_scale() -> None:
    found = decide(probability=0.5, threshold=0.48, review_band=0.0, information=1.0)
    assert found.refused
    assert found.solvency == 0.5
    assert found.solvency_line == 0.52


@given(shares, shares, shares)
def test_raising_the_threshold_never_turns_a_yes_into_a_no(probability: float, one: float, other: float) -> None:
    low, high = (
        decide(probability=probability, threshold=threshold, review_band=0.0, information=1.0).refused
        for threshold in sorted((one, other))
    )
    assert low >= high


@given(shares, shares, shares, shares)
def test_raising_the_risk_never_turns_a_no_into_a_yes(one: float, other: float, threshold: float, width: float) -> None:
    low, high = (
        decide(probability=risk, threshold=threshold, review_band=width, information=1.0)
        for risk in sorted((one, other))
    )
    assert low.refused <= high.refused
    assert not (low.verdict is Verdict.UNFAVOURABLE and high.verdict is Verdict.FAVOURABLE)


@given(shares, shares, st.floats(0, 0.5), shares)
def test_favourable_means_yes_and_unfavourable_means_no(
    probability: float, threshold: float, width: float, information: float
) -> None:
    found = decide(probability=probability, threshold=threshold, review_band=width, information=information)
    assert found.refused == (probability > threshold)
    if found.verdict is not Verdict.TO_REVIEW:
        assert (found.verdict is Verdict.UNFAVOURABLE) == found.refused
