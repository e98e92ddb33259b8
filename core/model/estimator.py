"""The two kinds of model that a bundle can hold, behind one short protocol: trees as text, or an estimator by joblib.

Both take aligned clients, of shape (n_clients, n_columns), float64, NaN where a value is missing. Nothing is
calibrated here; only `core.scoring.predict` asks for answers and only `core.scoring.explanation` for reasons.

A joblib file is a pickle, and a pickle is code: `open_estimator` runs it. `core.model.bundle` calls it only for bytes
whose SHA-256 whoever runs the server has put into TRUSTED_MODELS.
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
from core.model.fast_shap import TOLERANCE, carry_on, fast_shap_values
from core.records import Floats

DEFAULT = 1
ADDS_UP = 1e-6
TOGETHER = 256
"""Clients explained between two looks at whether to go on."""
COLUMN_BY_COLUMN = (
    "MaxAbsScaler",
    "MinMaxScaler",
    "PowerTransformer",
    "QuantileTransformer",
    "RobustScaler",
    "SimpleImputer",
    "StandardScaler",
)
"""scikit-learn's transforms whose column i is made from column i alone, each client for itself."""

Between = Callable[[], None]
Explainer = Callable[[Floats, Between], tuple[Floats, float]]


class Estimator(Protocol):
    """What scores: log-odds and probability of default, of shape (n_clients,), and what they are made of."""

    def log_odds(self, values: Floats) -> Floats:
        """Log-odds of default."""

    def probability(self, values: Floats) -> Floats:
        """P(default), between 0 and 1."""

    def shap_values(self, values: Floats, between: Between = carry_on) -> tuple[Floats, Floats]:
        """SHAP values (n_clients, n_columns) and base (n_clients,), in log-odds of default, which they add up to.

        between: called between pieces of the work; what it raises ends it. Raises NotExplained.
        """


@dataclass(frozen=True)
class LightGBMEstimator:
    """LightGBM's own trees.

    `pred_contrib` gives the SHAP values of path-dependent TreeSHAP (Lundberg et al., 2020), the same numbers as
    `shap.TreeExplainer`: one per column, and the average client's log-odds as the last.
    """

    booster: lgb.Booster

    def log_odds(self, values: Floats) -> Floats:
        """The sum of the trees' leaves, in order."""
        return np.asarray(self.booster.predict(values, raw_score=True, num_threads=1), dtype=np.float64)

    def probability(self, values: Floats) -> Floats:
        """The logistic function of the log-odds."""
        return np.asarray(expit(self.log_odds(values)), dtype=np.float64)

    def shap_values(self, values: Floats, between: Between = carry_on) -> tuple[Floats, Floats]:
        """The trees' own contributions; of thousands of clients by a faster way that agrees with them."""
        many = fast_shap_values(self.booster, values, between)
        if many is None:
            raw = self._walked(values, between)
            return raw[:, :-1], raw[:, -1]
        base = float(self._walked(values[:1], between)[0, -1])
        off = np.abs(base + many.sum(axis=1) - self.log_odds(values)) > TOLERANCE
        if off.any():
            many[off] = self._walked(values[off], between)[:, :-1]
        return many, np.full(len(values), base)

    def _walked(self, values: Floats, between: Between) -> Floats:
        """`pred_contrib` of some clients at a time."""
        parts = []
        for start in range(0, max(1, len(values)), TOGETHER):
            between()
            parts.append(self.booster.predict(values[start : start + TOGETHER], pred_contrib=True, num_threads=1))
        return np.concatenate(parts, dtype=np.float64)


