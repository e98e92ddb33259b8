"""Fits LightGBM with monotonic constraints, chooses the number of trees, and writes the text that ships.

Rows are not resampled and classes not weighted, so that P(default) is calibrated. LightGBM estimates the minimum of 200
people per leaf from the hessians: on real data the smallest leaf has about half as many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import lightgbm as lgb
import numpy as np
from sklearn.model_selection import train_test_split

from core.records import Checkpoint, Flags, Floats, no_checkpoint
from core.training.cross_validation import ROWS_WORTH_A_THREAD, SEED, Parameters

MAX_TREES = 2000
PATIENCE = 3.0
"""Early stopping waits for as many trees as have learning rates that add up to this: 100 at the default rate."""
QUICKER = 3.0
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
    """Fitted trees, and the number of threads that they predict on.

    It must be the number they were fitted on: LightGBM has one number for the whole process, and a prediction without
    one would set it to the machine's while other folds are being fitted with buffers for fewer threads.
    """

    booster: lgb.Booster
    threads: int = 1

    def probability(self, values: Floats) -> Floats:
        """P(default), of shape (n_clients,)."""
        return np.asarray(self.booster.predict(values, num_threads=self.threads), dtype=np.float64)

    def weights(self, values: Floats) -> Floats:
        """Mean absolute SHAP value of each column, scaled to sum to 1, over at most 50,000 evenly spaced rows."""
        step = -(-len(values) // ROWS_EXPLAINED)
        rows = values[::step]
        total = np.zeros(values.shape[1])
        for part in np.array_split(rows, max(1, len(rows) // 5000)):
            contributions = self.booster.predict(part, pred_contrib=True, num_threads=self.threads)
            total += np.abs(np.asarray(contributions)[:, :-1]).sum(axis=0)
        return total / total.sum() if total.sum() else np.full(len(total), 1 / len(total))

    def content(self) -> str:
        """LightGBM's text, as it ships."""
        return portable_text(self.booster)


@dataclass(frozen=True)
class LightGBMFactory:
    """LightGBM with these parameters. directions: by column, +1 if the risk may only rise with it, −1 only fall."""

    parameters: Parameters = field(default_factory=lambda: USUAL)
    directions: Mapping[str, int] = field(default_factory=dict)
    title: str = "LightGBM"

    def quicker(self) -> LightGBMFactory:
        """The same with three times the learning rate: a third of the trees, for differences between two models."""
        rate = QUICKER * float(self.parameters["learning_rate"])
        return replace(self, parameters={**self.parameters, "learning_rate": rate})

    def size(
        self, values: Floats, defaults: Flags, names: Sequence[str], on_checkpoint: Checkpoint = no_checkpoint
    ) -> int:
        """The number of trees that best predicts a held-out 15 % of the rows."""
        return self.learn_sized(values, defaults, names, on_checkpoint)[0]

    def prepare(self, values: Floats, defaults: Flags) -> tuple[lgb.Dataset, lgb.Dataset]:
        """The binned rows, 85 % for training and 15 % for early stopping; binning takes as long as dozens of trees."""
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
        on_checkpoint: Checkpoint = no_checkpoint,
        prepared: object = None,
    ) -> tuple[int, LightGBMModel]:
        """The number of trees that best predicts a held-out 15 % of the rows, and the trees fitted on the others.

        prepared: the result of `prepare` for the same rows.
        """
        binned = prepared if isinstance(prepared, tuple) else self.prepare(values, defaults)
        dataset, stop = binned
        parameters = self._parameters(names, len(values))
        fitted = lgb.train(
            parameters,
            dataset,
            MAX_TREES,
            valid_sets=[stop],
            callbacks=[
                lgb.early_stopping(round(PATIENCE / float(self.parameters["learning_rate"])), verbose=False),
                lambda _: on_checkpoint(),
            ],
        )
        return max(1, fitted.best_iteration), LightGBMModel(fitted, _threads(len(values)))

    def learn(
        self,
        values: Floats,
        defaults: Flags,
        names: Sequence[str],
        size: int,
        on_checkpoint: Checkpoint = no_checkpoint,
    ) -> LightGBMModel:
        """`size` trees fitted on all rows."""
        parameters, dataset = self._parameters(names, len(values)), _dataset(values, defaults)
        return LightGBMModel(
            lgb.train(parameters, dataset, size, callbacks=[lambda _: on_checkpoint()]), _threads(len(values))
        )

    def _parameters(self, names: Sequence[str], rows: int) -> dict[str, object]:
        """The parameters of a fit. The number of threads does not change the model; on few rows one is fastest."""
        return {
            **FIXED,
            **self.parameters,
            "monotone_constraints": [self.directions.get(name, 0) for name in names],
            "num_threads": _threads(rows),
        }


def portable_text(booster: lgb.Booster) -> str:
    """LightGBM's text of a model, without the parts that scoring does not need.

    It removes each column's minimum and maximum, which are values of single people, and the parameters, which include
    the machine's number of threads.
    """
    text = _PARAMETERS.sub("\n", booster.model_to_string(num_iteration=-1))
    return _RANGES.sub(lambda match: "feature_infos=" + " ".join(["none"] * len(match[1].split())), text)


def _threads(rows: int) -> int:
    return THREADS if rows > ROWS_WORTH_A_THREAD else 1


def _dataset(values: Floats, defaults: Flags, parameters: Mapping[str, object] | None = None) -> lgb.Dataset:
    """The columns are named c0, c1, …, because LightGBM refuses the colons and commas in some categories."""
    names = [f"c{position}" for position in range(values.shape[1])]
    return lgb.Dataset(values, defaults.astype(np.float64), feature_name=names, params=dict(parameters or {}))
