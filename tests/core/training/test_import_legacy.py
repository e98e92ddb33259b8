"""The old API's folders become bundles that answer as it did, to the last bit."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.linear_model import LinearRegression

import core.training.import_legacy
from core.cli import describe_converted
from core.insights.population import Standing, median, solvency_density, standing
from core.records import ValueOrigin
from core.scoring.assess import Model, assess, explain_clients, open_model
from core.training.import_legacy import ConversionRefused, Converted, convert
from tests.core.old_api import MODELS, NAMES, bare, baseline, draw, old_api, rows_of, training, write_old

N = 400


def opened(made: Converted, folder: Path) -> Model:
    return open_model(folder, {made.model_digest})


@pytest.fixture(scope="module")
def old_bare() -> Any:
    return bare()


@pytest.fixture(scope="module")
def converted(old_bare: Any, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The bundle of a bare LightGBM."""
    folder = tmp_path_factory.mktemp("converted")
    convert(write_old(folder / "old", old_bare), folder / "new", trust=True)
    return open_model(folder / "new")


@pytest.mark.parametrize("name", MODELS)
def test_bundle_scores_as_the_old_api_bit_for_bit(name: str, tmp_path: Path) -> None:
    old = MODELS[name]()
    made = convert(write_old(tmp_path / "old", old), tmp_path / "new", trust=True)
    assert made.difference == 0.0
    assert made.threshold == 0.48
    model = opened(made, tmp_path / "new")
    rows = rows_of(draw(N, seed=11))
    expected = old_api(old, rows)
    assert assess(model, rows, review_band=0.0).probability.tolist() == expected
    one_by_one = [float(assess(model, [row], review_band=0.0).probability[0]) for row in rows[:40]]
    assert one_by_one == expected[:40]
    assert len(set(expected)) > 40


@pytest.mark.parametrize(
    ("name", "kind", "file"),
    [
        ("bare", "lightgbm", "model.txt"),
        ("scaled_trees", "joblib", "model.joblib"),
        ("balanced_trees", "joblib", "model.joblib"),
    ],
)
def test_bare_trees_become_text_and_a_pipeline_stays_the_file_it_was(
    name: str, kind: str, file: str, tmp_path: Path
) -> None:
    made = convert(write_old(tmp_path / "old", MODELS[name]()), tmp_path / "new", trust=True)
    assert made.kind == kind
    content = (tmp_path / "new" / file).read_bytes()
    assert made.model_digest == hashlib.sha256(content).hexdigest()
    assert (content == (tmp_path / "old" / "model.pkl").read_bytes()) == (kind == "joblib")


def test_a_missing_value_is_0_in_every_column_and_none_is_essential(converted: Model, old_bare: Any) -> None:
    columns = converted.bundle.columns
    assert all(column.complete and not column.essential and column.fill == 0.0 for column in columns)
    found = assess(converted, [{"SK_ID_CURR": 1, "AMT_CREDIT": None}], review_band=0.0)
    assert found.aligned.values.tolist() == [[0.0] * len(NAMES)]
    assert set(found.aligned.states[0].tolist()) == {ValueOrigin.ASSUMED}
    assert found.probability.tolist() == [float(old_bare.predict_proba(np.zeros((1, len(NAMES))))[0, 1])]


def test_a_ratio_is_taken_as_it_was_sent_and_never_derived(converted: Model) -> None:
    row = {"SK_ID_CURR": 1, "AMT_CREDIT": 100.0, "AMT_ANNUITY": 10.0}
    found = assess(converted, [row, {**row, "SK_ID_CURR": 2, "PAYMENT_RATE": 0.7}], review_band=0.0)
    assert found.aligned.values[:, NAMES.index("PAYMENT_RATE")].tolist() == [0.0, 0.7]


def test_raw_categories_are_read_as_anywhere(converted: Model) -> None:
    row = {"SK_ID_CURR": 1, "CODE_GENDER": "F", "FLAG_OWN_REALTY": "N", "NAME_CONTRACT_TYPE": "Revolving loans"}
    values = dict(zip(NAMES, assess(converted, [row], review_band=0.0).aligned.values[0].tolist(), strict=True))
    assert [name for name, value in values.items() if value] == [
        "CODE_GENDER",
        "FLAG_OWN_REALTY",
        "NAME_CONTRACT_TYPE_Revolving loans",
    ]


def test_weights_are_the_trees_gain(converted: Model, old_bare: Any) -> None:
    gain = old_bare.booster_.feature_importance("gain")
    assert converted.bundle.weights.tolist() == pytest.approx((gain / gain.sum()).tolist())


