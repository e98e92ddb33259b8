"""The baseline: a logistic regression on the same columns and rows.

Missing numbers are replaced by the median, and every column is standardised. The pipeline is written with joblib and
can be served as a bundle of that kind.
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

from core.records import Checkpoint, Flags, Floats, no_checkpoint
from core.training.cross_validation import Parameters

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
        """Mean absolute contribution (coefficient × standardised value) of each column, scaled to sum to 1."""
        scaled = self.pipeline[:-1].transform(_frame(values, self.names))
        total = np.abs(scaled * self.pipeline[-1].coef_).mean(axis=0)
        return np.asarray(total / total.sum() if total.sum() else np.full(len(total), 1 / len(total)))

    def content(self) -> bytes:
        """The bytes of the joblib file."""
        buffer = io.BytesIO()
        joblib.dump(self.pipeline, buffer)
        return buffer.getvalue()


@dataclass(frozen=True)
class LogisticFactory:
    """Imputation, scaling, logistic regression. C: inverse strength of the penalty on the squared coefficients."""

    parameters: Parameters = field(default_factory=lambda: {"C": 0.01})
    title: str = "Logistic regression"

    def size(
        self, values: Floats, defaults: Flags, names: Sequence[str], on_checkpoint: Checkpoint = no_checkpoint
    ) -> int:
        """0: there are no trees."""
        return 0

    def prepare(self, values: Floats, defaults: Flags) -> None:
        """None: there is nothing to share."""

    def learn_sized(
        self,
        values: Floats,
        defaults: Flags,
        names: Sequence[str],
        on_checkpoint: Checkpoint = no_checkpoint,
        prepared: object = None,
    ) -> tuple[int, LogisticModel]:
        """0, and the pipeline fitted on all rows."""
        return 0, self.learn(values, defaults, names, 0, on_checkpoint)

    def learn(
        self,
        values: Floats,
        defaults: Flags,
        names: Sequence[str],
        size: int,
        on_checkpoint: Checkpoint = no_checkpoint,
    ) -> LogisticModel:
        """The pipeline fitted on all rows."""
        on_checkpoint()
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
