"""Fits LightGBM: how many trees, probabilities that no fitted model had seen the answer of, and the text that ships.

Nothing is resampled and no class weighs more, so that P(default) means what it says. External scores may only
lower the risk as they rise. A leaf is made of 200 people or more by LightGBM's estimate from the hessians: on
real data the smallest holds about half as many.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from sklearn.model_selection import StratifiedKFold, train_test_split

from core.records import Flags, Floats

FOLDS = 5
SEED = 20260101
MOST_TREES = 2000
PATIENCE = 100
STOPPING_SHARE = 0.15
THREADS = 2
ROWS_WORTH_A_THREAD = 100_000
FALLING_RISK = ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3")
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 8,
    "min_child_samples": 200,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "monotone_constraints_method": "basic",
    "deterministic": True,
    "force_row_wise": True,
    "seed": SEED,
    "verbose": -1,
}

_PARAMETERS = re.compile(r"\nparameters:.*?end of parameters\n", re.DOTALL)
_RANGES = re.compile(r"^feature_infos=(.*)$", re.MULTILINE)


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
    values: Floats,
    defaults: Flags,
    names: Sequence[str],
    *,
    trees: Sequence[int] | None = None,
    tick: Callable[[], None] = lambda: None,
) -> Folds:
    """Five stratified, shuffled folds; values of shape (n_clients, n_columns), defaults (n_clients,).

    In each fold 15 % of the rows to learn from say when to stop, then a model of that many trees learns from
    all of them: the rows it predicts choose nothing. With `trees`, one number a fold, nothing is chosen.
    """
    probability = np.empty(len(defaults))
    chosen: list[int] = []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for position, (learn, predict) in enumerate(folds.split(values, defaults)):
        wanted = trees[position] if trees else _stopping_point(values[learn], defaults[learn], names)
        booster = fit(values[learn], defaults[learn], names, trees=wanted)
        probability[predict] = np.asarray(booster.predict(values[predict]))
        chosen.append(wanted)
        tick()
    return Folds(probability, tuple(chosen))


def fit(values: Floats, defaults: Flags, names: Sequence[str], *, trees: int) -> lgb.Booster:
    """A model of that many trees, fitted on all rows given."""
    return lgb.train(_parameters(names, len(values)), _dataset(values, defaults), trees)


def importance(booster: lgb.Booster, values: Floats) -> Floats:
    """Each column's share of the model's information: mean absolute SHAP value over the rows, summing to 1."""
    total = np.zeros(values.shape[1])
    for part in np.array_split(values, max(1, len(values) // 5000)):
        total += np.abs(np.asarray(booster.predict(part, pred_contrib=True))[:, :-1]).sum(axis=0)
    return total / total.sum() if total.sum() else np.full(len(total), 1 / len(total))


def portable_text(booster: lgb.Booster) -> str:
    """LightGBM's text of a model, without what scoring does not need.

    That is the smallest and largest value of each column, which are single people's, and the parameters,
    which name the machine's threads.
    """
    text = _PARAMETERS.sub("\n", booster.model_to_string(num_iteration=-1))
    return _RANGES.sub(lambda found: "feature_infos=" + " ".join(["none"] * len(found[1].split())), text)


def _stopping_point(values: Floats, defaults: Flags, names: Sequence[str]) -> int:
    learn, stop = train_test_split(
        np.arange(len(defaults)), test_size=STOPPING_SHARE, stratify=defaults, random_state=SEED
    )
    fitted = lgb.train(
        _parameters(names, len(learn)),
        _dataset(values[learn], defaults[learn]),
        MOST_TREES,
        valid_sets=[_dataset(values[stop], defaults[stop])],
        callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
    )
    return max(1, fitted.best_iteration)


def _dataset(values: Floats, defaults: Flags) -> lgb.Dataset:
    """Columns get plain names (c0, c1, …), for LightGBM refuses the colons and commas of some categories."""
    names = [f"c{position}" for position in range(values.shape[1])]
    return lgb.Dataset(values, defaults.astype(np.float64), feature_name=names)


def _parameters(names: Sequence[str], rows: int) -> dict[str, object]:
    """The same model comes out whatever the threads; on few rows they would only wait for each other."""
    return {
        **PARAMETERS,
        "monotone_constraints": [-1 if name in FALLING_RISK else 0 for name in names],
        "num_threads": THREADS if rows > ROWS_WORTH_A_THREAD else 1,
    }
