"""The two kinds of estimator in a bundle, behind one protocol: LightGBM's text, or a joblib file.

Both take aligned clients, of shape (n_clients, n_columns), float64, NaN where a value is missing. Their answers are
not calibrated; only `core.scoring.predict` and `core.scoring.explanation` call them.

A joblib file is a pickle, so `open_estimator` runs the code in it. `core.model.bundle` calls it only for bytes whose
SHA-256 the operator has put into TRUSTED_MODELS.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from scipy.special import expit, logit

from core.errors import NotExplained
from core.model.fast_shap import TOLERANCE, fast_shap_values
from core.records import Checkpoint, Floats, no_checkpoint

DEFAULT = 1
"""The class whose probability is P(default)."""
SUM_TOLERANCE = 1e-6
CLIENTS_PER_CHECKPOINT = 256
"""Number of clients that LightGBM explains between two checkpoints."""
COLUMN_BY_COLUMN = (
    "MaxAbsScaler",
    "MinMaxScaler",
    "PowerTransformer",
    "QuantileTransformer",
    "RobustScaler",
    "SimpleImputer",
    "StandardScaler",
)
"""scikit-learn's transforms whose output column i depends on input column i of the same client alone."""

Explainer = Callable[[Floats, Checkpoint], tuple[Floats, float]]
"""Transformed clients and a checkpoint → contributions (n_clients, n_columns) and base value, in log-odds."""


class Estimator(Protocol):
    """A model that scores aligned clients and explains its scores."""

    def log_odds(self, values: Floats) -> Floats:
        """Log-odds of default, of shape (n_clients,); not calibrated."""

    def probability(self, values: Floats) -> Floats:
        """P(default) between 0 and 1, of shape (n_clients,); higher means riskier."""

    def shap_values(self, values: Floats, on_checkpoint: Checkpoint = no_checkpoint) -> tuple[Floats, Floats]:
        """SHAP values (n_clients, n_columns) and base values (n_clients,), which add up to the log-odds of default.

        on_checkpoint: called between parts of the work; an exception that it raises ends the work.
        Raises NotExplained where the model cannot be explained exactly.
        """


@dataclass(frozen=True)
class LightGBMEstimator:
    """Boosted trees that LightGBM wrote as text.

    `pred_contrib` gives the SHAP values of path-dependent TreeSHAP (Lundberg et al., 2020), the same numbers as
    `shap.TreeExplainer`: one per column, and the average client's log-odds as the last.
    """

    booster: lgb.Booster

    def log_odds(self, values: Floats) -> Floats:
        """The sum of the leaf values over the trees, in order."""
        return np.asarray(self.booster.predict(values, raw_score=True, num_threads=1), dtype=np.float64)

    def probability(self, values: Floats) -> Floats:
        """The logistic function of the log-odds."""
        return np.asarray(expit(self.log_odds(values)), dtype=np.float64)

    def shap_values(self, values: Floats, on_checkpoint: Checkpoint = no_checkpoint) -> tuple[Floats, Floats]:
        """SHAP values by TreeSHAP; for thousands of clients by woodelf, checked against the scores."""
        many = fast_shap_values(self.booster, values, on_checkpoint)
        if many is None:
            raw = self._tree_shap(values, on_checkpoint)
            return raw[:, :-1], raw[:, -1]
        base = float(self._tree_shap(values[:1], on_checkpoint)[0, -1])
        off = np.abs(base + many.sum(axis=1) - self.log_odds(values)) > TOLERANCE
        if off.any():
            many[off] = self._tree_shap(values[off], on_checkpoint)[:, :-1]
        return many, np.full(len(values), base)

    def _tree_shap(self, values: Floats, on_checkpoint: Checkpoint) -> Floats:
        """LightGBM's `pred_contrib`: (n_clients, n_columns + 1), the base value last."""
        parts = []
        for start in range(0, max(1, len(values)), CLIENTS_PER_CHECKPOINT):
            on_checkpoint()
            parts.append(
                self.booster.predict(values[start : start + CLIENTS_PER_CHECKPOINT], pred_contrib=True, num_threads=1)
            )
        return np.concatenate(parts, dtype=np.float64)


