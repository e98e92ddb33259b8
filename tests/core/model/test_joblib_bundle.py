"""Bundles that hold a scikit-learn estimator: trusted by digest, scored as it scores, explained where it can be."""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path
from typing import Any

import joblib
import msgspec
import numpy as np
import pandas as pd
import pytest
import shap
from scipy.special import logit
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from core.errors import BundleError, NotExplained
from core.model.bundle import Bundle, bundle_of, load_bundle, write_bundle
from core.model.bundle_files import FILES
from core.model.estimator import SklearnEstimator
from core.model.schema import BundleSpec, Column, Golden, Policy
from core.records import Floats
from core.scoring.assess import Model, assess, explain_clients, open_model
from core.scoring.explanation import shap_values
from core.scoring.predict import log_odds, probability
from tests.core.old_api import NAMES, balanced_trees, baseline, draw, scaled_trees, training
from tests.core.samples import number


def bytes_of(model: Any) -> bytes:
    written = io.BytesIO()
    joblib.dump(model, written)
    return written.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def frame_of(bundle: Bundle, values: Floats) -> Any:
    """The values as the estimator of the bundle gets them."""
    assert isinstance(bundle.estimator, SklearnEstimator)
    return bundle.estimator._frame(values)


def with_model(contents: BundleSpec, model: Any, **changes: Any) -> BundleSpec:
    """The small bundle with another model, of numbers that stay missing."""
    columns: tuple[Column, ...] = tuple(number(name, complete=False) for name in NAMES)
    given = {"golden": (), "columns": columns, **changes}
    return msgspec.structs.replace(contents, model=bytes_of(model), **given)


@pytest.fixture(scope="module")
def values() -> Floats:
    return draw(120, seed=3).to_numpy()


@pytest.fixture(scope="module")
def line() -> Any:
    return baseline()


def test_baseline_is_served_by_its_own_kind(contents: BundleSpec, line: Any, tmp_path: Path) -> None:
    rows: list[dict[str, str | float | int | None]] = [
        {"SK_ID_CURR": 1, "AMT_CREDIT": 5.0, "EXT_SOURCE_1": None},
        {"SK_ID_CURR": 2, "CC_COUNT": 3},
    ]
    frames = np.full((2, len(NAMES)), np.nan)
    frames[0, NAMES.index("AMT_CREDIT")], frames[1, NAMES.index("CC_COUNT")] = 5.0, 3.0
    whole = with_model(contents, line)
    risks = probability(frames, bundle_of(whole)).tolist()
    golden = tuple(Golden(row, risk) for row, risk in zip(rows, risks, strict=True))
    digest = write_bundle(msgspec.structs.replace(whole, golden=golden), tmp_path / "line")
    assert {file.name for file in (tmp_path / "line").iterdir()} == {*FILES["joblib"], "manifest.json"}
    model = open_model(tmp_path / "line", {sha256(bytes_of(line))})
    assert model.bundle.digest == digest
    assert assess(model, rows, review_band=0.0).probability.tolist() == risks


@pytest.mark.parametrize("make", [baseline, scaled_trees, balanced_trees])
def test_probability_is_that_of_predict_proba_alone_and_among_others(
    contents: BundleSpec, values: Floats, make: Any
) -> None:
    model = make()
    bundle = bundle_of(with_model(contents, model))
    together = probability(values, bundle)
    alone = [float(model.predict_proba(frame_of(bundle, values[[index]]))[0, 1]) for index in range(len(values))]
    assert together.tolist() == alone
    assert probability(values[::-1], bundle).tolist() == alone[::-1]
    assert probability(values[:0], bundle).shape == (0,)


def test_model_that_is_not_trusted_is_refused_with_the_digest_to_add(
    contents: BundleSpec, line: Any, tmp_path: Path
) -> None:
    write_bundle(with_model(contents, line), tmp_path / "line")
    with pytest.raises(BundleError) as refused:
        load_bundle(tmp_path / "line", {"0" * 64})
    assert f"add its SHA-256 {sha256(bytes_of(line))} to the setting TRUSTED_MODELS" in str(refused.value)


