"""Looks for better parameters than the usual ones: Optuna's TPE, seeded, on the open rows alone.

The first trials are the usual parameters and what was found before, so that a search can only find something at least
as good out of fold. What counts is the out-of-fold log loss, which asks for true probabilities as well as for the
right order.
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
"""What a search of 16 trials found on the public application table; other data and constraints may want others."""
STARTS: dict[str, tuple[Parameters, ...]] = {
    "lightgbm": (USUAL, FOUND_BEFORE),
    "logistic": (LogisticFactory().parameters,),
}
"""Where a search begins: the usual parameters first, which are those of a model without a search."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One attempt: its parameters, and the out-of-fold log loss they gave."""

    parameters: Parameters
    log_loss: float


@dataclass(frozen=True, slots=True)
class Search:
    """A search: its name, and its trials in the order they were made; the first is the usual parameters."""

    name: str
    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        """The trial with the least log loss; of equals the first."""
        return min(self.trials, key=lambda trial: trial.log_loss)


def search(
    kind: str, name: str, budget: int, loss: Callable[[Parameters], float], tick: Callable[[], None] = lambda: None
) -> Search:
    """`budget` trials of a kind of model ("lightgbm" or "logistic"); the same loss gives the same trials.

    loss: the out-of-fold log loss of a model with these parameters.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(study_name=name, sampler=optuna.samplers.TPESampler(seed=SEED))
    for start in STARTS[kind]:
        study.enqueue_trial({name: start[name] for name in SPACES[kind]})
    trials: list[Trial] = []

    def attempt(trial: Any) -> float:
        chosen = {**STARTS[kind][0], **{name: _suggest(trial, name, *bounds) for name, bounds in SPACES[kind].items()}}
        found = loss(chosen)
        trials.append(Trial(chosen, found))
        tick()
        return found

    study.optimize(attempt, n_trials=budget)
    return Search(name, tuple(trials))


def factory_of(kind: str, parameters: Parameters | None = None) -> ModelFactory:
    """The recipe of a kind of model, with its usual parameters unless given."""
    chosen = STARTS[kind][0] if parameters is None else parameters
    return LightGBMFactory(parameters=chosen) if kind == "lightgbm" else LogisticFactory(parameters=chosen)


def _suggest(trial: Any, name: str, scale: str, low: float, high: float) -> float | int:
    if scale == "int":
        return int(trial.suggest_int(name, int(low), int(high)))
    return float(f"{trial.suggest_float(name, low, high, log=scale == 'log'):.4g}")
