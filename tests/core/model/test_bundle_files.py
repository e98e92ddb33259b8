"""A bundle's folder written aside and put into its place: whole, or as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.model.bundle_files import staged_folder


def stage(folder: Path, *, published: bool, fails: bool) -> None:
    with staged_folder(folder, {"policy.json": b"new"}, lambda fresh: (fresh / "policy.json").read_bytes()) as publish:
        if published:
            publish()
            assert (folder / "policy.json").read_bytes() == b"new"
        if fails:
            raise ValueError("what follows")


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("there", [True, False])
def test_what_fails_leaves_the_folder_as_it_was(tmp_path: Path, published: bool, there: bool) -> None:
    folder = tmp_path / "model"
    if there:
        folder.mkdir()
        (folder / "policy.json").write_bytes(b"old")
    with pytest.raises(ValueError, match="what follows"):
        stage(folder, published=published, fails=True)
    assert folder.exists() == there
    assert not there or (folder / "policy.json").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == (["model"] if there else [])


def test_a_disk_that_has_no_room_for_the_new_one_keeps_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    stage(folder, published=True, fails=False)
    make = Path.mkdir

    def full(path: Path, *arguments: Any, **named: Any) -> None:
        if path.name == "new":
            raise OSError(28, "No space left on device")
        make(path, *arguments, **named)

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(OSError, match="No space left"):
        stage(folder, published=True, fails=False)
    assert (folder / "policy.json").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_what_is_published_stays(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    stage(folder, published=True, fails=False)
    stage(folder, published=True, fails=False)
    assert (folder / "policy.json").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
