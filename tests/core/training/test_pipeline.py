"""A whole training run: the same data gives the same bundle, and until it is done nothing changes."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.cli import describe_trained
from core.model.bundle import load_bundle, write_bundle
from core.model.bundle_files import FILES
from core.model.schema import BundleSpec
from core.progress_log import ProgressLog
from core.scoring.assess import Model, assess
from core.training import pipeline
from core.training.applications import read_applications
from tests.core.training_run import Run, run_training


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES["lightgbm"]}


def test_trained_again_on_shuffled_rows_the_bundle_is_the_same_to_the_byte(run: Run, tmp_path: Path) -> None:
    again = run_training(tmp_path, seed=4)
    assert contents(again.folder) == contents(run.folder)
    assert again.trained.digest == run.trained.digest


def test_the_bundle_opens_and_its_golden_clients_hold(run: Run, small_model: Model) -> None:
    assert small_model.bundle.digest == run.trained.digest
    assert len(small_model.bundle.golden) == 10
    assert all("TARGET" not in golden.row for golden in small_model.bundle.golden)


def test_the_card_says_what_was_done(run: Run, small_model: Model) -> None:
    card = small_model.bundle.card
    applications = read_applications(run.data)
    assert card == run.trained.card
    assert card.trained_rows == len(applications)
    assert card.locked_rows == applications.locked.sum()
    assert card.data_fingerprint == applications.fingerprint
    assert set(card.figures) == {"roc_auc", "gini", "ks", "pr_auc", "brier", "ece", "loss_share"}
    assert set(card.out_of_fold) == set(card.figures)
    assert set(card.worth) == {"age_auc", "sex_family_auc"}
    assert card.figures["roc_auc"].low <= card.figures["roc_auc"].value <= card.figures["roc_auc"].high


def test_weights_sum_to_one(small_model: Model) -> None:
    assert small_model.bundle.weights.sum() == pytest.approx(1.0)
    assert small_model.bundle.weights.min() >= 0


def test_a_training_row_is_scored_by_the_model_that_ships(run: Run, small_model: Model) -> None:
    table = read_applications(run.data).table.head(50)
    rows = [{name: None if cell != cell else cell for name, cell in row.items()} for row in table.to_dict("records")]
    found = assess(small_model, rows, review_band=0.02)
    assert len(found) == 50
    assert np.isfinite(found.probability).all()


def test_progress_says_each_step_and_its_time(run: Run) -> None:
    assert "reading the applications … " in run.said
    assert re.search(r"cross-validating \((under|about) \d+ (s|minutes) left\) …\.{5} ", run.said)
    assert run.said.count(" s\n") == run.said.count("…") == 15
    assert run.said.count(" left) …") == 13


def test_a_stop_leaves_the_old_bundle_as_it_was(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "evaluate", stop)
    before = contents(run.folder)
    assert main(["train", str(run.data), "--out", str(run.folder)]) == 130
    assert contents(run.folder) == before
    assert sorted(path.name for path in run.folder.parent.iterdir()) == ["data", "model"]
    assert capsys.readouterr().err.endswith("Stopped; what was written before is untouched.\n")


def test_a_stop_while_the_bundle_is_swapped_brings_the_old_one_back(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = load_bundle(run.folder)
    before = contents(run.folder)
    rename = Path.rename
    calls: list[Path] = []

    def stop_at_the_second(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stop_at_the_second)
    parts = BundleSpec(
        model=(run.folder / "model.txt").read_text(),
        columns=bundle.columns,
        policy=bundle.policy,
        population=bundle.population,
        card=bundle.card,
        golden=bundle.golden,
        provenance=bundle.provenance,
    )
    with pytest.raises(KeyboardInterrupt):
        write_bundle(parts, run.folder)
    assert contents(run.folder) == before


def test_a_refusal_is_one_sentence_and_exit_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["train", str(tmp_path / "nowhere"), "--out", str(tmp_path / "model")]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("nowhere cannot be trained on: it is no such file")
    assert not (tmp_path / "model").exists()


def test_the_command_prints_the_path_and_the_figures(run: Run) -> None:
    told = describe_trained(run.trained, Path("assets/model"))
    assert told.startswith("assets/model (digest ")
    assert f"threshold on P(default) {run.trained.policy.threshold}" in told
    assert "roc_auc" in told


def test_outside_git_the_commit_is_unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pipeline, "ROOT", tmp_path)
    assert pipeline.provenance().commit == "unknown"


def test_progress_ends_its_line_when_a_step_fails() -> None:
    said = io.StringIO()
    with pytest.raises(ValueError, match="no"), ProgressLog(said)("trying"):
        raise ValueError("no")
    assert said.getvalue() == "trying …\n"
