"""A bundle whose writer can write its manifest too: digests are right, and the content is not."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import BundleError
from core.model import files
from core.model.bundle import load_bundle, write_bundle
from core.model.probe import survives
from core.model.schema import BundleSpec
from core.settings import ROOT


@pytest.fixture
def folder(contents: BundleSpec, tmp_path: Path) -> Path:
    write_bundle(contents, tmp_path / "small")
    return tmp_path / "small"


def rewrite(folder: Path, name: str, old: str, new: str) -> None:
    """Changes a file, and the manifest with it."""
    content = (folder / name).read_text(encoding="utf-8")
    assert old in content
    (folder / name).write_text(content.replace(old, new, 1), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def finding(folder: Path, digest: str = "") -> str:
    with pytest.raises(BundleError) as refused:
        load_bundle(folder, digest=digest)
    (only,) = refused.value.findings
    return only


def test_another_bundle_than_the_pinned_one_is_refused(contents: BundleSpec, folder: Path) -> None:
    digest = load_bundle(folder).digest
    assert load_bundle(folder, digest=digest.upper()).digest == digest
    rewrite(folder, "policy.json", str(contents.policy.threshold), "0.99")
    other = load_bundle(folder).digest
    assert finding(folder, digest) == f"its digest is {other}, and MODEL_DIGEST wants {digest}"


@pytest.mark.parametrize("threshold", ["2", "1", "0", "-5", "1e999", "null"])
def test_threshold_that_is_no_probability_is_refused(contents: BundleSpec, folder: Path, threshold: str) -> None:
    rewrite(folder, "policy.json", f'"threshold": {contents.policy.threshold}', f'"threshold": {threshold}')
    assert finding(folder).startswith("policy.json: ")


@pytest.mark.parametrize(("name", "value"), [("slope", "0"), ("slope", "-1"), ("intercept", "1000")])
def test_calibration_that_turns_the_score_round_is_refused(
    contents: BundleSpec, folder: Path, name: str, value: str
) -> None:
    rewrite(folder, "policy.json", f'"{name}": {getattr(contents.policy, name)}', f'"{name}": {value}')
    assert finding(folder).startswith("policy.json: ")


@pytest.mark.parametrize(
    ("old", "new"),
    [("left_child=", "left_child=99999 "), ("num_leaves=", "num_leaves=9"), ("leaf_value=", "leaf_value=x ")],
)
def test_model_that_ends_lightgbm_is_one_finding_and_not_the_end_of_this_process(
    folder: Path, old: str, new: str
) -> None:
    rewrite(folder, "model.txt", old, new)
    assert finding(folder) == "LightGBM cannot read model.txt"
    script = f"from pathlib import Path; from core.model.bundle import load_bundle; load_bundle(Path({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("The model in small cannot be used: LightGBM cannot read model.txt.")
    assert "[LightGBM]" not in done.stdout + done.stderr


def test_model_that_ships_is_read() -> None:
    assert survives((ROOT / "assets" / "model" / "model.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["manifest.json", "model.txt"])
def test_named_pipe_is_refused_and_not_waited_for(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert finding(folder) == f"{name} is not a regular file"


def test_folder_in_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "card.json").unlink()
    (folder / "card.json").mkdir()
    assert finding(folder) in ("card.json is not a regular file", "card.json is not there or cannot be read")


def test_file_that_is_too_large_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (folder / "model.txt").open("ab") as file:
        file.truncate(2**20 + 1)
    monkeypatch.setattr(files, "MAX_MB", 1)
    assert finding(folder) == "model.txt is larger than 1 MB"
