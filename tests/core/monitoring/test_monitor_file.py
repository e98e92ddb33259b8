"""`python -m core monitor`: what it prints, and the exit code that a scheduler goes by."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.batch.results import Places
from core.batch.sources import Rows
from core.monitoring.monitor_file import THREADS, monitor_file
from core.monitoring.observed import Observed
from core.readers import csv_blocks
from core.records import Assessments
from core.scoring.assess import Model
from tests.core import client_files as files
from tests.core.monitoring.test_drift import draw

HEADER = "SK_ID_CURR,AMT_CREDIT,AMT_INCOME_TOTAL,DAYS_BIRTH\n"


def write(path: Path, rows: list[dict[str, object]]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    path.write_bytes(files.as_csv([{name: row.get(name) for name in names} for row in rows]))
    return str(path)


def test_a_file_that_lacks_the_main_columns_asks_to_act(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, random = draw(model, 300, 1), np.random.default_rng(1)
    for row in rows:
        row["TARGET"] = int(random.random() < 0.1)
    assert main(["monitor", write(tmp_path / "clients.csv", rows)]) == 3
    printed = capsys.readouterr().out
    assert printed.startswith("Act:")
    assert "External score 3" in printed
    assert "TARGET is known for 300 clients" in printed
    assert "roc_auc" in printed


def test_few_clients_are_unusable_and_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ten.csv"
    path.write_text(HEADER + "".join(f"{client},270000,180000,-16425\n" for client in range(7000001, 7000011)))
    assert main(["monitor", str(path)]) == 2
    assert "10 clients are too few" in capsys.readouterr().out


def test_no_table_of_clients_is_unusable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monitor", str(tmp_path / "none.csv")]) == 2
    assert capsys.readouterr().err


def test_a_file_of_many_pieces_is_held_a_few_at_a_time(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory does not grow with the file: whatever its length, no more pieces are alive than are assessed ahead."""
    monkeypatch.setattr(csv_blocks, "BLOCK", 2_000)
    alive: list[int] = []
    observe = Observed.observe

    def count(observed: Observed, rows: Rows, assessments: Assessments, keep: Places) -> None:
        observe(observed, rows, assessments, keep)
        alive.append(sum(isinstance(each, Assessments) for each in gc.get_objects()))

    monkeypatch.setattr(Observed, "observe", count)
    gc.collect()
    before = sum(isinstance(each, Assessments) for each in gc.get_objects())
    file = tmp_path / "clients.csv"
    file.write_text(HEADER + "".join(f"{client},270000,180000,-16425\n" for client in range(7000001, 7002001)))
    found = monitor_file(model, file, review_band=0.02)
    assert found.observed.n == 2000
    assert len(alive) >= 25
    # One that is counted, and those that wait behind it.
    assert max(alive) - before <= THREADS + 1