@dataclass(frozen=True)
class SklearnEstimator:
    """A scikit-learn estimator, or a pipeline of scikit-learn or imbalanced-learn, asked as the old API asked it.

    That is `predict_proba` of a frame with the model's columns by name, float64, and the probability of class 1.
    """

    model: Any
    names: tuple[str, ...]

    def log_odds(self, values: Floats) -> Floats:
        """log(p / (1 − p)) of the probability; infinite where the model says 0 or 1."""
        return np.asarray(logit(self.probability(values)), dtype=np.float64)

    def probability(self, values: Floats) -> Floats:
        """The probability of class 1, bit for bit as `predict_proba` gives it.

        Trees behind column-by-column transforms give the same client the same bits alone and among thousands.
        A matrix product does not promise that, so everything else is asked one client at a time.
        """
        size = max(1, len(values)) if self._same_bits_together else 1
        parts = [self._default(values[start : start + size]) for start in range(0, len(values), size)]
        return np.concatenate(parts) if parts else np.empty(0)

    def shap_values(self, values: Floats, between: Between = carry_on) -> tuple[Floats, Floats]:
        """SHAP values of the last step, for the columns that its transforms kept one to one.

        Column i of what a scaler or imputer puts out is made from column i of what it got and from nothing else,
        so the last step's contribution of column i is the contribution of the model's column i, whatever the scale.
        LightGBM's trees explain themselves, others are explained by `shap.TreeExplainer`, and a linear model against
        the mean that a StandardScaler right before it took away. Whether base and contributions add up to the
        client's log-odds is checked for every client. Anything else is refused: NotExplained.
        """
        contributions, base = self._explainer(self._transformed(values), between)
        found = self.log_odds(values)
        if contributions.shape != values.shape:
            raise NotExplained("its explainer does not give one number for each column")
        if not np.allclose(base + contributions.sum(axis=1), found, rtol=ADDS_UP, atol=ADDS_UP):
            raise NotExplained("the contributions do not add up to its log-odds")
        return contributions, np.full(len(values), base)

    @property
    def steps(self) -> list[Any]:
        """The steps that work at prediction, the last of which predicts; samplers only work in a fit."""
        steps = [step for _, step in self.model.steps] if hasattr(self.model, "steps") else [self.model]
        return [
            step for step in steps if step is not None and step != "passthrough" and not hasattr(step, "fit_resample")
        ]

    @cached_property
    def mixing(self) -> list[str]:
        """Names of the transforms that may mix, make or drop columns."""
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
            return _explain_line(last, self.steps[:-1]) if hasattr(last, "coef_") else _explain_trees(last)
        except ImportError:
            raise NotExplained("the library shap is not installed here") from None

    def _default(self, values: Floats) -> Floats:
        found = self.model.predict_proba(self._frame(values))
        return np.asarray(found[:, list(self.model.classes_).index(DEFAULT)], dtype=np.float64)

    def _transformed(self, values: Floats) -> Floats:
        passed: Any = self._frame(values)
        for step in self.steps[:-1]:
            passed = step.transform(passed)
        array = np.asarray(passed, dtype=np.float64)
        if array.shape != values.shape:
            raise NotExplained("its transforms do not keep the columns one to one")
        return array

    def _frame(self, values: Floats) -> pd.DataFrame:
        return pd.DataFrame(values, columns=list(self.names), copy=True)


def open_estimator(model: str | bytes, names: Sequence[str]) -> Estimator:
    """The estimator in LightGBM's text, or in the bytes that joblib wrote: **bytes are unpickled, which runs code**.

    Raises ValueError, in words, where it is no model of these columns.
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
    """What joblib wrote. **This runs code.** Raises ValueError, in words, where that fails."""
    try:
        return joblib.load(io.BytesIO(content))
    except ModuleNotFoundError as error:
        raise ValueError(f"it needs the module {error.name}, which is not installed here") from None
    except Exception as error:  # a pickle can raise anything
        raise ValueError(f"it cannot be unpickled with the libraries installed here ({type(error).__name__})") from None


def _explain_trees(last: Any) -> Explainer:
    """Path-dependent TreeSHAP in the trees' own output, which is log-odds for boosted trees."""
    if isinstance(last, lgb.LGBMClassifier):
        trees = LightGBMEstimator(last.booster_)

        def explain(passed: Floats, between: Between) -> tuple[Floats, float]:
            contributions, base = trees.shap_values(passed, between)
            return contributions, float(base[0])

        return explain
    import shap

    try:
        explainer = shap.TreeExplainer(last)
    except Exception as error:  # shap refuses an unknown model with whatever it meets
        raise NotExplained(f"shap knows no explainer for {type(last).__name__} ({type(error).__name__})") from None

    def explain_by_shap(passed: Floats, between: Between) -> tuple[Floats, float]:
        between()
        contributions = np.asarray(explainer.shap_values(passed), dtype=np.float64)
        return contributions, float(np.ravel(explainer.expected_value)[-1])

    return explain_by_shap


def _explain_line(last: Any, transforms: Sequence[Any]) -> Explainer:
    """Coefficient times distance from the average client, who is 0 in every column after a StandardScaler.

    Those are the SHAP values of a linear model (Lundberg & Lee, 2017, corollary 1).
    """
    before = transforms[-1] if transforms else None
    if type(before).__name__ != "StandardScaler" or not getattr(before, "with_mean", False):
        raise NotExplained("no StandardScaler stands before the linear model, so its average client is not known")
    coefficients = np.asarray(last.coef_, dtype=np.float64).reshape(-1)
    intercept = float(np.ravel(last.intercept_)[0])
    return lambda passed, between: (coefficients * passed, intercept)
