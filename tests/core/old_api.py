"""The old API's folders, made with the libraries themselves on synthetic rows, and what that API answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import Pipeline as ImbalancedPipeline
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

NAMES = (
    "CODE_GENDER",
    "FLAG_OWN_REALTY",
    "AMT_INCOME_TOTAL",
    "AMT_CREDIT",
    "AMT_ANNUITY",
    "DAYS_BIRTH",
    "DAYS_EMPLOYED",
    "CNT_FAM_MEMBERS",
    "FLAG_PHONE",
    "EXT_SOURCE_1",
    "EXT_SOURCE_2",
    "NAME_CONTRACT_TYPE_Cash loans",
    "NAME_CONTRACT_TYPE_Revolving loans",
    "ORGANIZATION_TYPE_Trade: type 1",
    "ORGANIZATION_TYPE_Other",
    "PAYMENT_RATE",
    "BURO_DAYS_CREDIT_VAR",
    "PREV_NAME_CONTRACT_STATUS_Refused_MEAN",
    "INSTAL_DPD_SUM",
    "CC_COUNT",
)
GROUPS = (("NAME_CONTRACT_TYPE_Cash loans", "NAME_CONTRACT_TYPE_Revolving loans"), NAMES[13:15])
CODES = ("CODE_GENDER", "FLAG_OWN_REALTY", "FLAG_PHONE")
SMALL_TREES: dict[str, Any] = {
    "n_estimators": 12,
    "num_leaves": 6,
    "learning_rate": 0.2,
    "verbose": -1,
    "n_jobs": 1,
    "random_state": 1,
}


def draw(n: int, seed: int) -> pd.DataFrame:
    """Synthetic clients in the old model's columns, a third of the cells missing."""
    chance = np.random.default_rng(seed)
    table = pd.DataFrame({name: chance.normal(0.0, 1.0, n) * 10.0 ** (len(name) % 6) for name in NAMES})
    for name in CODES:
        table[name] = chance.integers(0, 2, n).astype(float)
    for group in GROUPS:
        member = chance.integers(0, len(group) + 1, n)
        for position, name in enumerate(group):
            table[name] = (member == position).astype(float)
    return table.mask(chance.random(table.shape) < 0.33)


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The clients as the old API got them: NaN where a value is missing, and some cells not sent at all."""
    rows = [{"SK_ID_CURR": 1000 + position, **row} for position, row in enumerate(table.to_dict("records"))]
    for position, row in enumerate(rows):
        del row[NAMES[position % len(NAMES)]]
    sent: list[dict[str, Any]] = json.loads(json.dumps(rows))
    return sent


def old_api(model: Any, rows: list[dict[str, Any]]) -> list[float]:
    """The old API's answers, a client a request: class 1 of predict_proba, of a float64 frame with 0 for missing."""
    return [
        float(model.predict_proba(pd.DataFrame([row]).reindex(columns=list(NAMES)).astype("float64").fillna(0))[0, 1])
        for row in rows
    ]


def training() -> tuple[pd.DataFrame, np.ndarray]:
    table = draw(600, seed=5).fillna(0.0)
    noise = np.random.default_rng(6).normal(0, 1, len(table))
    risk = table["EXT_SOURCE_1"].rank(pct=True) + table["CODE_GENDER"] + table["PAYMENT_RATE"].rank(pct=True) + noise
    return table, (risk > risk.quantile(0.8)).astype(int).to_numpy()


def bare() -> Any:
    table, target = training()
    return lgb.LGBMClassifier(**SMALL_TREES).fit(table.to_numpy(), target)


def with_other_sigmoid() -> Any:
    table, target = training()
    return lgb.LGBMClassifier(**SMALL_TREES, sigmoid=0.7).fit(table.to_numpy(), target)


def stopped_early() -> Any:
    """Trees of which `predict_proba` uses the first five alone, as after a fit that stopped early."""
    fitted = bare()
    fitted.booster_.best_iteration = 5
    return fitted


def scaled_trees() -> Any:
    return Pipeline([("scale", StandardScaler()), ("trees", lgb.LGBMClassifier(**SMALL_TREES))]).fit(*training())


def balanced_trees() -> Any:
    steps = [
        ("scale", StandardScaler()),
        ("smote", SMOTE(random_state=1)),
        ("trees", lgb.LGBMClassifier(**SMALL_TREES)),
    ]
    return ImbalancedPipeline(steps).fit(*training())


def baseline() -> Any:
    """The honest baseline: imputer, scaler, logistic regression, with the columns' names."""
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=500)).fit(
        *training()
    )


MODELS: dict[str, Callable[[], Any]] = {
    "bare": bare,
    "other_sigmoid": with_other_sigmoid,
    "stopped_early": stopped_early,
    "scaled_trees": scaled_trees,
    "balanced_trees": balanced_trees,
    "baseline": baseline,
}


def write_old(
    folder: Path,
    model: Any,
    *,
    columns: Any = NAMES,
    threshold: Any = 0.48,
    threshold_name: str = "best_threshold",
) -> Path:
    """A folder as the old API kept it."""
    folder.mkdir(parents=True)
    joblib.dump(model, folder / "model.pkl")
    joblib.dump(list(columns) if isinstance(columns, tuple) else columns, folder / "columns.pkl")
    joblib.dump(threshold, folder / threshold_name)
    return folder
