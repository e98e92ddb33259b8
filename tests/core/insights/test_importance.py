"""Is a reason usual? On effects that a reader can check by hand, and on the model that ships."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.insights.importance import dots, importances, points_per_log_odds, share_with_smaller_effect
from core.model.schema import EffectBand, Effects, Population
from core.records import Contribution, ValueOrigin
from core.scoring.assess import Model, explain_clients

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


def test_importance_here_and_for_everybody_are_shares(model: Model, thousand) -> None:
    explanation = explain_clients(model, thousand.found)[0]
    every = importances(explanation, model.bundle, most=1000)
    assert sum(each.everybody for each in every) == pytest.approx(1.0)
    assert sum(each.here for each in every) == pytest.approx(1.0)
    few = importances(explanation, model.bundle, most=5)
    assert explanation.contributions[0].source in {each.source for each in few}
    assert every[0].source in {each.source for each in few}


def test_scale_turns_log_odds_into_this_client_s_points(model: Model, thousand) -> None:
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
