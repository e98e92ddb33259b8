"""The interface of all kinds of model in training, and cross-validation."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from sklearn.model_selection import StratifiedKFold

from core.records import Checkpoint, Flags, Floats, no_checkpoint

FOLDS = 5
ROWS_WORTH_A_THREAD = 100_000
"""Above this number of rows, one fit uses several threads; below it, fitting several folds at once is faster."""
SEED = 20260101
Parameters = Mapping[str, str | float | int]


class FittedModel(Protocol):
    """A fitted model."""

    def probability(self, values: Floats) -> Floats:
        """P(default), of shape (n_clients,), not calibrated."""

    def weights(self, values: Floats) -> Floats:
        """Each column's share of the model's total importance, of shape (n_columns,), summing to 1."""

    def content(self) -> str | bytes:
        """The content of the model's file in a bundle: LightGBM's text, or the bytes of a joblib file."""


class ModelFactory(Protocol):
    """Fits one kind of model; values are of shape (n_clients, n_columns), defaults (n_clients,).

    on_checkpoint: called where a fit can be stopped, after each tree; an exception that it raises ends the fit.
    """

    @property
    def title(self) -> str:
        """The name of the kind of model."""

    @property
    def parameters(self) -> Parameters:
        """The parameters of the fit: the defaults, or those found by a search."""

    def size(
        self, values: Floats, defaults: Flags, names: Sequence[str], on_checkpoint: Checkpoint = no_checkpoint
    ) -> int:
        """The best number of trees, chosen on these rows alone; 0 for a model without trees."""

    def prepare(self, values: Floats, defaults: Flags) -> object:
        """Data that several calls of `learn_sized` on the same rows can share; None if there is none."""

    def learn_sized(
        self,
        values: Floats,
        defaults: Flags,
        names: Sequence[str],
        on_checkpoint: Checkpoint = no_checkpoint,
        prepared: object = None,
    ) -> tuple[int, FittedModel]:
        """The best size, and a model of that size fitted on the rows that did not choose it."""

    def learn(
        self,
        values: Floats,
        defaults: Flags,
        names: Sequence[str],
        size: int,
        on_checkpoint: Checkpoint = no_checkpoint,
    ) -> FittedModel:
        """The model fitted on all rows given."""


@dataclass(frozen=True, slots=True)
class Folds:
    """Out-of-fold P(default), of shape (n_clients,), and the number of trees of each fold's model."""

    probability: Floats
    trees: tuple[int, ...]

    @property
    def median_trees(self) -> int:
        """The number of trees for a model fitted on all rows."""
        return int(np.median(self.trees))


def cross_validate(
    factory: ModelFactory,
    values: Floats,
    defaults: Flags,
    names: Sequence[str],
    *,
    trees: Sequence[int] | None = None,
    on_checkpoint: Checkpoint = no_checkpoint,
    shared: dict[int, object] | None = None,
) -> Folds:
    """Out-of-fold predictions by five stratified, shuffled folds. If one fold fails, the others are stopped.

    Parameters
    ----------
    factory: the kind of model.
    values, defaults: the rows, of shape (n_clients, n_columns) and (n_clients,).
    names: the columns' names.
    trees: number of trees of each fold; None to choose it on the fold's training rows.
    on_checkpoint: called after each fold.
    shared: prepared data by fold, filled by the first call for the next ones. With it, each fold is predicted by the
        model that chose the number of trees, fitted on 85 % of the training rows: half the cost of a second fit.
    """
    stopped = threading.Event()

    def check_stopped() -> None:
        if stopped.is_set():
            raise CancelledError

    splits = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(values, defaults))

    def predict(position: int) -> tuple[int, Floats]:
        learn, unseen = splits[position]
        rows = (values[learn], defaults[learn])
        if shared is not None:
            if position not in shared:
                shared[position] = factory.prepare(*rows)
            size, model = factory.learn_sized(*rows, names, check_stopped, shared[position])
        else:
            size = trees[position] if trees else factory.size(*rows, names, check_stopped)
            model = factory.learn(*rows, names, size, check_stopped)
        predicted = model.probability(values[unseen])
        on_checkpoint()
        return size, predicted

    probability = np.empty(len(defaults))
    pool = ThreadPoolExecutor(1 if len(defaults) > ROWS_WORTH_A_THREAD else os.cpu_count())
    try:
        results = list(pool.map(predict, range(FOLDS)))
    finally:
        stopped.set()
        pool.shutdown(cancel_futures=True)
    for (_, unseen), (_, predicted) in zip(splits, results, strict=True):
        probability[unseen] = predicted
    return Folds(probability, tuple(size for size, _ in results))
