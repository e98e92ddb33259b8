"""A bundle trained once on made-up clients, for the tests of training and of synthetic clients (fixtures)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.progress_log import ProgressLog
from core.scoring.assess import Model, open_model
from core.training.pipeline import Trained, train
from core.training.tracking import mlflow_run
from tests.core.training.tables import drawn_table


@dataclass(frozen=True)
class Run:
    """One training run: where its data and its bundle lie, what came back, and what was said meanwhile."""

    data: Path
    folder: Path
    trained: Trained
    said: str


def run_training(folder: Path, *, seed: int | None = None) -> Run:
    """Trains in a folder on the drawn table, its rows shuffled if there is a seed."""
    data = folder / "data"
    data.mkdir()
    table = drawn_table()
    if seed is not None:
        table = table.sample(frac=1.0, random_state=seed)
    table.to_csv(data / "application_train.csv", index=False)
    said = io.StringIO()
    trained = train(data, folder / "model", ProgressLog(said))
    return Run(data, folder / "model", trained, said.getvalue())


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The training run that tests look at."""
    return run_training(tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def small_model(run: Run) -> Model:
    """The model of that run."""
    return open_model(run.folder)


@pytest.fixture(scope="session", autouse=True)
def store_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test records its training in the project's own store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setattr(mlflow_run, "STORE", tmp_path_factory.mktemp("mlruns"))
        yield
