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

    def prepare(self, values: Floats, defaults: Flags, names: Sequence[str]) -> object:
        """What several fits to the same rows and columns can share, whatever their directions; None if nothing."""

    def learn(
        self,
        values: Floats,
        defaults: Flags,
        names: Sequence[str],
        size: int,
        step: Step = go_on,
        prepared: object = None,
    ) -> FittedModel:
        """The model fitted on all rows given; prepared: what `prepare` gave for them."""


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
    With `trees`, one number a fold, nothing is chosen. shared: what was prepared of each fold in an earlier call for
    the same rows and columns, or will be in this one. When a fold fails or the run is stopped, the
    other folds are given up.
    """
    stopped = threading.Event()

    def step() -> None:
        if stopped.is_set():
            raise CancelledError

    splits = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(values, defaults))

    def predict(position: int) -> tuple[int, Floats]:
        learn, unseen = splits[position]
        wanted = trees[position] if trees else recipe.size(values[learn], defaults[learn], names, step)
        prepared = shared.get(position) if shared is not None else None
        if shared is not None and prepared is None:
            prepared = shared[position] = recipe.prepare(values[learn], defaults[learn], names)
        rows = (values[learn], defaults[learn], names)
        found = recipe.learn(*rows, wanted, step, prepared).probability(values[unseen])
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
