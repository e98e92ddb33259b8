"""`python -m core bundle convert` and `bundle verify`, as somebody at a terminal meets them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import main
from core.settings import Settings
from tests.core.old_api import bare, scaled_trees, write_old


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRUSTED_MODELS", "MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_convert_says_first_that_it_runs_code_and_wants_trust(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write_old(tmp_path / "old", bare())
    assert main(["bundle", "convert", str(old), "--out", str(tmp_path / "new")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    first, second = told.err.splitlines()
    assert first == "Opening these files runs the code in them: do it only with files whose maker you know."
    assert second.startswith("old cannot be converted: give --trust to open it; the SHA-256 of model.pkl is ")
    assert not (tmp_path / "new").exists()


def test_trees_are_converted_and_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = write_old(tmp_path / "old", bare()), tmp_path / "new"
    assert main(["bundle", "convert", str(old), "--out", str(new), "--trust"]) == 0
    told = capsys.readouterr()
    assert told.err.startswith("Opening these files runs the code in them")
    first, *rest = told.out.splitlines()
    assert first.startswith(f"{new} (digest ")
    assert first.endswith(", kind lightgbm)")
    assert rest == [
        "20 columns, fill value 0; threshold on P(default) 0.48",
        "largest difference from the old model on the golden rows: 0",
    ]
    assert main(["bundle", "verify", str(new)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "10 golden rows get their probabilities (largest difference 0)"


def test_pipeline_is_verified_once_its_digest_is_trusted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = write_old(tmp_path / "old", scaled_trees()), tmp_path / "new"
    assert main(["bundle", "convert", str(old), "--out", str(new), "--trust"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("to serve it: TRUSTED_MODELS=")
    digest = last.partition("=")[2]
    assert main(["bundle", "verify", str(new)]) == 2
    assert f"add its SHA-256 {digest} to the setting TRUSTED_MODELS" in capsys.readouterr().err
    monkeypatch.setenv("TRUSTED_MODELS", f"{'0' * 64}, {digest.upper()}")
    assert main(["bundle", "verify", str(new)]) == 0
    assert "(largest difference 0)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "finding"),
    [("model.txt", "model.txt is not the file that was written"), ("golden.json", "golden.json is not the file")],
)
def test_damaged_bundle_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, finding: str) -> None:
    new = tmp_path / "new"
    assert main(["bundle", "convert", str(write_old(tmp_path / "old", bare())), "--out", str(new), "--trust"]) == 0
    (new / file).write_bytes((new / file).read_bytes() + b" ")
    assert main(["bundle", "verify", str(new)]) == 2
    assert finding in capsys.readouterr().err


def test_verify_without_a_folder_checks_the_model_that_ships(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "verify"]) == 0
    assert capsys.readouterr().out.startswith(f"{Settings().model_dir} (digest ")


def test_no_clients_can_be_drawn_of_an_unknown_population(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = tmp_path / "new"
    assert main(["bundle", "convert", str(write_old(tmp_path / "old", bare())), "--out", str(new), "--trust"]) == 0
    assert main(["demo", "--model", str(new), "--out", str(tmp_path / "clients.csv")]) == 2
    assert "it does not know its population" in capsys.readouterr().err
    assert not (tmp_path / "clients.csv").exists()


def test_a_reader_that_has_gone_is_no_trouble() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        ended = subprocess.run([sys.executable, "-m", "core", "bundle", "verify"], stdout=gone, stderr=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_reader_of_the_errors_that_has_gone_is_told_apart_from_what_monitor_tells(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        command = [sys.executable, "-m", "core", "monitor", str(tmp_path / "none.csv")]
        ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=gone)
    assert (ended.returncode, ended.stdout) == (141, b"")
