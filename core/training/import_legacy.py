"""Converts the old API's files to a bundle that gives the same answers.

The old API read `model.pkl`, `columns.pkl` and `best_threshold`, written by joblib. It sorted a client's columns,
replaced missing values by 0, and returned the class-1 probability of `predict_proba` of a float64 frame. So every
column of such a bundle is *complete* with the fill value 0, none is essential, and no category is assumed. Ratios are
plain numbers: the old API did not derive them.

A bare LightGBM classifier is written as text, with the same probabilities; any other model's file is copied unchanged,
so its SHA-256 stays the same. Information that the old files lack stays unknown: the population, the figures, the
average client of a linear model without a scaler.

Opening the three files runs the code in them. Nothing that serves imports this module.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import math
import platform
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.exceptions import InconsistentVersionWarning

from core.alignment.aligner import Aligner
from core.alignment.parsers import describe_column
from core.errors import ScoringError
from core.model.bundle import bundle_of, write_bundle
from core.model.estimator import DEFAULT, SklearnEstimator, unpickle
from core.model.schema import BundleSpec, Card, Column, Golden, ModelKind, Policy, Population
from core.records import Floats
from core.scoring.assess import Model, verify_golden
from core.synthetic.placeholder_rows import make_placeholder_rows
from core.training.lightgbm_model import portable_text
from core.training.pickle_versions import other_versions_of
from core.training.pipeline import LIBRARIES, provenance

MODEL, COLUMNS = "model.pkl", "columns.pkl"
THRESHOLDS = ("best_threshold", "best_threshold.pkl", "best_threshold.joblib")
WHY_NOT = {
    "SK_ID_CURR": "so that a client's answer depends on the client's number; train it again without that column",
    "TARGET": "which is what it should predict; train it again without that column",
}
NOT_COLUMNS = tuple(WHY_NOT)
RUNS_CODE = "Opening these files runs the code in them: do it only with files whose maker you know."

_LOGISTIC = re.compile(r"^objective=binary sigmoid:(\S+)$", re.MULTILINE)


class ConversionRefused(ScoringError):
    """Files that cannot be converted: their folder's name, and what is wrong."""

    def __init__(self, folder: str, finding: str) -> None:
        super().__init__(f"{folder} cannot be converted: {finding}.")
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Converted:
    """The result of a conversion.

    digest: the bundle's. model_digest: SHA-256 of the model's file in the bundle. threshold: on P(default).
    difference: the largest between the P(default) of the old model and of the bundle on the ten golden rows.
    other_versions: a clause with both versions of scikit-learn if the model was made with another one, else empty.
    """

    digest: str
    kind: ModelKind
    model_digest: str
    columns: int
    threshold: float
    difference: float
    other_versions: str = ""


def convert(folder: Path, out: Path, *, trust: bool) -> Converted:
    """Convert a folder with `model.pkl`, `columns.pkl` and `best_threshold` to a bundle in the folder `out`.

    Without `trust` no file is opened. Raises ConversionRefused or BundleError, and then `out` is unchanged.
    """
    files = _read(folder)
    model_content = files[MODEL]
    if not trust:
        digest = hashlib.sha256(model_content).hexdigest()
        raise ConversionRefused(folder.name, f"give --trust to open it; the SHA-256 of {MODEL} is {digest}")
    model, listed, limit = (_open(folder, name, content) for name, content in files.items())
    names = _names(folder, listed, model)
    contents = _contents(folder, model, model_content, names, _threshold(folder, limit))
    bundle = bundle_of(contents)
    difference = verify_golden(Model(bundle, Aligner(bundle.columns)), folder.name)
    digest = write_bundle(contents, out)
    written = contents.model.encode() if isinstance(contents.model, str) else contents.model
    return Converted(
        digest=digest,
        kind=contents.kind,
        model_digest=hashlib.sha256(written).hexdigest(),
        columns=len(names),
        threshold=contents.policy.threshold,
        difference=difference,
        other_versions=other_versions_of(model_content),
    )


def old_answer(model: Any, names: Sequence[str], row: Mapping[str, object]) -> float:
    """P(default) of one client as the old API computed it: float64 columns in order, 0 for missing values."""
    frame = pd.DataFrame([row]).reindex(columns=list(names)).astype(np.float64).fillna(0)
    return float(model.predict_proba(frame)[0, list(model.classes_).index(DEFAULT)])


def column_of(name: str, weight: float) -> Column:
    """A column of the old model, in which a missing value is 0. weight: share of the total importance."""
    source, kind, category = describe_column(name)
    return Column(
        name=name,
        source=source,
        kind="number" if kind == "ratio" else kind,
        category=category,
        complete=True,
        fill=0.0,
        weight=weight,
    )


