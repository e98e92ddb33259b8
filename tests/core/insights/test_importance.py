"""Is a reason usual? On effects that a reader can check by hand, and on the model that ships."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.insights.importance import dots, importances, points_per_log_odds, share_with_smaller_effect
from core.model.schema import EffectBand, Effects, Policy, Population
from core.records import Contribution, Explanation, ValueOrigin
from core.scoring.assess import Model, explain_clients
from tests.core.conftest import Thousand
from tests.core.hand_model import HandEstimator, hand_bundle
from tests.core.samples import number, one_hot

EVENLY = Effects(
    quantiles=(-0.8, -0.4, 0.0, 0.4, 0.8),
    bands=(
        EffectBand(low=-9000.0, high=-7000.0, share=0.25, quantiles=(-0.8, -0.5, -0.4)),
        EffectBand(low=-7000.0, high=-1000.0, share=0.5, quantiles=(-0.3, 0.0, 0.3)),
        EffectBand(share=0.25, quantiles=(0.4, 0.6, 0.8)),
    ),
)
POPULATION = Population(
    n=1000,
    effect_grid=(0.1, 0.3, 0.5, 0.7, 0.9),
    band_grid=(0.1, 0.5, 0.9),
    effects={
        "DAYS_EMPLOYED": EVENLY,
        "FLAG_PHONE": Effects((-0.1, -0.1, -0.1, 0.2, 0.2), ()),
    },
)


def pushing(log_odds: float, source: str = "DAYS_EMPLOYED") -> Contribution:
    return Contribution(source, log_odds, -10 * log_odds, None, ValueOrigin.GIVEN)


@pytest.mark.parametrize(
    ("log_odds", "share"),
    [(0.8, 0.9), (0.6, 0.8), (0.4, 0.7), (0.9, 1.0), (0.01, 0.505), (-0.4, 0.7), (-0.6, 0.8), (-2.0, 1.0)],
)
def test_share_of_clients_whom_a_column_pushes_less_far_in_this_direction(log_odds: float, share: float) -> None:
    assert share_with_smaller_effect(pushing(log_odds), POPULATION) == pytest.approx(share)


def test_effect_that_many_share_is_not_stronger_than_theirs() -> None:
    assert share_with_smaller_effect(pushing(0.2, "FLAG_PHONE"), POPULATION) == pytest.approx(0.7)
    assert share_with_smaller_effect(pushing(-0.1, "FLAG_PHONE"), POPULATION) == pytest.approx(0.5, abs=0.01)
    assert share_with_smaller_effect(pushing(0.1, "UNKNOWN"), POPULATION) is None


@given(st.floats(0.001, 3), st.floats(0.001, 3))
def test_stronger_effect_is_never_more_usual(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for sign in (1, -1):
        less, more = (
            share_with_smaller_effect(pushing(sign * low), POPULATION),
            share_with_smaller_effect(pushing(sign * high), POPULATION),
        )
        assert less is not None
        assert more is not None
        assert 0 <= less <= more <= 1


def test_each_dot_is_one_client_in_a_hundred_and_a_longer_time_is_higher() -> None:
    found = dots("DAYS_EMPLOYED", POPULATION, -10.0)
    assert len(found) == 100
    assert [sum(dot.level == level for dot in found) for level in (0.0, 1.0, None)] == [50, 25, 25]
    long_ago = [dot.points for dot in found if dot.level == 1.0]
    assert max(long_ago) == pytest.approx(8.0)
    assert min(long_ago) == pytest.approx(4.0)
    assert dots("UNKNOWN", POPULATION, 1.0) == ()


def test_importance_here_and_for_everybody_are_shares(model: Model, thousand: Thousand) -> None:
    explanation = explain_clients(model, thousand.found)[0]
    every = importances(explanation, model.bundle, max_columns=1000)
    assert sum(each.overall for each in every) == pytest.approx(1.0)
    assert sum(each.here for each in every) == pytest.approx(1.0)
    few = importances(explanation, model.bundle, max_columns=5)
    assert explanation.contributions[0].source in {each.source for each in few}
    assert every[0].source in {each.source for each in few}


COLUMNS = [
    msgspec.structs.replace(column, weight=weight)
    for column, weight in (
        (number("EXT_SOURCE_1"), 0.5),
        (one_hot("NAME_CONTRACT_TYPE", "Cash loans"), 0.125),
        (number("AMT_CREDIT"), 0.25),
        (one_hot("NAME_CONTRACT_TYPE", "Revolving loans"), 0.125),
    )
]
BUNDLE = hand_bundle(COLUMNS, HandEstimator(lambda values: values[:, 0]), Policy(threshold=0.5))


def explained(**log_odds: float) -> Explanation:
    return Explanation(0.0, 0.0, 0.5, 0.5, tuple(pushing(each, source) for source, each in log_odds.items()))


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (1, [("NAME_CONTRACT_TYPE", 0.25, 0.625)]),
        (2, [("EXT_SOURCE_1", 0.5, 0.125), ("NAME_CONTRACT_TYPE", 0.25, 0.625)]),
        (3, [("EXT_SOURCE_1", 0.5, 0.125), ("AMT_CREDIT", 0.25, 0.25), ("NAME_CONTRACT_TYPE", 0.25, 0.625)]),
    ],
)
def test_columns_that_matter_most_to_everybody_or_here_are_chosen(
    most: int, expected: list[tuple[str, float, float]]
) -> None:
    found = importances(explained(NAME_CONTRACT_TYPE=1.25, AMT_CREDIT=-0.5, EXT_SOURCE_1=0.25), BUNDLE, most)
    assert [(each.source, each.overall, each.here) for each in found] == expected


def test_client_whom_nothing_moves_has_no_share_in_anything() -> None:
    explanation = explained(NAME_CONTRACT_TYPE=0.0, AMT_CREDIT=0.0, EXT_SOURCE_1=0.0)
    assert [each.here for each in importances(explanation, BUNDLE, 3)] == [0.0, 0.0, 0.0]
    assert points_per_log_odds(explanation) == 0.0


def test_scale_is_that_of_the_largest_contribution() -> None:
    """The others say the same but for rounding, and most of it where they are close to nothing."""
    odd = Explanation(0.0, 0.0, 0.5, 0.5, (Contribution("A", -0.5, 4.0, None, ValueOrigin.GIVEN), pushing(0.25)))
    assert points_per_log_odds(odd) == -8.0


def test_dots_stand_evenly_between_the_weakest_and_the_strongest_of_their_band() -> None:
    bands = (
        EffectBand(low=0.0, high=1.0, share=0.02, quantiles=(-0.8, -0.5, -0.4)),
        EffectBand(low=1.0, high=2.0, share=0.014, quantiles=(0.1, 0.1, 0.1)),
        EffectBand(low=2.0, high=3.0, share=0.01, quantiles=(0.2, 0.3, 0.4)),
        EffectBand(category="Other", share=0.01, quantiles=(0.0, 0.6, 0.6)),
        EffectBand(low=9.0, high=9.0, share=0.004, quantiles=(9.0, 9.0, 9.0)),
    )
    population = Population(n=1000, band_grid=(0.1, 0.5, 0.9), effects={"CNT_CHILDREN": Effects((), bands)})
    found: list[tuple[object, object]] = [(dot.points, dot.level) for dot in dots("CNT_CHILDREN", population, -10.0)]
    assert found == [
        (pytest.approx(6.875), 0.0),
        (pytest.approx(4.375), 0.0),
        (pytest.approx(-1.0), pytest.approx(1 / 3)),
        (pytest.approx(-3.0), pytest.approx(2 / 3)),
        (pytest.approx(-6.0), None),
    ]


def test_one_band_alone_is_the_lowest_and_days_ago_count_the_other_way_round() -> None:
    one = (EffectBand(low=0.0, high=1.0, share=0.01, quantiles=(0.1, 0.1, 0.1)),)
    two = tuple(EffectBand(low=low, high=low + 1, share=0.01, quantiles=(low, low, low)) for low in (-9000.0, -10.0))
    population = Population(
        n=1000, band_grid=(0.1, 0.5, 0.9), effects={"CNT_CHILDREN": Effects((), one), "DAYS_BIRTH": Effects((), two)}
    )
    assert [dot.level for dot in dots("CNT_CHILDREN", population, 1.0)] == [0.0]
    assert [(dot.points, dot.level) for dot in dots("DAYS_BIRTH", population, 1.0)] == [(-9000.0, 1.0), (-10.0, 0.0)]


def test_share_is_0_where_every_client_is_pushed_further_and_1_where_none_is() -> None:
    assert share_with_smaller_effect(pushing(0.0), POPULATION) == pytest.approx(0.5)
    lowest = Effects((0.5, 0.6, 0.7, 0.8, 0.9), ())
    one_sided = msgspec.structs.replace(POPULATION, effects={"A": lowest})
    assert share_with_smaller_effect(pushing(0.25, "A"), one_sided) == 0.0
    assert share_with_smaller_effect(pushing(0.5, "A"), one_sided) == 0.0
    assert share_with_smaller_effect(pushing(-0.25, "A"), one_sided) == 1.0


def test_scale_turns_log_odds_into_this_client_s_points(model: Model, thousand: Thousand) -> None:
    for explanation in explain_clients(model, thousand.found)[:20]:
        scale = points_per_log_odds(explanation)
        assert scale < 0
        for each in explanation.contributions:
            assert scale * each.log_odds == pytest.approx(each.points, abs=1e-9)


def test_most_clients_effects_lie_among_the_dots_that_are_drawn(model: Model) -> None:
    population = model.bundle.population
    for source, effects in population.effects.items():
        drawn = dots(source, population, 1.0)
        assert 80 <= len(drawn) <= 110, source
        assert min(dot.points for dot in drawn) <= effects.quantiles[len(effects.quantiles) // 2]
        assert max(dot.points for dot in drawn) >= effects.quantiles[len(effects.quantiles) // 2]
