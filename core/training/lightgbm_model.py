"""Fits LightGBM: how many trees, which way each column may push, and the text that ships.

Nothing is resampled and no class weighs more, so that P(default) means what it says. A leaf is made of 200 people or
more by LightGBM's estimate from the hessians: on real data the smallest holds about half as many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import lightgbm as lgb
import numpy as np
from sklearn.model_selection import train_test_split

from core.records import Flags, Floats
from core.training.cross_validation import ROWS_WORTH_A_THREAD, SEED, Parameters, Step, go_on

MAX_TREES = 2000
PATIENCE = 100
STOPPING_SHARE = 0.15
THREADS = 2
ROWS_EXPLAINED = 50_000
FIXED: Parameters = {
    "objective": "binary",
    "bagging_freq": 1,
    "monotone_constraints_method": "basic",
    "deterministic": True,
    "force_col_wise": True,
    "seed": SEED,
    "verbose": -1,
}
USUAL: Parameters = {
    "learning_rate": 0.03,
    "num_leaves": 8,
    "min_child_samples": 200,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "lambda_l2": 10.0,
}

_PARAMETERS = re.compile(r"\nparameters:.*?end of parameters\n", re.DOTALL)
_RANGES = re.compile(r"^feature_infos=(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class LightGBMModel:
    """Fitted trees, and on how many threads they predict.

    It is the number they were fitted on: LightGBM keeps one number for the whole process, and a prediction that
    names none sets it to that of the machine while other folds still fit, whose buffers are then too few.
    """

    booster: lgb.Booster
    threads: int = 1

    def probability(self, values: Floats) -> Floats:
        """P(default), of shape (n_clients,)."""
        return np.asarray(self.booster.predict(values, num_threads=self.threads), dtype=np.float64)

    def weights(self, values: Floats) -> Floats:
        """Mean absolute SHAP value of each column, over 50,000 rows at most that lie evenly among those given."""
        step = -(-len(values) // ROWS_EXPLAINED)
        rows = values[::step]
        total = np.zeros(values.shape[1])
        for part in np.array_split(rows, max(1, len(rows) // 5000)):
            found = self.booster.predict(part, pred_contrib=True, num_threads=self.threads)
            total += np.abs(np.asarray(found)[:, :-1]).sum(axis=0)
        return total / total.sum() if total.sum() else np.full(len(total), 1 / len(total))

    def content(self) -> str:
        """LightGBM's text, as it ships."""
        return portable_text(self.booster)


@dataclass(frozen=True)
class LightGBMFactory:
    """LightGBM with these parameters; directions: +1 where the risk may only rise with a column, -1 only fall."""

    parameters: Parameters = field(default_factory=lambda: USUAL)
    directions: Mapping[str, int] = field(default_factory=dict)
    title: str = "LightGBM"

    def size(self, values: Floats, defaults: Flags, names: Sequence[str], step: Step = go_on) -> int:
        """The number of trees at which 15 % of the rows, kept apart, are predicted best."""
        return self.learn_sized(values, defaults, names, step)[0]

    def prepare(self, values: Floats, defaults: Flags) -> tuple[lgb.Dataset, lgb.Dataset]:
        """The rows in bins, which takes as long as dozens of trees: 85 % to learn from, and 15 % to stop by."""
        learn, stop = train_test_split(
            np.arange(len(defaults)), test_size=STOPPING_SHARE, stratify=defaults, random_state=SEED
        )
        dataset = _dataset(values[learn], defaults[learn], FIXED)
        return dataset.construct(), dataset.create_valid(values[stop], defaults[stop].astype(np.float64)).construct()

    def learn_sized(
        self,
        values: Floats,
        defaults: Flags,
        names: Sequence[str],
        step: Step = go_on,
        prepared: object = None,
    ) -> tuple[int, LightGBMModel]:
        """As many trees as predict 15 % of the rows best, fitted on the others; prepared: what `prepare` gave."""
        binned = prepared if isinstance(prepared, tuple) else self.prepare(values, defaults)
        dataset, stop = binned
        fitted = lgb.train(
            self._parameters(names, len(values)),
            dataset,
            MAX_TREES,
            valid_sets=[stop],
            callbacks=[lgb.early_stopping(PATIENCE, verbose=False), lambda _: step()],
        )
        return max(1, fitted.best_iteration), LightGBMModel(fitted, _threads(len(values)))

    def learn(
        self, values: Floats, defaults: Flags, names: Sequence[str], size: int, step: Step = go_on
    ) -> LightGBMModel:
        """That many trees, fitted on all rows given."""
        parameters, dataset = self._parameters(names, len(values)), _dataset(values, defaults)
        return LightGBMModel(lgb.train(parameters, dataset, size, callbacks=[lambda _: step()]), _threads(len(values)))

    def _parameters(self, names: Sequence[str], rows: int) -> dict[str, object]:
        """The same model comes out whatever the threads; on few rows they would only wait for each other."""
        return {
            **FIXED,
            **self.parameters,
            "monotone_constraints": [self.directions.get(name, 0) for name in names],
            "num_threads": _threads(rows),
        }


def portable_text(booster: lgb.Booster) -> str:
    """LightGBM's text of a model, without what scoring does not need.

    That is the smallest and largest value of each column, which are single people's, and the parameters,
    which name the machine's threads.
    """
    text = _PARAMETERS.sub("\n", booster.model_to_string(num_iteration=-1))
    return _RANGES.sub(lambda found: "feature_infos=" + " ".join(["none"] * len(found[1].split())), text)


def _threads(rows: int) -> int:
    return THREADS if rows > ROWS_WORTH_A_THREAD else 1


def _dataset(values: Floats, defaults: Flags, parameters: Mapping[str, object] | None = None) -> lgb.Dataset:
    """Columns get plain names (c0, c1, …), for LightGBM refuses the colons and commas of some categories."""
    names = [f"c{position}" for position in range(values.shape[1])]
    return lgb.Dataset(values, defaults.astype(np.float64), feature_name=names, params=dict(parameters or {}))