def test_golden_rows_hold_everything_missing_zeros_and_values(converted: Model, old_bare: Any) -> None:
    rows = [dict(golden.row) for golden in converted.bundle.golden]
    assert len(rows) == 10
    assert set(rows[0].values()) == {900001, None}
    assert set(rows[1].values()) == {900002, 0}
    for row in rows[2:]:
        cells = [row.get(name) for name in NAMES]
        assert None in cells
        assert any(cells)
    assert [golden.probability for golden in converted.bundle.golden] == old_api(old_bare, rows)


def test_what_the_old_files_do_not_hold_stays_unknown(converted: Model) -> None:
    bundle = converted.bundle
    assert bundle.population.n == bundle.card.trained_rows == 0
    assert solvency_density(bundle.population) is None
    assert median(bundle.population, "AMT_CREDIT") is None
    assert standing(bundle.population, "AMT_CREDIT", 5.0) == Standing()
    assert standing(bundle.population, "NAME_CONTRACT_TYPE", "Cash loans") == Standing()


def test_bare_trees_are_explained_without_shap(converted: Model) -> None:
    found = assess(converted, rows_of(draw(5, seed=2)), review_band=0.0)
    for explanation, risk in zip(explain_clients(converted, found), found.probability, strict=True):
        assert explanation.solvency == pytest.approx(1.0 - risk, abs=1e-12)


@pytest.mark.parametrize("name", ["best_threshold", "best_threshold.pkl", "best_threshold.joblib"])
@pytest.mark.parametrize("threshold", [0.31, np.float64(0.31), np.array([0.31])], ids=["float", "numpy", "array"])
def test_threshold_under_any_of_its_names(old_bare: Any, tmp_path: Path, name: str, threshold: Any) -> None:
    old = write_old(tmp_path / "old", old_bare, threshold=threshold, threshold_name=name)
    assert convert(old, tmp_path / "new", trust=True).threshold == 0.31


@pytest.mark.parametrize(
    "columns",
    [pd.Index(NAMES), np.array(NAMES), ["SK_ID_CURR", *NAMES], ["TARGET", "SK_ID_CURR", *NAMES]],
    ids=["index", "array", "with id", "with target"],
)
def test_columns_as_the_old_code_kept_them(old_bare: Any, tmp_path: Path, columns: Any) -> None:
    convert(write_old(tmp_path / "old", old_bare, columns=columns), tmp_path / "new", trust=True)
    assert open_model(tmp_path / "new").bundle.names == NAMES


def test_same_folder_gives_the_same_bundle(old_bare: Any, tmp_path: Path) -> None:
    old = write_old(tmp_path / "old", old_bare)
    assert convert(old, tmp_path / "a", trust=True).digest == convert(old, tmp_path / "b", trust=True).digest


def refusal(folder: Path, out: Path, *, trust: bool = True) -> str:
    with pytest.raises(ConversionRefused) as refused:
        convert(folder, out, trust=trust)
    assert str(refused.value) == f"{folder.name} cannot be converted: {refused.value.finding}."
    assert str(folder.parent) not in str(refused.value)
    assert not out.exists()
    return refused.value.finding


def test_nothing_is_opened_without_trust(old_bare: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.training.import_legacy, "unpickle", lambda content: pytest.fail("a file was opened"))
    old = write_old(tmp_path / "old", old_bare)
    digest = hashlib.sha256((old / "model.pkl").read_bytes()).hexdigest()
    assert refusal(old, tmp_path / "new", trust=False) == (
        f"give --trust to open it; the SHA-256 of model.pkl is {digest}"
    )


@pytest.mark.parametrize("name", ["model.pkl", "columns.pkl", "best_threshold"])
def test_missing_file_is_named(old_bare: Any, tmp_path: Path, name: str) -> None:
    old = write_old(tmp_path / "old", old_bare)
    (old / name).unlink()
    assert refusal(old, tmp_path / "new") == f"{name} is not there or cannot be read"


@pytest.mark.parametrize("name", ["model.pkl", "columns.pkl", "best_threshold"])
def test_file_that_is_no_pickle_is_named(old_bare: Any, tmp_path: Path, name: str) -> None:
    old = write_old(tmp_path / "old", old_bare)
    (old / name).write_bytes(b"0.48")
    assert refusal(old, tmp_path / "new").startswith(f"{name}: it cannot be unpickled with the libraries installed")


