"""Searches for better parameters than the default ones, with Optuna's seeded TPE, on the open rows only.

The first trials are the default parameters and the result of an earlier search, so the result is at least as good out
of fold. The objective is the out-of-fold log loss, which measures calibration as well as ranking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.training.cross_validation import SEED, ModelFactory, Parameters
from core.training.lightgbm_model import USUAL, LightGBMFactory
from core.training.logistic_model import LogisticFactory

Space = dict[str, tuple[str, float, float]]

SPACES: dict[str, Space] = {
    "lightgbm": {
        "num_leaves": ("int", 4, 24),
        "min_child_samples": ("int", 100, 600),
        "feature_fraction": ("float", 0.1, 0.6),
        "bagging_fraction": ("float", 0.6, 0.95),
        "lambda_l2": ("log", 1.0, 100.0),
        "learning_rate": ("log", 0.015, 0.05),
    },
    "logistic": {"C": ("log", 1e-4, 1.0)},
}
FOUND_BEFORE: Parameters = {
    "num_leaves": 20,
    "min_child_samples": 574,
    "feature_fraction": 0.2766,
    "bagging_fraction": 0.9403,
    "lambda_l2": 4.087,
    "learning_rate": 0.02095,
}
"""The result of a search of 16 trials on the public application table; it may not suit other data or constraints."""
STARTS: dict[str, tuple[Parameters, ...]] = {
    "lightgbm": (USUAL, FOUND_BEFORE),
    "logistic": (LogisticFactory().parameters,),
}
"""The first trials of a search; the first of them are the default parameters, used without a search."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The parameters of one trial, and their out-of-fold log loss."""

    parameters: Parameters
    log_loss: float


@dataclass(frozen=True, slots=True)
class Search:
    """A search: its name, and its trials in order; the first has the default parameters."""

    name: str
    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        """The first trial with the smallest log loss."""
        return min(self.trials, key=lambda trial: trial.log_loss)


def search(
    kind: str, name: str, budget: int, loss: Callable[[Parameters], float], tick: Callable[[], None] = lambda: None
) -> Search:
    """Search the parameters of a kind of model; the same loss function gives the same trials.

    Parameters
    ----------
    kind: "lightgbm" or "logistic".
    name: the name of the search.
    budget: number of trials.
    loss: computes the out-of-fold log loss of a model with these parameters.
    tick: called after each trial.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(study_name=name, sampler=optuna.samplers.TPESampler(seed=SEED))
    for start in STARTS[kind]:
        study.enqueue_trial({name: start[name] for name in SPACES[kind]})
    trials: list[Trial] = []

    def attempt(trial: Any) -> float:
        chosen = {**STARTS[kind][0], **{name: _suggest(trial, name, *bounds) for name, bounds in SPACES[kind].items()}}
        value = loss(chosen)
        trials.append(Trial(chosen, value))
        tick()
        return value

    study.optimize(attempt, n_trials=budget)
    return Search(name, tuple(trials))


def factory_of(kind: str, parameters: Parameters | None = None) -> ModelFactory:
    """The factory of a kind of model ("lightgbm" or "logistic"), with its default parameters unless given."""
    chosen = STARTS[kind][0] if parameters is None else parameters
    return LightGBMFactory(parameters=chosen) if kind == "lightgbm" else LogisticFactory(parameters=chosen)


def _suggest(trial: Any, name: str, scale: str, low: float, high: float) -> float | int:
    if scale == "int":
        return int(trial.suggest_int(name, int(low), int(high)))
    return float(f"{trial.suggest_float(name, low, high, log=scale == 'log'):.4g}")