def _contents(folder: Path, model: Any, content: bytes, names: Sequence[str], threshold: float) -> BundleSpec:
    text, slope = _as_text(model)
    fitted = SklearnEstimator(model, tuple(names))
    columns = tuple(map(column_of, names, _weights(fitted).tolist()))
    rows = make_placeholder_rows(columns)
    try:
        golden = tuple(Golden(row, old_answer(model, names, row)) for row in rows)
    except Exception as error:  # an unknown estimator can raise anything
        what = f"its model gives no probability for a frame of its columns ({type(error).__name__})"
        raise ConversionRefused(folder.name, what) from None
    steps = [type(step).__name__ for step in fitted.steps]
    return BundleSpec(
        model=content if text is None else text,
        columns=columns,
        policy=Policy(threshold=threshold, slope=slope),
        population=Population(),
        card=Card(
            name=f"{' → '.join(steps)} (converted)",
            trees=_trees(fitted.steps[-1]),
            versions={
                "python": platform.python_version(),
                **{library: importlib.metadata.version(library) for library in LIBRARIES},
            },
        ),
        golden=golden,
        provenance=provenance(),
    )


def _as_text(model: Any) -> tuple[str | None, float]:
    """LightGBM's text of a bare binary classifier and the slope of its logistic function; None for other models."""
    if type(model) is not lgb.LGBMClassifier:
        return None, 1.0
    # After early stopping, the text ends at the best iteration, as does `predict_proba`.
    text = model.booster_.model_to_string()
    logistic = _LOGISTIC.search(text)
    if logistic is None or list(model.classes_) != [0, 1]:
        return None, 1.0
    return portable_text(lgb.Booster(model_str=text)), float(logistic[1])


def _weights(fitted: SklearnEstimator) -> Floats:
    """Each column's share of the last step's gain or coefficients, of shape (n_columns,); else equal shares."""
    last, equal = fitted.steps[-1], np.full(len(fitted.names), 1.0 / len(fitted.names))
    if fitted.mixing:
        return equal
    if isinstance(last, lgb.LGBMClassifier):
        size = last.booster_.feature_importance("gain")
    else:
        size = np.abs(np.ravel(getattr(last, "coef_", getattr(last, "feature_importances_", ()))))
    sizes = np.asarray(size, dtype=np.float64)
    return sizes / sizes.sum() if len(sizes) == len(equal) and sizes.sum() > 0 else equal


def _trees(last: Any) -> int:
    if not isinstance(last, lgb.LGBMClassifier):
        return 0
    return lgb.Booster(model_str=last.booster_.model_to_string()).num_trees()


def _read(folder: Path) -> dict[str, bytes]:
    """The bytes of the model, the columns and the threshold, in this order."""
    limit = next((name for name in THRESHOLDS if (folder / name).is_file()), THRESHOLDS[0])
    try:
        return {name: (folder / name).read_bytes() for name in (MODEL, COLUMNS, limit)}
    except OSError as error:
        raise ConversionRefused(
            folder.name, f"{Path(str(error.filename)).name} is not there or cannot be read"
        ) from None


def _open(folder: Path, name: str, content: bytes) -> Any:
    try:
        with warnings.catch_warnings():
            # Both versions are named by `Converted.other_versions`.
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            return unpickle(content)
    except ValueError as error:
        finding = "; ".join(filter(None, (str(error), other_versions_of(content))))
        raise ConversionRefused(folder.name, f"{name}: {finding}") from None


def _names(folder: Path, listed: Any, model: Any) -> tuple[str, ...]:
    """The model's columns in order; id and target are removed from the list if the model does not use them."""
    try:
        names = tuple(listed)
    except TypeError:
        names = ()
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ConversionRefused(folder.name, f"{COLUMNS} is no list of different names")
    if not hasattr(model, "predict_proba") or not hasattr(model, "classes_"):
        raise ConversionRefused(folder.name, f"{MODEL} holds no fitted classifier with probabilities")
    if set(model.classes_) != {0, DEFAULT}:
        raise ConversionRefused(folder.name, f"the classes of {MODEL} are not 0 and 1")
    expected = getattr(model, "n_features_in_", len(names))
    if expected != len(names):
        names = tuple(name for name in names if name not in NOT_COLUMNS)
    if expected != len(names):
        raise ConversionRefused(folder.name, f"{MODEL} wants {expected} columns and {COLUMNS} names {len(names)}")
    for name in NOT_COLUMNS:
        if name in names:
            raise ConversionRefused(folder.name, f"{MODEL} has {name} among its columns, {WHY_NOT[name]}")
    return tuple(str(name) for name in names)


def _threshold(folder: Path, limit: Any) -> float:
    try:
        threshold = float(np.asarray(limit).item())
    except (TypeError, ValueError):
        threshold = math.nan
    if not 0.0 <= threshold <= 1.0:
        raise ConversionRefused(folder.name, "best_threshold is no number between 0 and 1")
    return threshold
