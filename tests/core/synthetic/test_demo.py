"""The demo's file: made from the bundle alone, the same each time, spread like the population."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.cli import describe_demo
from core.errors import SettingError
from core.progress_log import ProgressLog
from core.scoring.assess import Model, assess
from core.synthetic.demo import Demo, make_demo, match_scores, write_csv
from core.synthetic.fidelity import compare_marginals, compare_scores, mixture
from core.synthetic.generator import rows_of
from tests.core.training_run import Run

CLIENTS = 300


@pytest.fixture(scope="module")
def made(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Demo, Path]:
    out = tmp_path_factory.mktemp("demo") / "clients.csv"
    return make_demo(run.folder, out, clients=CLIENTS, seed=1, progress=ProgressLog()), out


def test_the_same_seed_writes_the_same_file(made: tuple[Demo, Path], run: Run, tmp_path: Path) -> None:
    again = tmp_path / "clients.csv"
    assert main(["demo", "--clients", str(CLIENTS), "--model", str(run.folder), "--out", str(again)]) == 0
    assert again.read_bytes() == made[1].read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["clients.csv"]


def test_the_file_is_read_back_and_scored_without_a_refusal(made: tuple[Demo, Path], small_model: Model) -> None:
    table = pd.read_csv(made[1], index_col=False)
    found = assess(small_model, rows_of(table), review_band=0.02)
    assert len(found) == CLIENTS
    assert table["SK_ID_CURR"].tolist() == list(range(900_001, 900_001 + CLIENTS))


def test_scores_are_spread_like_the_populations(made: tuple[Demo, Path]) -> None:
    demo = made[0]
    assert demo.scores.distance < 0.05
    assert demo.scores.distance <= demo.drawn.distance
    assert demo.scores.refused[0] == pytest.approx(demo.scores.refused[1], abs=0.03)


def test_clients_are_not_sorted_by_risk(made: tuple[Demo, Path], small_model: Model) -> None:
    found = assess(small_model, rows_of(pd.read_csv(made[1])), review_band=0.0)
    assert abs(np.corrcoef(np.arange(CLIENTS), found.probability)[0, 1]) < 0.2


def test_the_choice_takes_each_candidate_once(small_model: Model) -> None:
    risk = np.random.default_rng(2).beta(2, 5, 400)
    for n in (1, 100, 400):
        chosen = match_scores(risk, small_model.bundle.population.score_bins["all"], n)
        assert len(set(chosen.tolist())) == n


def test_the_farthest_column_comes_first(made: tuple[Demo, Path], small_model: Model) -> None:
    clients = pd.read_csv(made[1])
    shifted = clients.assign(EXT_SOURCE_2=clients["EXT_SOURCE_2"] / 10)
    worst = compare_marginals(shifted, small_model.bundle.population)[0]
    assert (worst.column, worst.kind) == ("EXT_SOURCE_2", "KS")
    assert worst.distance > 0.8


def test_the_population_is_at_no_distance_from_itself(small_model: Model) -> None:
    population = small_model.bundle.population
    bins = population.score_bins["all"]
    risk = np.concatenate([np.linspace(each.low, each.high, each.n) for each in bins])
    found = compare_scores(risk, mixture([(bins, 1)]), threshold=bins[10].high)
    assert found.distance < 0.01
    assert found.refused[0] == pytest.approx(found.refused[1], abs=0.01)


def test_the_command_says_how_far_the_demo_is(made: tuple[Demo, Path]) -> None:
    told = describe_demo(made[0], Path("clients.csv"))
    assert told.startswith(f"clients.csv ({CLIENTS} synthetic clients)")
    assert "KS distance of the solvency" in told


def test_a_folder_that_is_no_bundle_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["demo", "--model", str(tmp_path), "--out", str(tmp_path / "clients.csv")]) == 2
    assert "cannot be used: manifest.json is not there" in capsys.readouterr().err


@pytest.mark.parametrize("count", ["0", "-5", "many"])
def test_a_demo_has_at_least_one_client(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "--clients", count])
    assert "must be a whole number of at least 1" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is only there on Linux")
def test_a_disk_that_is_full_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(pd.DataFrame):
        def to_csv(self, path: Path, **how: object) -> None:  # type: ignore[override]
            super().to_csv("/dev/full", **how)  # type: ignore[call-overload]

    monkeypatch.setattr(pd.DataFrame, "apply", lambda clients, *_: Full(clients))
    with pytest.raises(SettingError) as refused:
        write_csv(pd.DataFrame({"SK_ID_CURR": [1]}), tmp_path / "demo.csv")
    assert str(refused.value) == (
        "--out: must be where a file can be written, and it cannot (No space left on device)."
    )
    assert list(tmp_path.iterdir()) == []
