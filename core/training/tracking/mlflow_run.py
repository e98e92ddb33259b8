"""Records each training as an MLflow run: parameters, metrics, plots, and the model in the registry.

The store is local unless MLFLOW_TRACKING_URI, which MLflow reads itself, names another. Needs requirements-train.txt;
nothing that serves imports this module.
"""

from __future__ import annotations

import csv
import importlib
import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import ScoringError
from core.settings import ROOT
from core.training.pipeline import Trained
from core.training.threshold import loss_curve
from core.training.tracking.plots import SIDES, plots_of, reliability
from core.training.tracking.registry import register

STORE = ROOT / "mlruns"
EXPERIMENT = "aval"
STEPS = 1000
"""Steps of the loss curve's metric per unit of the threshold: a threshold of 0.163 is step 163."""
HIGHEST_DRAWN = 500
CURVE = "loss_share_by_threshold"


class NotTracked(ScoringError):
    """The run cannot be recorded; finding: why."""

    def __init__(self, finding: str) -> None:
        super().__init__(f"The training cannot be recorded in MLflow: {finding}.")


@dataclass(frozen=True, slots=True)
class Tracked:
    """The record of a training: the run, the store, the model's version, and whether it is the champion now."""

    run_id: str
    store: str
    version: str
    champion: bool


class TrackedRun:
    """An open MLflow run."""

    def __init__(self, mlflow: Any, run_id: str) -> None:
        self._mlflow = mlflow
        self.run_id = run_id

    def record(self, trained: Trained, folder: Path) -> Tracked:
        """Log parameters, metrics, plots and the bundle in `folder`, and register the model. Raises NotTracked."""
        try:
            self._log_facts(trained)
            self._log_curve(trained)
            self._log_reliability(trained)
            for name, figure in plots_of(trained).items():
                self._mlflow.log_figure(figure, f"plots/{name}.png")
            self._mlflow.log_artifacts(str(folder), "bundle")
            version, champion = register(self._mlflow, trained, folder)
        except (OSError, self._mlflow.MlflowException) as error:
            raise NotTracked(_first_line(error)) from None
        return Tracked(self.run_id, self._mlflow.get_tracking_uri(), version, champion)

    def _log_facts(self, trained: Trained) -> None:
        card, policy = trained.card, trained.policy
        mlflow = self._mlflow
        mlflow.set_tags({"digest": trained.digest, "kind": trained.contents.kind, "data": card.data_fingerprint})
        mlflow.log_params(
            {
                "model": card.name,
                **card.parameters,
                "trees": card.trees,
                "columns": len(trained.contents.columns),
                "trained_rows": card.trained_rows,
                "locked_rows": card.locked_rows,
                "left_out": ", ".join(card.left_out),
                "missing_tables": ", ".join(card.missing_tables),
                "search_trials": card.trials,
                "calibration": f"{policy.intercept:g} + {policy.slope:g} · log-odds",
                "commit": trained.contents.provenance.commit,
            }
        )
        mlflow.log_dict(card.constraints, "constraints.json")
        metrics = {"threshold": policy.threshold, "default_rate": card.default_rate, **card.worth}
        metrics |= {f"out_of_fold_{name}": value for name, value in card.out_of_fold.items()}
        figures = dict(card.figures) | ({"threshold": card.threshold} if card.threshold else {})
        for name, figure in figures.items():
            metrics |= {f"{name}_low": figure.low, f"{name}_high": figure.high}
            metrics.setdefault(name, figure.value)
        if card.constraints:
            metrics |= {"constraints_cost_auc": card.constraints_cost}
        for each in card.comparisons:
            name = f"{each.other}_{each.clients}"
            metrics |= {f"{name}_{measure}": figure.value for measure, figure in each.figures.items()}
            for measure, gap in each.difference.items():
                metrics |= {f"{name}_{measure}_difference": gap.value}
                metrics |= {f"{name}_{measure}_difference_low": gap.low, f"{name}_{measure}_difference_high": gap.high}
        mlflow.log_metrics(metrics)
        if trained.evaluation.search:
            mlflow.log_text(
                _table([{"log_loss": each.log_loss, **each.parameters} for each in trained.evaluation.search.trials]),
                "search.csv",
            )

    def _log_curve(self, trained: Trained) -> None:
        open_rows = ~trained.applications.locked
        thresholds = np.arange(1, HIGHEST_DRAWN + 1) / STEPS
        losses = loss_curve(
            trained.evaluation.probability[open_rows],
            trained.applications.defaults[open_rows],
            trained.applications.credit[open_rows],
            thresholds,
        )
        from mlflow.entities import Metric

        points = [Metric(CURVE, float(loss), 0, step) for step, loss in enumerate(losses, start=1)]
        self._mlflow.MlflowClient().log_batch(self.run_id, metrics=points)
        rows = [
            {"threshold": f"{each:g}", "loss_share": f"{loss:.6f}"}
            for each, loss in zip(thresholds, losses, strict=True)
        ]
        self._mlflow.log_text(_table(rows), "loss_curve.csv")

    def _log_reliability(self, trained: Trained) -> None:
        probability, locked = trained.evaluation.probability, trained.applications.locked
        rows = [
            {"clients": side, "tenth": tenth, "mean_probability": f"{mean:.6f}", "share_defaulted": f"{share:.6f}"}
            for side, chosen in zip(SIDES, (~locked, locked), strict=True)
            for tenth, (mean, share) in enumerate(
                zip(*reliability(probability[chosen], trained.applications.defaults[chosen]), strict=True), 1
            )
        ]
        self._mlflow.log_text(_table(rows), "reliability.csv")


@contextmanager
def tracked(kind: str) -> Iterator[TrackedRun]:
    """An MLflow run that is open during the training, and marked as failed if the training raises.

    Raises NotTracked before the training if MLflow is not installed or its store does not answer.
    """
    mlflow = _open_mlflow()
    try:
        mlflow.set_experiment(EXPERIMENT)
        run = mlflow.start_run(run_name=kind)
    except Exception as error:  # each kind of store raises its own errors
        raise NotTracked(_first_line(error)) from None
    with run:
        yield TrackedRun(mlflow, run.info.run_id)


def _open_mlflow() -> Any:
    # Disables MLflow's telemetry, which it reads from the environment at import.
    os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"}
    try:
        mlflow: Any = importlib.import_module("mlflow")
    except ImportError:
        raise NotTracked("it is not installed here; ./setup.sh train installs it") from None
    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    if not mlflow.is_tracking_uri_set():
        STORE.mkdir(exist_ok=True)
        mlflow.set_tracking_uri(f"sqlite:///{STORE / 'mlflow.db'}")
        if mlflow.get_experiment_by_name(EXPERIMENT) is None:
            mlflow.create_experiment(EXPERIMENT, artifact_location=(STORE / "artifacts").as_uri())
    return mlflow


def _table(rows: list[dict[str, Any]]) -> str:
    written = io.StringIO()
    lines = csv.DictWriter(written, fieldnames=list(rows[0]))
    lines.writeheader()
    lines.writerows(rows)
    return written.getvalue()


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
