"""Which directions are kept, by what they cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from core.alignment.parsers import describe_column
from core.features.categories import COLUMNS
from core.training.lightgbm_model import LightGBMFactory
from core.training.monotonic import KNOWN, choose_constraints

NAMES = ["EXT_SOURCE_1", "PAYMENT_RATE", "OWN_CAR_AGE", "FLAG_EMAIL", "AMT_CREDIT"]


def test_all_that_is_known_of_the_columns_is_kept_when_it_costs_little() -> None:
    asked: list[int] = []

    def measured(directions: Mapping[str, int]) -> float:
        asked.append(len(directions))
        return 0.7 - 0.0003 * len(directions)

    found = choose_constraints(NAMES, measured)
    assert found.directions == {"AMT_CREDIT": 1, "EXT_SOURCE_1": -1, "OWN_CAR_AGE": 1}
    assert found.cost == pytest.approx(0.0009)
    assert found.dropped == ()
    assert asked == [0, 3]


def test_a_group_that_costs_too_much_is_dropped_and_named() -> None:
    def measured(directions: Mapping[str, int]) -> float:
        return 0.75 - (0.01 if "OWN_CAR_AGE" in directions else 0) - 0.0002 * len(directions)

    found = choose_constraints(NAMES, measured)
    assert found.directions == {"AMT_CREDIT": 1, "EXT_SOURCE_1": -1}
    assert found.cost == pytest.approx(0.0004)
    assert found.dropped == ("car",)


def test_a_group_in_the_first_half_is_dropped_without_the_second_half_asked_one_by_one() -> None:
    asked: list[set[str]] = []

    def measured(directions: Mapping[str, int]) -> float:
        asked.append(set(directions))
        return 0.6 - (0.005 if "AMT_CREDIT" in directions else 0.0)

    found = choose_constraints(NAMES, measured)
    assert found.directions == {"EXT_SOURCE_1": -1, "OWN_CAR_AGE": 1}
    assert found.cost == 0.0
    assert found.dropped == ("loan",)
    every = {"AMT_CREDIT", "EXT_SOURCE_1", "OWN_CAR_AGE"}
    assert asked == [set(), every, {"AMT_CREDIT"}, {"EXT_SOURCE_1", "OWN_CAR_AGE"}]


def test_groups_that_are_cheap_one_by_one_and_dear_together_are_not_all_kept() -> None:
    names = ["AMT_CREDIT", "EXT_SOURCE_1", "AMT_INCOME_TOTAL", "OWN_CAR_AGE"]
    costs = {0: 0.0, 1: 0.0006, 2: 0.0012, 3: 0.0014, 4: 0.0026}

    # All four and the first two cost too much; each of the first two is cheap after the one before, the others not.
    found = choose_constraints(names, lambda directions: 0.75 - costs[len(directions)])
    assert found.directions == {"AMT_CREDIT": 1, "EXT_SOURCE_1": -1, "AMT_INCOME_TOTAL": -1}
    assert found.dropped == ("car",)


def test_without_a_known_column_nothing_is_held() -> None:
    found = choose_constraints(["FLAG_EMAIL"], lambda directions: 0.75)
    assert (found.directions, found.cost, found.dropped) == ({}, 0.0, ())


def test_every_direction_is_of_a_column_that_exists_and_none_of_what_is_protected() -> None:
    directed = [name for directions in KNOWN.values() for name in directions]
    assert set(directed) <= set(COLUMNS)
    assert len(directed) == len(set(directed))
    assert not {describe_column(name)[0] for name in directed} & {"DAYS_BIRTH", "CODE_GENDER", "NAME_FAMILY_STATUS"}


def test_the_length_of_a_loan_is_free_to_say_what_it_says() -> None:
    assert not any("PAYMENT_RATE" in directions for directions in KNOWN.values())


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
