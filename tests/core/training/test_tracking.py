"""What MLflow keeps of a training, read back; and the registered model in a process that has nothing else."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pandas as pd
import pytest

from core.__main__ import main
from core.scoring.assess import assess, open_model
from core.training.tracking import mlflow_run
from core.training.tracking.registry import CHAMPION, NAME
from tests.browser.serving import MAX_SECONDS
from tests.core.training_run import Run


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A local store, found by two trainings on the command line: first the baseline, then the trees."""
    folder = tmp_path_factory.mktemp("tracking")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mlflow_run, "STORE", folder / "mlruns")
        mlflow.set_tracking_uri(None)  # type: ignore[arg-type]
        yield folder
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def said(store: Path, run: Run) -> list[str]:
    said = io.StringIO()
    for kind in ("logistic", "lightgbm"):
        arguments = ["train", str(run.data), "--out", str(store / kind), "--model", kind]
        with contextlib.redirect_stdout(said):
            assert main([*arguments, "--trials", "2"]) == 0
    return said.getvalue().splitlines()


@pytest.fixture(scope="module")
def runs(said: list[str]) -> pd.DataFrame:
    found = mlflow.search_runs(experiment_names=[mlflow_run.EXPERIMENT], order_by=["start_time"])
    assert isinstance(found, pd.DataFrame)
    return found


def test_each_training_is_a_finished_run_in_a_local_store(store: Path, runs: pd.DataFrame, said: list[str]) -> None:
    assert runs["tags.mlflow.runName"].tolist() == ["logistic", "lightgbm"]
    assert (runs["status"] == "FINISHED").all()
    assert (store / "mlruns" / "mlflow.db").is_file()
    assert f"MLflow run {runs['run_id'][1]} in sqlite:///{store}/mlruns/mlflow.db" in said[-1]


def test_a_run_holds_the_card_s_parameters_and_figures(store: Path, runs: pd.DataFrame) -> None:
    card = open_model(store / "lightgbm").bundle.card
    assert card.threshold is not None
    last = runs.iloc[1]
    assert last["params.trees"] == str(card.trees)
    assert last["params.search_trials"] == "2"
    assert last["params.num_leaves"] == str(card.parameters["num_leaves"])
    assert last["tags.data"] == card.data_fingerprint
    assert last["metrics.roc_auc"] == card.figures["roc_auc"].value
    assert last["metrics.roc_auc_low"] == card.figures["roc_auc"].low
    assert last["metrics.out_of_fold_loss_share"] == card.out_of_fold["loss_share"]
    assert last["metrics.threshold_high"] == card.threshold.high


def test_the_loss_curve_is_there_step_by_step_and_least_about_the_threshold(store: Path, runs: pd.DataFrame) -> None:
    policy = open_model(store / "lightgbm").bundle.policy
    curve = mlflow.MlflowClient().get_metric_history(runs["run_id"][1], mlflow_run.CURVE)
    losses = {point.step / mlflow_run.STEPS: point.value for point in curve}
    assert len(losses) == mlflow_run.HIGHEST_DRAWN
    near = min(losses, key=lambda step: abs(step - policy.threshold))
    assert losses[near] <= min(losses.values()) + 0.02


def test_plots_the_search_and_the_whole_bundle_are_kept(store: Path, runs: pd.DataFrame, tmp_path: Path) -> None:
    kept = Path(mlflow.artifacts.download_artifacts(run_id=runs["run_id"][1], dst_path=str(tmp_path)))
    names = {file.relative_to(kept).as_posix() for file in kept.rglob("*") if file.is_file()}
    assert {f"plots/{name}.png" for name in ("loss_by_threshold", "reliability", "roc", "solvency")} <= names
    assert (kept / "search.csv").read_text().count("\n") == 3
    tenths = pd.read_csv(kept / "reliability.csv").groupby("clients")
    assert tenths["tenth"].max().to_dict() == {"locked": 10, "out of fold": 10}
    assert tenths["mean_probability"].is_monotonic_increasing.all()
    assert (tenths["share_defaulted"].last() > tenths["share_defaulted"].first()).all()
    assert open_model(kept / "bundle").bundle.digest == open_model(store / "lightgbm").bundle.digest


def test_the_champion_is_the_version_with_the_lower_loss_out_of_fold(runs: pd.DataFrame, said: list[str]) -> None:
    better = int(runs["metrics.out_of_fold_loss_share"].argmin())
    champion = mlflow.MlflowClient().get_model_version_by_alias(NAME, CHAMPION)
    assert champion.run_id == runs["run_id"][better]
    told = [line for line in said if line.startswith("MLflow run")]
    assert "the champion now" in told[0]
    assert ("the champion now" if better else "not the champion") in told[1]


def test_the_registered_model_scores_as_the_screens_do_where_there_is_no_project(
    store: Path, runs: pd.DataFrame, tmp_path: Path
) -> None:
    model = open_model(store / "lightgbm")
    rows = [dict(golden.row) for golden in model.bundle.golden[:4]]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    code = """
import json, sys, mlflow, pandas as pd
mlflow.set_tracking_uri(sys.argv[1])
clients = pd.DataFrame(json.load(open("rows.json")))
texts = clients.select_dtypes(exclude="number").columns
clients = clients.astype({name: "float64" for name in clients if name not in texts and name != "SK_ID_CURR"})
answers = mlflow.pyfunc.load_model(sys.argv[2]).predict(clients)
json.dump(answers.to_dict("list"), open("answers.json", "w"))
"""
    asked = [sys.executable, "-c", code, mlflow.get_tracking_uri(), f"models:/{NAME}/2"]
    subprocess.run(asked, cwd=tmp_path, check=True, capture_output=True, timeout=MAX_SECONDS)
    answers = json.loads((tmp_path / "answers.json").read_text())
    found = assess(model, rows, review_band=0.0)
    assert answers["SK_ID_CURR"] == list(found.aligned.ids)
    assert answers["solvency"] == [decision.solvency for decision in found.decisions]
    assert answers["verdict"] == ["No" if decision.refused else "Yes" for decision in found.decisions]


def test_a_training_that_is_stopped_is_a_failed_run(store: Path, said: list[str], run: Run) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.training.pipeline.evaluate", _stop)
        assert main(["train", str(run.data), "--out", str(store / "stopped")]) == 130
    last = mlflow.search_runs(experiment_names=[mlflow_run.EXPERIMENT], order_by=["start_time DESC"], max_results=1)
    assert isinstance(last, pd.DataFrame)
    assert last["status"].tolist() == ["FAILED"]
    assert not (store / "stopped").exists()


def test_without_mlflow_nothing_is_trained_and_the_way_out_is_said(
    monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert main(["train", str(run.data), "--out", str(tmp_path / "model")]) == 2
    said = capsys.readouterr().err
    assert said == (
        "The training cannot be recorded in MLflow: it is not installed here; ./setup.sh train installs it.\n"
    )
    assert not (tmp_path / "model").exists()


def _stop(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