class Trap:
    """A pickle that makes a file when it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Path.touch, (self.path,)


def test_no_code_runs_before_the_digests_hold_and_the_model_is_trusted(
    contents: BundleSpec, line: Any, tmp_path: Path
) -> None:
    folder, sprung = tmp_path / "line", tmp_path / "sprung"
    write_bundle(with_model(contents, line), folder)
    trap = bytes_of(Trap(sprung))
    (folder / "model.joblib").write_bytes(trap)
    with pytest.raises(BundleError, match=r"model\.joblib is not the file that was written"):
        load_bundle(folder, {sha256(trap), sha256(bytes_of(line))})
    manifest = msgspec.json.decode((folder / "manifest.json").read_bytes())
    manifest["sha256"]["model.joblib"] = sha256(trap)
    (folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(BundleError, match="is not trusted here"):
        load_bundle(folder, {sha256(bytes_of(line))})
    assert not sprung.exists()
    with pytest.raises(BundleError, match="holds no classifier"):
        load_bundle(folder, {sha256(trap)})
    assert sprung.exists()


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (b"no pickle", "it cannot be unpickled with the libraries installed here"),
        (b"cnot_installed_here\nThing\n.", "it needs the module not_installed_here, which is not installed here"),
        (bytes_of({"a": 1}), "model.joblib holds no classifier of classes 0 and 1 with probabilities"),
    ],
)
def test_bytes_that_are_no_model_are_not_written(
    contents: BundleSpec, tmp_path: Path, content: bytes, finding: str
) -> None:
    with pytest.raises(BundleError, match=finding):
        write_bundle(msgspec.structs.replace(contents, model=content), tmp_path / "bad")
    assert list(tmp_path.iterdir()) == []


def test_another_number_of_columns_is_refused(contents: BundleSpec, line: Any, tmp_path: Path) -> None:
    narrow = with_model(contents, line, columns=tuple(number(name) for name in NAMES[:-1]))
    with pytest.raises(BundleError, match=r"columns\.json and model\.joblib differ in their number of columns"):
        write_bundle(narrow, tmp_path / "line")


def test_calibration_works_on_the_log_odds(contents: BundleSpec, line: Any, values: Floats) -> None:
    plain = probability(values, bundle_of(with_model(contents, line)))
    policy = Policy(threshold=0.4, intercept=-0.5, slope=1.2)
    bundle = bundle_of(with_model(contents, line, policy=policy))
    np.testing.assert_allclose(logit(probability(values, bundle)), -0.5 + 1.2 * logit(plain), rtol=1e-9)
    contributions, base = shap_values(values, bundle)
    np.testing.assert_allclose(base + contributions.sum(axis=1), log_odds(values, bundle), rtol=1e-6)


def test_linear_contributions_are_coefficient_times_distance_from_the_average(
    contents: BundleSpec, line: Any, values: Floats
) -> None:
    contributions, base = shap_values(values, bundle_of(with_model(contents, line)))
    imputer, scaler, regression = (step for _, step in line.steps)
    filled = np.where(np.isnan(values), imputer.statistics_, values)
    expected = (filled - scaler.mean_) / scaler.scale_ * regression.coef_[0]
    np.testing.assert_allclose(contributions, expected, atol=1e-9)
    np.testing.assert_allclose(base, regression.intercept_[0])


@pytest.mark.parametrize("make", [scaled_trees, balanced_trees])
def test_tree_contributions_are_those_of_the_trees_behind_the_scaler(
    contents: BundleSpec, values: Floats, make: Any
) -> None:
    model, filled = make(), np.nan_to_num(values)
    contributions, base = shap_values(filled, bundle_of(with_model(contents, model)))
    scaled = model.named_steps["scale"].transform(filled)
    expected = model.named_steps["trees"].booster_.predict(scaled, pred_contrib=True)
    np.testing.assert_allclose(contributions, expected[:, :-1], atol=1e-12)
    np.testing.assert_allclose(base, expected[:, -1], atol=1e-12)


def test_other_boosted_trees_add_up_too(contents: BundleSpec, values: Floats) -> None:
    bundle = bundle_of(with_model(contents, other_trees()))
    contributions, base = shap_values(values, bundle)
    np.testing.assert_allclose(base + contributions.sum(axis=1), log_odds(values, bundle), atol=1e-6)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (make_pipeline(StandardScaler(), PCA(5), LogisticRegression()), "PCA may not keep its columns one to one"),
        (
            make_pipeline(SimpleImputer(add_indicator=True), StandardScaler(), LogisticRegression()),
            "SimpleImputer may not keep its columns one to one",
        ),
        (make_pipeline(MinMaxScaler(), LogisticRegression()), "no StandardScaler stands before the linear model"),
        (LogisticRegression(max_iter=5), "no StandardScaler stands before the linear model"),
        (RandomForestClassifier(n_estimators=4, max_depth=3, random_state=1), "one number for each column|not add up"),
        (make_pipeline(StandardScaler(), KNeighborsClassifier(3)), "shap knows no explainer for KNeighborsClassifier"),
    ],
    ids=["pca", "indicator", "min-max", "unscaled", "forest", "neighbours"],
)
def test_what_cannot_be_explained_column_by_column_is_refused_in_words_and_still_scored(
    contents: BundleSpec, values: Floats, model: Any, reason: str
) -> None:
    table, target = training()
    fitted = model.fit(table, target)
    bundle = bundle_of(with_model(contents, fitted))
    filled = np.nan_to_num(values)
    risks = probability(filled, bundle)
    assert risks[:3].tolist() == [
        float(fitted.predict_proba(frame_of(bundle, filled[[index]]))[0, 1]) for index in range(3)
    ]
    with pytest.raises(NotExplained, match=reason):
        shap_values(filled, bundle)


def test_pages_get_the_contributions_by_the_columns_people_know(
    contents: BundleSpec, line: Any, tmp_path: Path
) -> None:
    write_bundle(with_model(contents, line), tmp_path / "line")
    model: Model = open_model(tmp_path / "line", {sha256(bytes_of(line))})
    found = assess(model, [{"SK_ID_CURR": 1, "EXT_SOURCE_1": 0.5}], review_band=0.0)
    (explanation,) = explain_clients(model, found)
    assert explanation.solvency == pytest.approx(1.0 - found.probability[0], abs=1e-9)
    assert {each.source for each in explanation.contributions} == set(NAMES)


def other_trees() -> Any:
    """Boosted trees that are not LightGBM's."""
    table, target = training()
    model = make_pipeline(SimpleImputer(), GradientBoostingClassifier(n_estimators=8, max_depth=2, random_state=1))
    return model.fit(table, target)


