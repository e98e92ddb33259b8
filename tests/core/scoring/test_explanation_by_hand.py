"""Contributions typed by hand: how they are summed, named, put in order, and counted as reasons."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.model.schema import Column, Policy
from core.records import Contribution, Explanation, ValueOrigin
from core.scoring.explanation import explain, points_of_solvency, reasons, shap_values, shown_value, top_reasons
from tests.core.hand_model import HandEstimator, hand_bundle
from tests.core.samples import binary, flag, number, one_hot

GIVEN, DERIVED, ASSUMED, MISSING, UNSEEN = (int(each) for each in ValueOrigin)
COLUMNS = (
    number("EXT_SOURCE_1", complete=False),
    one_hot("NAME_CONTRACT_TYPE", "Cash loans"),
    number("AMT_CREDIT"),
    one_hot("NAME_CONTRACT_TYPE", "Revolving loans"),
    binary("CODE_GENDER"),
)
"""Not in alphabetical order, and the two of one group apart."""


def contribution(source: str, log_odds: float, points: float) -> Contribution:
    return Contribution(source, log_odds, points, None, ValueOrigin.GIVEN)


def explained(
    shap: list[float], values: list[float], states: list[int], *, base: float = -2.0, policy: Policy | None = None
) -> Explanation:
    bundle = hand_bundle(
        COLUMNS, HandEstimator(lambda each: each[:, 0], [shap], base), policy or Policy(threshold=0.16)
    )
    (found,) = explain(np.array([values]), np.array([states], dtype=np.int8), bundle)
    return found


def test_columns_of_one_group_are_summed_and_equal_sizes_stand_in_alphabetical_order() -> None:
    found = explained([0.25, 0.5, -0.25, -0.25, 0.75], [0.5, 0.0, 9.0, 1.0, 1.0], [GIVEN] * 5)
    assert [(each.source, each.log_odds, each.value) for each in found.contributions] == [
        ("CODE_GENDER", 0.75, "F"),
        ("AMT_CREDIT", -0.25, 9.0),
        ("EXT_SOURCE_1", 0.25, 0.5),
        ("NAME_CONTRACT_TYPE", 0.25, "Revolving loans"),
    ]
    assert (found.base_log_odds, found.log_odds) == (-2.0, -1.0)
    assert found.base_solvency == pytest.approx(1 - 1 / (1 + math.exp(2)), rel=1e-12)
    assert found.solvency == pytest.approx(1 - 1 / (1 + math.exp(1)), rel=1e-12)
    lost = 100 * (1 / (1 + math.exp(2)) - 1 / (1 + math.exp(1)))
    assert [each.points for each in found.contributions] == pytest.approx(
        [0.75 * lost, -0.25 * lost, 0.25 * lost, 0.25 * lost], rel=1e-12
    )


def test_calibration_scales_contributions_and_moves_the_base() -> None:
    policy = Policy(threshold=0.2, intercept=-0.5, slope=2.0)
    found = explained([0.25, 0.5, -0.25, -0.25, 0.75], [0.5, 0.0, 9.0, 1.0, 1.0], [GIVEN] * 5, policy=policy)
    assert (found.base_log_odds, found.log_odds) == (-4.5, -2.5)
    assert [each.log_odds for each in found.contributions] == [1.5, -0.5, 0.5, 0.5]
    bundle = hand_bundle(COLUMNS, HandEstimator(lambda each: each[:, 0], [[1.0, 0.0, 0.0, 0.0, -2.0]], 3.0), policy)
    contributions, base = shap_values(np.zeros((1, 5)), bundle)
    assert (contributions.tolist(), base.tolist()) == ([[2.0, 0.0, 0.0, 0.0, -4.0]], [5.5])


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([GIVEN, ASSUMED], ValueOrigin.GIVEN),
        ([ASSUMED, GIVEN], ValueOrigin.GIVEN),
        ([ASSUMED, ASSUMED], ValueOrigin.ASSUMED),
        ([UNSEEN, UNSEEN], ValueOrigin.UNSEEN),
        ([MISSING, MISSING], ValueOrigin.MISSING),
    ],
)
def test_group_was_given_where_one_of_its_columns_was(states: list[int], state: ValueOrigin) -> None:
    given = [DERIVED, states[0], MISSING, states[1], ASSUMED]
    found = {
        each.source: each.state
        for each in explained([0.1] * 5, [math.nan, 0.0, math.nan, 1.0, 0.0], given).contributions
    }
    assert found == {
        "EXT_SOURCE_1": ValueOrigin.DERIVED,
        "NAME_CONTRACT_TYPE": state,
        "AMT_CREDIT": ValueOrigin.MISSING,
        "CODE_GENDER": ValueOrigin.ASSUMED,
    }


CASH, REVOLVING = COLUMNS[1], COLUMNS[3]


@pytest.mark.parametrize(
    ("members", "value"),
    [
        ([(CASH, 1.0), (REVOLVING, 0.0)], "Cash loans"),
        ([(CASH, 0.0), (REVOLVING, 1.0)], "Revolving loans"),
        ([(CASH, 0.0), (REVOLVING, 0.0)], None),
        ([(COLUMNS[4], 0.0)], "M"),
        ([(COLUMNS[4], 1.0)], "F"),
        ([(COLUMNS[4], math.nan)], None),
        ([(COLUMNS[0], math.nan)], None),
        ([(COLUMNS[0], 0.0)], 0.0),
        ([(flag("FLAG_PHONE"), 1.0)], 1.0),
    ],
)
def test_value_is_the_one_that_people_know(members: list[tuple[Column, float]], value: float | str | None) -> None:
    assert shown_value(members) == value


def test_contribution_of_nothing_is_no_reason_on_either_side() -> None:
    up, down, nothing = (contribution(*each) for each in (("A", -0.5, 4.0), ("B", 0.25, -2.0), ("C", 0.0, 0.0)))
    small = contribution("D", -1e-6, 1e-5)
    found = reasons(Explanation(-2.0, -2.25, 0.88, 0.9, (up, down, small, nothing)))
    assert (found.raising, found.lowering) == ((up, small), (down,))


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_as_many_reasons_are_named_as_asked_for(most: int) -> None:
    found = [contribution(f"UP_{size}", -size, size) for size in (5, 4, 3, 2)]
    found += [contribution(f"DOWN_{size}", size, -size) for size in (5, 4, 3, 2)]
    best = reasons(Explanation(0.0, 0.0, 0.5, 0.5, tuple(found)), most)
    assert [each.points for each in best.raising] == [5, 4, 3, 2][:most]
    assert [each.points for each in best.lowering] == [-5, -4, -3, -2][:most]


def test_three_reasons_are_named_unless_asked_otherwise() -> None:
    found = tuple(contribution(f"UP_{size}", -size, size) for size in (5, 4, 3, 2))
    assert len(reasons(Explanation(0.0, -14.0, 0.5, 0.9, found)).raising) == 3


def test_reasons_of_many_clients_are_places_of_their_sources_with_the_largest_first() -> None:
    """EXT_SOURCE_1 is 0, NAME_CONTRACT_TYPE 1, AMT_CREDIT 2, CODE_GENDER 3; −1 where there is no more reason."""
    shap = [
        [0.25, 0.5, -0.25, -0.25, 0.75],
        [-0.25, -0.125, -0.25, -0.125, 0.0],
        [0.0, 0.5, 0.0, -0.5, 0.0],
        [0.1, -0.9, 0.2, 0.0, -0.3],
    ]
    bundle = hand_bundle(COLUMNS, HandEstimator(lambda each: each[:, 0], shap), Policy(threshold=0.16))
    raising, lowering = top_reasons(np.zeros((4, 5)), bundle, 3)
    assert raising.tolist() == [[2, -1, -1], [2, 0, 1], [-1, -1, -1], [1, 3, -1]]
    assert lowering.tolist() == [[3, 0, 1], [-1, -1, -1], [-1, -1, -1], [2, 0, -1]]
    assert [each.tolist() for each in top_reasons(np.zeros((4, 5)), bundle, 1)] == [
        [[2], [2], [-1], [1]],
        [[3], [-1], [-1], [2]],
    ]


def test_contributions_that_cancel_each_move_the_client_along_the_slope() -> None:
    """At 20 % of risk the slope is 0.2 · 0.8: a unit of log-odds is worth 16 points."""
    points = points_of_solvency(np.array([0.5, -0.5]), math.log(0.2 / 0.8))
    assert points.tolist() == pytest.approx([-8.0, 8.0], rel=1e-9)