@pytest.mark.parametrize(
    ("columns", "finding"),
    [
        (NAMES[:-1], "model.pkl wants 20 columns and columns.pkl names 19"),
        ((*NAMES, "MORE"), "model.pkl wants 20 columns and columns.pkl names 21"),
        ((*NAMES[:-1], NAMES[0]), "columns.pkl is no list of different names"),
        (list(range(20)), "columns.pkl is no list of different names"),
        (7, "columns.pkl is no list of different names"),
        ([], "columns.pkl is no list of different names"),
    ],
)
def test_columns_that_do_not_fit(old_bare: Any, tmp_path: Path, columns: Any, finding: str) -> None:
    assert refusal(write_old(tmp_path / "old", old_bare, columns=columns), tmp_path / "new") == finding


@pytest.mark.parametrize("threshold", [-0.1, 1.1, math.nan, "high", None, [0.1, 0.2]])
def test_threshold_that_is_none(old_bare: Any, tmp_path: Path, threshold: Any) -> None:
    old = write_old(tmp_path / "old", old_bare, threshold=threshold)
    assert refusal(old, tmp_path / "new") == "best_threshold is no number between 0 and 1"


def test_model_that_gives_no_probability_of_default(old_bare: Any, tmp_path: Path) -> None:
    table, target = training()
    regression = LinearRegression().fit(table, target)
    finding = refusal(write_old(tmp_path / "regression", regression), tmp_path / "new")
    assert finding == "model.pkl holds no fitted classifier with probabilities"
    words = lgb.LGBMClassifier(n_estimators=2, verbose=-1).fit(table.to_numpy(), np.where(target, "yes", "no"))
    assert refusal(write_old(tmp_path / "words", words), tmp_path / "new") == "the classes of model.pkl are not 0 and 1"
    others = [f"OTHER_{position}" for position in range(len(NAMES))]
    finding = refusal(write_old(tmp_path / "others", baseline(), columns=others), tmp_path / "new")
    assert finding == "its model gives no probability for a frame of its columns (ValueError)"


def test_refused_conversion_leaves_the_old_bundle(old_bare: Any, tmp_path: Path) -> None:
    old = write_old(tmp_path / "old", old_bare)
    convert(old, tmp_path / "new", trust=True)
    before = {file.name: file.read_bytes() for file in (tmp_path / "new").iterdir()}
    joblib.dump(2.0, old / "best_threshold")
    with pytest.raises(ConversionRefused):
        convert(old, tmp_path / "new", trust=True)
    assert {file.name: file.read_bytes() for file in (tmp_path / "new").iterdir()} == before


@pytest.mark.parametrize(("name", "reason"), [("SK_ID_CURR", "the client's number"), ("TARGET", "should predict")])
def test_model_that_counts_the_id_or_the_target_among_its_columns_is_refused_by_name(
    name: str, reason: str, tmp_path: Path
) -> None:
    chance = np.random.default_rng(3)
    table = pd.DataFrame({name: np.arange(200), "AMT_CREDIT": chance.uniform(1e5, 9e5, 200)})
    old = lgb.LGBMClassifier(n_estimators=3, verbose=-1).fit(table, chance.integers(0, 2, 200))
    folder = tmp_path / "old"
    folder.mkdir()
    for file, content in (("model.pkl", old), ("columns.pkl", list(table)), ("best_threshold", 0.4)):
        joblib.dump(content, folder / file)
    with pytest.raises(ConversionRefused) as refused:
        convert(folder, tmp_path / "new", trust=True)
    assert f"model.pkl has {name} among its columns" in str(refused.value)
    assert reason in str(refused.value)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("compress", [0, ("zlib", 3), ("gzip", 3), ("xz", 3), ("bz2", 3)])
def test_model_made_with_another_scikit_learn_names_both_versions(
    compress: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_old(tmp_path / "old", MODELS["scaled_trees"]())
    old = joblib.load(folder / "model.pkl")
    with monkeypatch.context() as patched:
        patched.setattr("sklearn.base.__version__", "1.2.0")
        joblib.dump(old, folder / "model.pkl", compress=compress)
    made = convert(folder, tmp_path / "new", trust=True)
    both = f"it was made with scikit-learn 1.2.0, and {sklearn.__version__} is installed here"
    assert made.other_versions == both
    assert f"check its answers against the old ones: {both}" in describe_converted(made, tmp_path / "new")
    content = (folder / "model.pkl").read_bytes().replace(b"StandardScaler", b"StandardScale_")
    if b"StandardScale_" in content:
        (folder / "model.pkl").write_bytes(content)
        with pytest.raises(ConversionRefused, match="cannot be unpickled") as refused:
            convert(folder, tmp_path / "newer", trust=True)
        assert both in str(refused.value)


def test_model_made_with_the_same_scikit_learn_names_none(tmp_path: Path) -> None:
    made = convert(write_old(tmp_path / "old", MODELS["scaled_trees"]()), tmp_path / "new", trust=True)
    assert made.other_versions == ""
