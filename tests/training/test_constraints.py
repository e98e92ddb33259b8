"""Which directions are kept, by what they cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from core.encoding import describe_column
from core.features.vocabulary import COLUMNS
from core.records import Floats
from core.training.boosting import Boosting
from core.training.constraints import KNOWN, choose_constraints

NAMES = ["EXT_SOURCE_1", "AMT_CREDIT", "OWN_CAR_AGE", "FLAG_EMAIL"]


def test_all_that_is_known_of_the_columns_is_kept_when_it_costs_little() -> None:
    found = choose_constraints(NAMES, lambda directions: 0.75 if not directions else 0.7495)
    assert found.directions == {"EXT_SOURCE_1": -1, "AMT_CREDIT": 1, "OWN_CAR_AGE": 1}
    assert found.cost == pytest.approx(0.0005)
    assert found.dropped == ()


def test_a_group_that_costs_too_much_is_dropped_and_named() -> None:
    def auc(directions: Mapping[str, int]) -> float:
        return 0.75 - (0.01 if "AMT_CREDIT" in directions else 0) - 0.0002 * len(directions)

    found = choose_constraints(NAMES, auc)
    assert found.directions == {"EXT_SOURCE_1": -1, "OWN_CAR_AGE": 1}
    assert found.cost == pytest.approx(0.0004)
    assert found.dropped == ("loan",)


def test_costs_add_up_so_that_not_every_cheap_group_is_kept() -> None:
    found = choose_constraints(NAMES, lambda directions: 0.75 - 0.0006 * len(directions))
    assert len(found.directions) == 1
    assert found.cost < 0.001


def test_every_direction_is_of_a_column_that_exists_and_none_of_what_is_protected() -> None:
    directed = [name for directions in KNOWN.values() for name in directions]
    assert set(directed) <= set(COLUMNS)
    assert len(directed) == len(set(directed))
    assert not {describe_column(name)[0] for name in directed} & {"DAYS_BIRTH", "CODE_GENDER", "NAME_FAMILY_STATUS"}


@pytest.mark.parametrize(("way", "sign"), [("rises", 1), ("falls", -1)])
def test_a_model_moves_only_the_way_it_may_even_where_the_clients_say_otherwise(way: str, sign: int) -> None:
    chance = np.random.default_rng(2)
    values = chance.random((3000, 2))
    bad = chance.random(3000) < 0.1 + 0.8 * np.abs(values[:, 0] - 0.5)
    learned = Boosting(directions={"AMT_CREDIT": sign}).learn(values, bad, ["AMT_CREDIT", "FLAG_EMAIL"], 60)
    line = np.column_stack([np.linspace(0, 1, 300), np.full(300, 0.5)])
    moved = np.diff(learned.probability(line)) * sign
    assert (moved >= 0).all(), way
    assert moved.max() > 0


def test_more_of_the_same_loan_never_lowers_the_risk_even_where_the_clients_say_otherwise() -> None:
    chance = np.random.default_rng(3)
    names = ["AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE", "AMT_INCOME_TOTAL", "INCOME_CREDIT_PERC", "PAYMENT_RATE"]
    credit, income = chance.uniform(1, 9, 4000), chance.uniform(1, 9, 4000)
    goods, rate = credit * chance.uniform(0.7, 1.0, 4000), chance.uniform(0.03, 0.12, 4000)

    def loans(credit: Floats, goods: Floats) -> Floats:
        return np.column_stack([credit, rate * credit, goods, income, income / credit, rate])

    bad = chance.random(4000) < np.clip(0.9 - 0.1 * goods, 0, 1)
    directions = {name: way for group in ("loan", "income") for name, way in KNOWN[group].items()}
    learned = Boosting(directions=directions).learn(loans(credit, goods), bad, names, 60)
    steps = [learned.probability(loans(credit * times, goods * times)) for times in np.linspace(0.5, 2.0, 16)]
    assert (np.diff(steps, axis=0) >= 0).all()
    assert np.ptp(steps) > 0