@dataclass(frozen=True)
class SklearnEstimator:
    """A scikit-learn estimator, or a pipeline of scikit-learn or imbalanced-learn.

    It is called as in the old API: `predict_proba` of a float64 frame with named columns.
    """

    model: Any
    names: tuple[str, ...]

    def log_odds(self, values: Floats) -> Floats:
        """log(p / (1 − p)) of the probability p; infinite where p is 0 or 1."""
        return np.asarray(logit(self.probability(values)), dtype=np.float64)

    def probability(self, values: Floats) -> Floats:
        """The probability of class 1, bit for bit that of `predict_proba`.

        Trees behind column-by-column transforms give a client the same bits alone and in a batch. A matrix product
        does not guarantee that, so any other estimator scores one client at a time.
        """
        size = max(1, len(values)) if self._same_bits_together else 1
        parts = [self._default(values[start : start + size]) for start in range(0, len(values), size)]
        return np.concatenate(parts) if parts else np.empty(0)

    def shap_values(self, values: Floats, on_checkpoint: Checkpoint = no_checkpoint) -> tuple[Floats, Floats]:
        """SHAP values of the last step, if the transforms before it keep the columns one to one.

        A scaler or imputer makes its output column i from its input column i alone, so the last step's contribution
        of column i is the contribution of the model's column i. LightGBM explains its own trees, `shap.TreeExplainer`
        those of other libraries; a linear model is explained relative to the mean that the StandardScaler directly
        before it subtracts. Base value and contributions must add up to each client's log-odds.
        Raises NotExplained where they do not, and for any other model.
        """
        contributions, base = self._explainer(self._transformed(values), on_checkpoint)
        log_odds = self.log_odds(values)
        if contributions.shape != values.shape:
            raise NotExplained("its explainer does not give one number for each column")
        if not np.allclose(base + contributions.sum(axis=1), log_odds, rtol=SUM_TOLERANCE, atol=SUM_TOLERANCE):
            raise NotExplained("the contributions do not add up to its log-odds")
        return contributions, np.full(len(values), base)

    @property
    def steps(self) -> list[Any]:
        """The steps that run at prediction, the predictor last; samplers run only during a fit."""
        steps = [step for _, step in self.model.steps] if hasattr(self.model, "steps") else [self.model]
        return [each for each in steps if each not in (None, "passthrough") and not hasattr(each, "fit_resample")]

    @cached_property
    def mixing(self) -> list[str]:
        """Names of the transforms that may mix, add or drop columns."""
        names = [type(step).__name__ for step in self.steps[:-1]]
        return [
            name
            for name, step in zip(names, self.steps[:-1], strict=True)
            if name not in COLUMN_BY_COLUMN
            or not type(step).__module__.startswith("sklearn.")
            or getattr(step, "add_indicator", False)
        ]

    @cached_property
    def _same_bits_together(self) -> bool:
        return isinstance(self.steps[-1], lgb.LGBMClassifier) and not self.mixing

    @cached_property
    def _explainer(self) -> Explainer:
        if self.mixing:
            raise NotExplained(f"{self.mixing[0]} may not keep its columns one to one")
        last = self.steps[-1]
        try:
            return _linear_explainer(last, self.steps[:-1]) if hasattr(last, "coef_") else _tree_explainer(last)
        except ImportError:
            raise NotExplained("the library shap is not installed here") from None

    def _default(self, values: Floats) -> Floats:
        both = self.model.predict_proba(self._frame(values))
        return np.asarray(both[:, list(self.model.classes_).index(DEFAULT)], dtype=np.float64)

    def _transformed(self, values: Floats) -> Floats:
        transformed: Any = self._frame(values)
        for step in self.steps[:-1]:
            transformed = step.transform(transformed)
        array = np.asarray(transformed, dtype=np.float64)
        if array.shape != values.shape:
            raise NotExplained("its transforms do not keep the columns one to one")
        return array

    def _frame(self, values: Floats) -> pd.DataFrame:
        return pd.DataFrame(values, columns=list(self.names), copy=True)


def open_estimator(model: str | bytes, names: Sequence[str]) -> Estimator:
    """Open LightGBM's text, or the bytes of a joblib file. **Bytes are unpickled, which runs code.**

    names: the model's columns in order. Raises ValueError, with a sentence, if it is no model of these columns.
    """
    if isinstance(model, str):
        booster = lgb.Booster(model_str=model)
        if booster.num_feature() != len(names):
            raise ValueError("columns.json and model.txt differ in their number of columns")
        return LightGBMEstimator(booster)
    loaded = unpickle(model)
    expected = getattr(loaded, "n_features_in_", len(names))
    if not hasattr(loaded, "predict_proba") or DEFAULT not in list(getattr(loaded, "classes_", ())):
        raise ValueError("model.joblib holds no classifier of classes 0 and 1 with probabilities")
    if expected != len(names):
        raise ValueError("columns.json and model.joblib differ in their number of columns")
    return SklearnEstimator(loaded, tuple(names))


def unpickle(content: bytes) -> Any:
    """Unpickle a joblib file. **This runs code.** Raises ValueError, with a sentence, if that fails."""
    try:
        return joblib.load(io.BytesIO(content))
    except ModuleNotFoundError as error:
        raise ValueError(f"it needs the module {error.name}, which is not installed here") from None
    except Exception as error:  # a pickle can raise anything
        raise ValueError(f"it cannot be unpickled with the libraries installed here ({type(error).__name__})") from None


def _tree_explainer(last: Any) -> Explainer:
    """Path-dependent TreeSHAP on the scale of the trees' output: log-odds for boosted trees."""
    if isinstance(last, lgb.LGBMClassifier):
        trees = LightGBMEstimator(last.booster_)

        def explain(transformed: Floats, on_checkpoint: Checkpoint) -> tuple[Floats, float]:
            contributions, base = trees.shap_values(transformed, on_checkpoint)
            return contributions, float(base[0])

        return explain
    import shap

    try:
        explainer = shap.TreeExplainer(last)
    except Exception as error:  # shap refuses an unknown model with whatever it meets
        raise NotExplained(f"shap knows no explainer for {type(last).__name__} ({type(error).__name__})") from None

    def explain_by_shap(transformed: Floats, on_checkpoint: Checkpoint) -> tuple[Floats, float]:
        on_checkpoint()
        contributions = np.asarray(explainer.shap_values(transformed), dtype=np.float64)
        return contributions, float(np.ravel(explainer.expected_value)[-1])

    return explain_by_shap


def _linear_explainer(last: Any, transforms: Sequence[Any]) -> Explainer:
    """SHAP values of a linear model: coefficient times the difference from the average client (0 once scaled).

    Source: Lundberg & Lee, 2017, corollary 1.
    """
    before = transforms[-1] if transforms else None
    if type(before).__name__ != "StandardScaler" or not getattr(before, "with_mean", False):
        raise NotExplained("no StandardScaler stands before the linear model, so its average client is not known")
    coefficients = np.asarray(last.coef_, dtype=np.float64).reshape(-1)
    intercept = float(np.ravel(last.intercept_)[0])
    return lambda transformed, on_checkpoint: (coefficients * transformed, intercept)
