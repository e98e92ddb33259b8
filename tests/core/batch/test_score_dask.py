"""Over a Dask cluster the same clients get the same answers bit for bit, even when a worker dies on the way."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from core.__main__ import main
from core.batch import partitions as partitions_module
from core.batch.local_cluster import local_cluster
from core.batch.partitions import Partition, partitions
from core.batch.progress import Progress
from core.batch.score_dask import WRITTEN, job_for, score_on_dask
from core.batch.score_file import Scored
from core.errors import InputRefused, SettingError, UnreadableInput
from core.scoring.assess import Model
from core.settings import Settings
from tests.core.drawn import draw_rows

distributed = pytest.importorskip("distributed", reason="requirements-scale.txt is not installed")

BAND, N = 0.02, 3000


@pytest.fixture(scope="module")
def folder(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two Parquet files of several row groups; a client stands in both, another lacks its amount."""
    written = tmp_path_factory.mktemp("clients")
    drawn = draw_rows(model, N, seed=8, missing=0.0)
    rows = [{name: row.get(name) for name in drawn[0]} for row in drawn]
    rows[N - 1]["SK_ID_CURR"] = rows[0]["SK_ID_CURR"]
    rows[7]["AMT_CREDIT"] = None
    for place in (0, 1):
        half = rows[place * N // 2 : (place + 1) * N // 2]
        pa_parquet.write_table(pa.Table.from_pylist(half), written / f"part-{place}.parquet", row_group_size=250)
    return written


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a scheduler with two workers in processes of their own."""
    with local_cluster(2) as address:
        yield address


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A partition for each row group."""
    monkeypatch.setattr(partitions_module, "ROWS_A_PARTITION", 1)


def test_partitions_cover_every_row_once(folder: Path, small_parts: None) -> None:
    found = partitions(str(folder))
    assert [part.before for part in found] == list(range(0, N, 250))
    assert [part.place for part in found] == list(range(N // 250))
    assert partitions(str(folder / "part-1.parquet")) == [
        Partition(place, str(folder / "part-1.parquet"), (place,), 250, 250 * place) for place in range(6)
    ]


@pytest.mark.parametrize("kill", [False, True])
def test_answers_are_the_same_bit_for_bit_even_when_a_worker_is_killed(
    model: Model, folder: Path, cluster: str, tmp_path: Path, small_parts: None, *, kill: bool
) -> None:
    with distributed.Client(cluster) as client:
        pids = set(client.run(os.getpid).values())
    assert len(pids) == 2
    told: list[int] = []

    def hear(pace: Progress) -> bool:
        if kill and not told:
            os.kill(min(pids), signal.SIGKILL)
        told.append(pace.done)
        return True

    out = tmp_path / "scored"
    job = job_for(model, Settings().model_folder, (), str(out), review_band=BAND, reasons=False)
    made = score_on_dask(job, str(folder), cluster=cluster, vocabulary=model.aligner.vocabulary, on_progress=hear)
    assert (made.n_rows, made.n_refused) == (N, 3)
    assert dict(made.by_problem) == {"client_twice": 2, "essential_missing": 1}
    assert (out / WRITTEN).exists()
    assert len(told) == N // 250

    whole = tmp_path / "whole.parquet"
    pa_parquet.write_table(pa_parquet.read_table(folder), whole)
    assert main(["score", str(whole), "--out", str(tmp_path / "here.parquet")]) == 3
    assert pa_parquet.read_table(out).equals(pa_parquet.read_table(tmp_path / "here.parquet"))
    rejects = sorted((tmp_path / "scored.rejects").iterdir())
    assert [each.name for each in rejects] == ["part-00000.csv", "part-00011.csv"]
    assert f"this client is also in row {N}" in rejects[0].read_text()


def score(model: Model, folder: Path, out: Path, cluster: str | int, **more: Any) -> Scored:
    job = job_for(model, Settings().model_folder, (), str(out), review_band=BAND, reasons=False)
    return score_on_dask(job, str(folder), cluster=cluster, vocabulary=model.aligner.vocabulary, **more)


def write(folder: Path, *parts: list[dict[str, object]]) -> None:
    folder.mkdir()
    for place, rows in enumerate(parts):
        pa_parquet.write_table(pa.Table.from_pylist(rows), folder / f"part-{place}.parquet", row_group_size=4)


@pytest.fixture(scope="module")
def few(model: Model) -> list[dict[str, object]]:
    """Sixteen clients."""
    return [{**draw_rows(model, 1, seed=8, missing=0.0)[0], "SK_ID_CURR": 900001 + place} for place in range(16)]


def test_row_of_totals_is_named_among_all_partitions(
    model: Model, few: list[dict[str, object]], cluster: str, tmp_path: Path, small_parts: None
) -> None:
    total = {**few[0], "SK_ID_CURR": sum(int(str(row["SK_ID_CURR"])) for row in few)}
    no_id = {**few[0], "SK_ID_CURR": None}
    write(tmp_path / "in", [*few[:8], total], few[8:])
    write(tmp_path / "without", [*few[:3], no_id], [*few[3:], no_id])
    made = score(model, tmp_path / "in", tmp_path / "out", cluster)
    assert (made.n_rows, dict(made.by_problem)) == (17, {"totals_row": 1})
    made = score(model, tmp_path / "without", tmp_path / "out_without", cluster)
    assert dict(made.by_problem) == {"id_missing": 1, "last_row_without_id": 1}


def test_column_of_numbers_is_judged_over_all_partitions_before_anything_is_written(
    model: Model, few: list[dict[str, object]], cluster: str, tmp_path: Path, small_parts: None
) -> None:
    numbers = [{**row, "NAME_INCOME_TYPE": "7"} for row in few]
    write(tmp_path / "in", numbers[:8], numbers[8:])
    with pytest.raises(InputRefused) as refused:
        score(model, tmp_path / "in", tmp_path / "out", cluster)
    assert [(each.code, each.column) for each in refused.value.problems] == [
        ("category_of_numbers", "NAME_INCOME_TYPE")
    ]
    assert not list((tmp_path / "out").iterdir())
    write(tmp_path / "other", numbers[:8], [*numbers[8:-1], few[-1]])
    made = score(model, tmp_path / "other", tmp_path / "out", cluster)
    assert made.tally.notes.never_seen == {"NAME_INCOME_TYPE": 15}


def test_names_of_each_file_are_matched_and_numbers_that_mean_two_things_asked_about(
    model: Model, few: list[dict[str, object]], cluster: str, tmp_path: Path
) -> None:
    lower = [{name.lower(): cell for name, cell in row.items()} for row in few[8:]]
    write(tmp_path / "in", few[:8], lower)
    assert (made := score(model, tmp_path / "in", tmp_path / "out", cluster)).n_refused == 0
    assert made.tally.notes.ignored == ()
    bare = [{name: row[name] for name in ("SK_ID_CURR", "AMT_INCOME_TOTAL", "DAYS_BIRTH")} for row in few]
    write(tmp_path / "unclear", [{**row, "AMT_CREDIT": "270.000"} for row in bare])
    with pytest.raises(InputRefused) as refused:
        score(model, tmp_path / "unclear", tmp_path / "unclear_out", cluster)
    assert refused.value.code == "decimal_unclear"
    assert score(model, tmp_path / "unclear", tmp_path / "clear", cluster, decimal="comma").n_refused == 0


def test_file_that_changes_while_it_is_scored_is_refused_and_nothing_is_left(
    model: Model, few: list[dict[str, object]], cluster: str, tmp_path: Path
) -> None:
    write(tmp_path / "in", few[:8], few[8:])

    def meddle(pace: Progress) -> bool:
        write_again = few[:7] if pace.done == pace.total else few[:8]
        pa_parquet.write_table(pa.Table.from_pylist(write_again), tmp_path / "in" / "part-0.parquet")
        return True

    with pytest.raises(UnreadableInput) as refused:
        score(model, tmp_path / "in", tmp_path / "out", cluster, on_progress=meddle)
    assert refused.value.code == "file_changed"
    assert not list((tmp_path / "out").iterdir())


def test_output_that_is_there_is_not_written_over(model: Model, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "part-00000.parquet").write_text("of an earlier run")
    job = job_for(model, Settings().model_folder, (), str(tmp_path / "kept"), review_band=BAND, reasons=False)
    with pytest.raises(SettingError, match="must be empty or not there"):
        score_on_dask(job, str(folder), cluster=1, vocabulary=model.aligner.vocabulary)


def test_command_starts_workers_of_its_own_whatever_script_it_is_called_from(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that ran the caller's script again, as multiprocessing does, would end before it began."""
    script = tmp_path / "script.py"
    script.write_text("raise RuntimeError('the script runs again')")
    caller = ModuleType("__main__")
    caller.__file__ = str(script)
    monkeypatch.setitem(sys.modules, "__main__", caller)
    out = tmp_path / "scored"
    command = ["score", f"file://{folder}", "--out", f"file://{out}", "--engine", "dask", "--cluster", "1"]
    assert main(command) == 3
    assert "2,997 of 3,000 clients scored" in capsys.readouterr().out
    assert pa_parquet.read_table(out).num_rows == N - 3


def test_workers_that_do_not_start_are_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(SettingError, match="its workers must be able to start"), local_cluster(1):
        pass


def test_output_that_only_the_workers_see_is_no_success(model: Model, folder: Path, cluster: str) -> None:
    job = job_for(model, Settings().model_folder, (), "memory://scored", review_band=BAND, reasons=False)
    with pytest.raises(SettingError, match="all workers share"):
        score_on_dask(job, str(folder), cluster=cluster, vocabulary=model.aligner.vocabulary)