def test_shap_is_needed_to_explain_other_trees_and_not_before(
    contents: BundleSpec, values: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shap", None)
    bundle = bundle_of(with_model(contents, other_trees()))
    assert len(probability(values, bundle)) == len(values)
    with pytest.raises(NotExplained, match="the library shap is not installed here"):
        shap_values(values, bundle)


@pytest.mark.parametrize("make", [baseline, scaled_trees, balanced_trees])
def test_a_line_and_lightgbm_are_explained_without_shap_and_as_shap_explains_them(
    contents: BundleSpec, values: Floats, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, filled = make(), np.nan_to_num(values)
    last = model.steps[-1][1]
    passed = pd.DataFrame(filled, columns=NAMES)
    for _, step in model.steps[:-1]:
        passed = passed if hasattr(step, "fit_resample") else step.transform(passed)
    oracle = shap.LinearExplainer(last, np.zeros((1, len(NAMES)))) if make is baseline else shap.TreeExplainer(last)
    expected = oracle.shap_values(passed)
    monkeypatch.setitem(sys.modules, "shap", None)
    contributions, base = shap_values(filled, bundle_of(with_model(contents, model)))
    np.testing.assert_allclose(contributions, expected, atol=1e-9)
    np.testing.assert_allclose(base, np.ravel(oracle.expected_value)[-1], atol=1e-9)
