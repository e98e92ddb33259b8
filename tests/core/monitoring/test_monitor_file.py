"""`python -m core monitor`: what it prints, and the exit code that a scheduler goes by."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.__main__ import main
from core.batch.results import Places
from core.batch.sources import Rows
from core.i18n.translations import translate
from core.monitoring.drift import find_drift
from core.monitoring.monitor_file import THREADS, Monitored, monitor_file
from core.monitoring.observed import Observed
from core.readers import csv_blocks
from core.records import Assessments
from core.scoring.assess import Model, assess
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
    told = capsys.readouterr().out
    assert "10 clients are too few" in told
    assert "missing for 100.0% of the clients" in told
    assert "stable" not in told
    assert "PSI" not in told


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


def test_a_target_that_is_none_and_one_class_leave_what_can_be_shown(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = draw(model, 60, 2, TARGET=0)
    rows[0]["TARGET"], rows[1]["TARGET"] = "maybe", ""
    assert main(["monitor", write(tmp_path / "clients.csv", rows)]) == 3
    printed = capsys.readouterr().out
    assert "One client has a TARGET that is neither 0 nor 1 and is left out of the figures on outcomes" in printed
    assert "One client has no TARGET and is left out" in printed
    assert "TARGET is known for 58 clients, of whom 0 had payment difficulties (0.0%)." in printed
    assert translate("outcome.all_good", "en") in printed
    assert "brier" in printed
    assert "roc_auc" not in printed


def test_a_column_whose_training_values_are_not_known_is_said_not_to_be_compared(model: Model) -> None:
    population = model.bundle.population
    numbers = {name: each for name, each in population.numbers.items() if name != "EXT_SOURCE_3"}
    bundle = replace(model.bundle, population=msgspec.structs.replace(population, numbers=numbers))
    rows = draw(model, 60, 2)
    assessments = assess(model, rows, review_band=0.02, keep_good=True, whole=False)
    before, after = Observed(model.bundle), Observed(bundle)
    for counts in (before, after):
        counts.observe(rows, assessments, np.arange(60))
    unknown = find_drift(before).unknown
    drift = find_drift(after)
    assert drift.unknown == unknown + 1
    words = Monitored(60, 0, after, drift).words()
    assert translate("drift.unknown", "en", n=unknown + 1) in words
    assert "External score 3" not in words
