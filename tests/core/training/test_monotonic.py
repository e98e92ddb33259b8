"""Which directions are kept, by what they cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from core.alignment.parsers import RATIOS, describe_column
from core.features.categories import COLUMNS
from core.records import Floats
from core.training.lightgbm_model import LightGBMFactory
from core.training.monotonic import KNOWN, PROMISED, choose_constraints

NAMES = ["EXT_SOURCE_1", "PAYMENT_RATE", "OWN_CAR_AGE", "FLAG_EMAIL"]
LOANS = ["AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE", "AMT_INCOME_TOTAL"]
LOANS += ["INCOME_CREDIT_PERC", "ANNUITY_INCOME_PERC", "PAYMENT_RATE"]


def test_all_that_is_known_of_the_columns_is_kept_when_it_costs_little() -> None:
    found = choose_constraints(NAMES, lambda directions: 0.75 - {0: 0, 1: 0.004, 3: 0.0045}[len(directions)])
    assert found.directions == {"EXT_SOURCE_1": -1, "PAYMENT_RATE": -1, "OWN_CAR_AGE": 1}
    assert (found.cost, found.loan_cost) == (pytest.approx(0.0045), pytest.approx(0.004))
    assert found.dropped == ()


def test_what_is_promised_of_the_loan_is_kept_whatever_it_costs_and_its_cost_is_told() -> None:
    found = choose_constraints(NAMES, lambda directions: 0.75 - 0.02 * len(directions))
    assert found.directions == {"PAYMENT_RATE": -1}
    assert (found.cost, found.loan_cost) == (pytest.approx(0.02), pytest.approx(0.02))
    assert found.dropped == ("external scores", "car")


def test_a_group_that_costs_too_much_is_dropped_and_named() -> None:
    def auc(directions: Mapping[str, int]) -> float:
        return 0.75 - (0.01 if "OWN_CAR_AGE" in directions else 0) - 0.0002 * len(directions)

    found = choose_constraints(NAMES, auc)
    assert found.directions == {"EXT_SOURCE_1": -1, "PAYMENT_RATE": -1}
    assert (found.cost, found.loan_cost) == (pytest.approx(0.0004), pytest.approx(0.0002))
    assert found.dropped == ("car",)


def test_costs_add_up_so_that_not_every_cheap_group_is_kept() -> None:
    found = choose_constraints(NAMES, lambda directions: 0.75 - 0.0006 * len(directions))
    assert len(found.directions) == 2
    assert found.cost == pytest.approx(0.0012)
    assert found.dropped == ("car",)


def test_every_direction_is_of_a_column_that_exists_and_none_of_what_is_protected() -> None:
    directed = [name for directions in (PROMISED, *KNOWN.values()) for name in directions]
    assert set(directed) <= set(COLUMNS)
    assert len(directed) == len(set(directed))
    assert not {describe_column(name)[0] for name in directed} & {"DAYS_BIRTH", "CODE_GENDER", "NAME_FAMILY_STATUS"}


@pytest.mark.parametrize(("way", "sign"), [("rises", 1), ("falls", -1)])
def test_a_model_moves_only_the_way_it_may_even_where_the_clients_say_otherwise(way: str, sign: int) -> None:
    chance = np.random.default_rng(2)
    values = chance.random((3000, 2))
    bad = chance.random(3000) < 0.1 + 0.8 * np.abs(values[:, 0] - 0.5)
    learned = LightGBMFactory(directions={"AMT_CREDIT": sign}).learn(values, bad, ["AMT_CREDIT", "FLAG_EMAIL"], 60)
    line = np.column_stack([np.linspace(0, 1, 300), np.full(300, 0.5)])
    moved = np.diff(learned.probability(line)) * sign
    assert (moved >= 0).all(), way
    assert moved.max() > 0


@pytest.mark.parametrize("same", ["terms", "annuity"])
def test_a_larger_loan_never_lowers_the_risk_even_where_the_clients_say_otherwise(same: str) -> None:
    chance = np.random.default_rng(3)
    credit, rate, income = chance.uniform(1, 9, 4000), chance.uniform(0.03, 0.12, 4000), chance.uniform(1, 9, 4000)
    goods = credit * chance.uniform(0.7, 1.0, 4000)

    def loans(times: float, annuity: float) -> Floats:
        paid = rate * credit * annuity
        amounts = (credit * times, paid, goods * times, income)
        return np.column_stack([*amounts, income / (credit * times), paid / income, paid / (credit * times)])

    dearer, hump = np.clip(goods / 9, 0, 1), 1 - np.abs(rate - 0.075) / 0.045
    bad = chance.random(4000) < 0.1 + 0.4 * (1 - dearer) + 0.4 * hump
    learned = LightGBMFactory(directions=PROMISED).learn(loans(1.0, 1.0), bad, LOANS, 60)
    steps = [
        learned.probability(loans(times, times if same == "terms" else 1.0)) for times in np.linspace(0.5, 2.0, 31)
    ]
    assert (np.diff(steps, axis=0) >= 0).all()
    assert np.ptp(steps) > 0


def test_every_column_that_a_larger_loan_moves_is_held() -> None:
    moved = {"AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE"}
    moved |= {ratio for ratio, parts in RATIOS.items() if moved & set(parts)}
    assert set(PROMISED) == moved
