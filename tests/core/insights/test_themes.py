"""Themes add up to the client, and columns to their theme, as whoever adds the printed numbers expects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from core.dictionary.lookup import dictionary
from core.insights.themes import group_by_theme, shown_points, shown_within
from core.records import Contribution, Explanation, ValueOrigin
from core.scoring.explanation import points_of_solvency

COLUMNS = sorted(dictionary().columns)


def explained(log_odds: dict[str, float], base: float = -2.5) -> Explanation:
    """An explanation of these contributions, in log-odds of default."""
    points = points_of_solvency(np.array(list(log_odds.values())), base)
    found = [
        Contribution(source, size, float(each), None, ValueOrigin.GIVEN)
        for (source, size), each in zip(log_odds.items(), points, strict=True)
    ]
    total = base + sum(log_odds.values())
    return Explanation(
        base_log_odds=base,
        log_odds=total,
        base_solvency=1 - float(expit(base)),
        solvency=1 - float(expit(total)),
        contributions=tuple(sorted(found, key=lambda each: -abs(each.log_odds))),
    )


def test_related_columns_fold_into_one_theme_the_largest_first() -> None:
    explanation = explained({"EXT_SOURCE_1": 0.2, "EXT_SOURCE_3": 0.5, "AMT_CREDIT": -0.3, "AMT_ANNUITY": 0.1})
    scores, loan = group_by_theme(explanation)
    assert (scores.key, scores.name("en"), scores.name("fr")) == (
        "external_scores",
        "External scores",
        "Scores externes",
    )
    assert scores.log_odds == pytest.approx(0.7)
    assert [each.source for each in scores.contributions] == ["EXT_SOURCE_3", "EXT_SOURCE_1"]
    assert loan.key == "income_loan"
    assert loan.log_odds == pytest.approx(-0.2)
    assert scores.points < 0 < loan.points


@given(
    st.dictionaries(st.sampled_from(COLUMNS), st.floats(-1, 1, allow_nan=False), min_size=1, max_size=60),
    st.floats(-4, 1),
)
def test_printed_themes_add_up_and_so_do_the_columns_of_each(log_odds: dict[str, float], base: float) -> None:
    explanation = explained(log_odds, base)
    themes = group_by_theme(explanation)
    printed = shown_points(themes, explanation)
    start, end = round(100 * explanation.base_solvency, 1), round(100 * explanation.solvency, 1)
    assert start + sum(printed) == pytest.approx(end, abs=1e-6)
    assert sum(len(theme.contributions) for theme in themes) == len(log_odds)
    for theme, shown in zip(themes, printed, strict=True):
        assert abs(shown - theme.points) <= 0.1 + 1e-9
        assert sum(shown_within(theme, shown)) == pytest.approx(shown, abs=1e-6)


def by_hand(**sizes: tuple[float, float]) -> Explanation:
    """An explanation from 90 % to 85.78 %, of (log-odds, points) by column."""
    found = tuple(Contribution(source, *each, None, ValueOrigin.GIVEN) for source, each in sizes.items())
    return Explanation(-2.2, -1.8, 0.9, 0.8578, found)


def test_themes_and_columns_are_printed_with_one_decimal_and_add_up() -> None:
    """90.0 − 3.2 − 1.0 is 85.8, and −2.0 − 1.2 is −3.2; rounded each by itself, −1.1 would be one too many."""
    explanation = by_hand(EXT_SOURCE_1=(0.2, -2.0), EXT_SOURCE_2=(0.1166, -1.166), AMT_CREDIT=(0.1054, -1.054))
    themes = group_by_theme(explanation)
    assert [theme.key for theme in themes] == ["external_scores", "income_loan"]
    assert shown_points(themes, explanation) == [-3.2, -1.0]
    assert shown_within(themes[0], -3.2) == [-2.0, -1.2]
    assert shown_points(themes, explanation, digits=2) == [-3.17, -1.05]
    assert shown_within(themes[0], -3.17, digits=2) == [-2.0, -1.17]


def test_themes_of_one_size_stand_by_their_keys_and_a_negative_one_counts_by_its_size() -> None:
    explanation = by_hand(EXT_SOURCE_1=(0.25, -2.0), AMT_CREDIT=(-0.25, 2.0), CNT_CHILDREN=(-0.5, 4.0))
    assert [(theme.log_odds, theme.points) for theme in group_by_theme(explanation)] == [
        (-0.5, 4.0),
        (0.25, -2.0),
        (-0.25, 2.0),
    ]
    keys = [theme.key for theme in group_by_theme(explanation)]
    assert keys[1:] == ["external_scores", "income_loan"]
