"""The honest baseline: what a plain logistic regression on the same columns and rows is worth.

Missing numbers take the median, every column is scaled to the average client and one standard deviation, and the
regression adds them up. It is kept by joblib and serves as a bundle of that kind.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import joblib
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from core.records import Flags, Floats
from core.training.cross_validation import Parameters, Step, go_on

MAX_STEPS = 2000


@dataclass(frozen=True)
class LogisticModel:
    """A fitted pipeline."""

    pipeline: Pipeline
    names: tuple[str, ...]

    def probability(self, values: Floats) -> Floats:
        """P(default), of shape (n_clients,)."""
        return np.asarray(self.pipeline.predict_proba(_frame(values, self.names))[:, 1], dtype=np.float64)

    def weights(self, values: Floats) -> Floats:
        """Mean absolute contribution of each column: coefficient times distance from the average client."""
        scaled = self.pipeline[:-1].transform(_frame(values, self.names))
        total = np.abs(scaled * self.pipeline[-1].coef_).mean(axis=0)
        return np.asarray(total / total.sum() if total.sum() else np.full(len(total), 1 / len(total)))

    def content(self) -> bytes:
        """The bytes that joblib writes."""
        kept = io.BytesIO()
        joblib.dump(self.pipeline, kept)
        return kept.getvalue()


@dataclass(frozen=True)
class LogisticFactory:
    """Imputation, scaling, logistic regression; C is the inverse of the penalty on the squares of coefficients."""

    parameters: Parameters = field(default_factory=lambda: {"C": 0.01})
    title: str = "Logistic regression"

    def size(self, values: Floats, defaults: Flags, names: Sequence[str], step: Step = go_on) -> int:
        """No trees."""
        return 0

    def prepare(self, values: Floats, defaults: Flags) -> None:
        """Nothing is shared."""

    def learn_sized(
        self,
        values: Floats,
        defaults: Flags,
        names: Sequence[str],
        step: Step = go_on,
        prepared: object = None,
    ) -> tuple[int, LogisticModel]:
        """No trees, and the pipeline fitted on all rows given."""
        return 0, self.learn(values, defaults, names, 0, step)

    def learn(
        self, values: Floats, defaults: Flags, names: Sequence[str], size: int, step: Step = go_on
    ) -> LogisticModel:
        """The pipeline fitted on all rows given."""
        step()
        pipeline = Pipeline(
            [
                ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
                ("scale", StandardScaler()),
                ("regress", LogisticRegression(C=float(self.parameters["C"]), max_iter=MAX_STEPS)),
            ]
        )
        return LogisticModel(pipeline.fit(_frame(values, names), defaults.astype(np.int64)), tuple(names))


def _frame(values: Floats, names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(values, columns=list(names), copy=False)
