"""Nothing stands at a file's address before it is whole, and nothing of it is left whatever ends the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.batch.atomic_file import atomic_file
from core.settings import ROOT

SCRIPT = """
import os, signal
from pathlib import Path
from core.batch.atomic_file import atomic_file
with atomic_file(Path({path!r})) as part:
    part.file.write(b"a client")
    part.file.flush()
    os.kill(os.getpid(), signal.{signal})
"""


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_file_takes_the_place_of_the_old_one_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with atomic_file(path) as part:
        part.file.write(b"new")
        part.file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(tmp_path) == ["out.csv"]


def test_two_runs_to_one_output_do_not_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with atomic_file(path) as first, atomic_file(path) as second:
        first.file.write(b"first, longer")
        second.file.write(b"second")
    assert path.read_text() == "first, longer"
    assert names(tmp_path) == ["out.csv"]


@pytest.mark.parametrize("nameless", [True, False])
def test_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, nameless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), atomic_file(path) as part:
        part.file.write(b"new")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert names(tmp_path) == ["out.csv"]


@pytest.mark.parametrize("nameless", [True, False])
def test_discarded_file_leaves_the_old_one(tmp_path: Path, nameless: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    path = tmp_path / "out.csv"
    path.write_text("old")
    with atomic_file(path) as part:
        part.file.write(b"new")
        part.discard()
    assert path.read_text() == "old"
    assert names(tmp_path) == ["out.csv"]


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="only Linux has files without a name")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_run_that_is_killed_leaves_nothing(tmp_path: Path, name: str) -> None:
    script = SCRIPT.format(path=str(tmp_path / "out.csv"), signal=name)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == -signal.Signals[name]
    assert names(tmp_path) == []
