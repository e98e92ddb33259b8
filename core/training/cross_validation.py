"""What every kind of model has in common while it is trained: how it learns, and predictions it has not seen."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from sklearn.model_selection import StratifiedKFold

from core.records import Flags, Floats

FOLDS = 5
ROWS_WORTH_A_THREAD = 100_000
"""Above so many rows a fit takes all processors for itself; below it is faster to fit several folds at once."""
SEED = 20260101
Parameters = Mapping[str, str | float | int]
Step = Callable[[], None]


def go_on() -> None:
    """A step that asks nothing."""


class FittedModel(Protocol):
    """A fitted model."""

    def probability(self, values: Floats) -> Floats:
        """P(default), of shape (n_clients,), not calibrated."""

    def weights(self, values: Floats) -> Floats:
        """Each column's share of the model's information, of shape (n_columns,), summing to 1."""

    def content(self) -> str | bytes:
        """What a bundle holds of it: LightGBM's text, or what joblib writes."""


class ModelFactory(Protocol):
    """How one kind of model is learned; values are of shape (n_clients, n_columns), defaults (n_clients,).

    step: called wherever a fit can be given up, after each tree where there are trees; what it raises ends the fit.
    """

    @property
    def title(self) -> str:
        """The kind of model in words."""

    @property
    def parameters(self) -> Parameters:
        """What was chosen before any row was seen, or by a search."""

    def size(self, values: Floats, defaults: Flags, names: Sequence[str], step: Step = go_on) -> int:
        """How many trees to grow, found on these rows alone; 0 for a model without trees."""

    def prepare(self, values: Floats, defaults: Flags) -> object:
        """What several `learn_sized` of the same rows can share, whatever their directions; None if nothing."""

    def learn_sized(
        self,
        values: Floats,
        defaults: Flags,
        names: Sequence[str],
        step: Step = go_on,
        prepared: object = None,
    ) -> tuple[int, FittedModel]:
        """The size, and the model of that size fitted on the rows that did not choose it."""

    def learn(
        self, values: Floats, defaults: Flags, names: Sequence[str], size: int, step: Step = go_on
    ) -> FittedModel:
        """The model fitted on all rows given."""


@dataclass(frozen=True, slots=True)
class Folds:
    """Out-of-fold P(default), of shape (n_clients,), and how many trees each fold's model has."""

    probability: Floats
    trees: tuple[int, ...]

    @property
    def median_trees(self) -> int:
        """The number of trees for a model fitted on everything."""
        return int(np.median(self.trees))


def cross_validate(
    recipe: ModelFactory,
    values: Floats,
    defaults: Flags,
    names: Sequence[str],
    *,
    trees: Sequence[int] | None = None,
    tick: Step = go_on,
    shared: dict[int, object] | None = None,
) -> Folds:
    """Five stratified, shuffled folds.

    In each fold the rows to learn from say how many trees there are; the rows that are predicted choose nothing.
    With `trees`, one number a fold, nothing is chosen. With `shared` each fold is predicted by the model that its
    size was found with, on 85 % of the fold's rows: that costs half as much, and two recipes are compared as fairly.
    What was prepared of each fold is left there for the next call. When a fold fails or the run is stopped, the
    other folds are given up.
    """
    stopped = threading.Event()

    def step() -> None:
        if stopped.is_set():
            raise CancelledError

    splits = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(values, defaults))

    def predict(position: int) -> tuple[int, Floats]:
        learn, unseen = splits[position]
        rows = (values[learn], defaults[learn])
        if shared is not None:
            if position not in shared:
                shared[position] = recipe.prepare(*rows)
            wanted, model = recipe.learn_sized(*rows, names, step, shared[position])
        else:
            wanted = trees[position] if trees else recipe.size(*rows, names, step)
            model = recipe.learn(*rows, names, wanted, step)
        found = model.probability(values[unseen])
        tick()
        return wanted, found

    probability = np.empty(len(defaults))
    pool = ThreadPoolExecutor(1 if len(defaults) > ROWS_WORTH_A_THREAD else os.cpu_count())
    try:
        found = list(pool.map(predict, range(FOLDS)))
    finally:
        stopped.set()
        pool.shutdown(cancel_futures=True)
    for (_, unseen), (_, predicted) in zip(splits, found, strict=True):
        probability[unseen] = predicted
    return Folds(probability, tuple(wanted for wanted, _ in found))
