"""The search for parameters: within its budget, never worse than the usual ones, the same again."""

from __future__ import annotations

import pytest

from core.training.cross_validation import Parameters
from core.training.lightgbm_model import USUAL, LightGBMFactory
from core.training.logistic_model import LogisticFactory
from core.training.search import FOUND_BEFORE, SPACES, factory_of, search


def bowl(parameters: Parameters) -> float:
    """Least where there are ten leaves and little penalty."""
    return abs(float(parameters["num_leaves"]) - 10) + float(parameters["lambda_l2"]) / 1000


def test_the_first_trial_is_the_usual_parameters_so_the_best_is_never_worse() -> None:
    found = search("lightgbm", "a name", 8, bowl)
    assert found.name == "a name"
    assert len(found.trials) == 8
    assert found.trials[0].parameters == USUAL
    assert found.best.log_loss == min(trial.log_loss for trial in found.trials) <= bowl(USUAL)


def test_the_second_trial_is_what_was_found_before_and_wins_where_it_is_better() -> None:
    found = search("lightgbm", "two", 2, lambda parameters: -float(parameters["min_child_samples"]))
    assert [trial.parameters for trial in found.trials] == [USUAL, FOUND_BEFORE]
    assert found.best.parameters == FOUND_BEFORE


def test_the_same_search_twice_makes_the_same_trials() -> None:
    assert search("lightgbm", "one", 6, bowl).trials == search("lightgbm", "other", 6, bowl).trials


@pytest.mark.parametrize("kind", list(SPACES))
def test_every_trial_stays_within_its_space(kind: str) -> None:
    found = search(kind, kind, 12, lambda parameters: float(next(iter(parameters.values()))))
    for trial in found.trials:
        for name, (_, low, high) in SPACES[kind].items():
            assert low <= float(trial.parameters[name]) <= high


def test_every_trial_is_told() -> None:
    told: list[int] = []
    search("logistic", "told", 3, lambda parameters: 0.0, lambda: told.append(1))
    assert len(told) == 3


def test_a_recipe_takes_the_parameters_it_is_given() -> None:
    assert factory_of("lightgbm") == LightGBMFactory()
    assert factory_of("logistic", {"C": 0.5}) == LogisticFactory(parameters={"C": 0.5})
