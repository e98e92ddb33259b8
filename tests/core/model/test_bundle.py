"""A bundle's folder: checked before anything in it is read, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import lightgbm as lgb
import msgspec
import pytest

import core.model.bundle
import core.model.bundle_files
import core.model.estimator
from core.errors import BundleError
from core.model.bundle import load_bundle, load_correlations, write_bundle
from core.model.bundle_files import FILES, SERVED
from core.model.schema import BundleSpec, Correlations, Policy, Provenance
from core.settings import Settings
from core.synthetic.generator import symmetric
from tests.core.small_bundle import booster_of

EVERYTHING = (*FILES["lightgbm"], "manifest.json")


@pytest.fixture
def folder(contents: BundleSpec, tmp_path: Path) -> Path:
    write_bundle(contents, tmp_path / "small")
    return tmp_path / "small"


def findings(folder: Path) -> tuple[str, ...]:
    with pytest.raises(BundleError) as refused:
        load_bundle(folder)
    assert str(refused.value).startswith(f"The model in {folder.name} cannot be used: ")
    assert str(folder.parent) not in str(refused.value)
    return refused.value.findings


def snapshot(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_what_was_written_is_read_back(contents: BundleSpec, folder: Path) -> None:
    bundle = load_bundle(folder)
    assert bundle.columns == contents.columns
    assert bundle.policy == contents.policy
    assert bundle.population == contents.population
    assert bundle.card == contents.card
    assert bundle.golden == contents.golden
    assert bundle.provenance == contents.provenance
    assert bundle.names == tuple(column.name for column in contents.columns)
    assert bundle.sources == ("AMT_CREDIT", "EXT_SOURCE_1", "NAME_CONTRACT_TYPE")
    assert booster_of(bundle).num_trees() == 8


def test_folder_holds_exactly_the_files_of_the_format(folder: Path) -> None:
    assert set(snapshot(folder)) == set(EVERYTHING)
    assert [file.name for file in folder.parent.iterdir()] == ["small"]


def test_equal_contents_give_equal_files(contents: BundleSpec, folder: Path, tmp_path: Path) -> None:
    write_bundle(contents, tmp_path / "again")
    assert snapshot(tmp_path / "again") == snapshot(folder)


def test_digest_ignores_the_provenance_and_nothing_else(contents: BundleSpec, tmp_path: Path) -> None:
    digest = write_bundle(contents, tmp_path / "one")
    later = msgspec.structs.replace(contents, provenance=Provenance(date="2031-12-31", commit="fffffff"))
    assert write_bundle(later, tmp_path / "two") == digest
    assert load_bundle(tmp_path / "two").digest == digest
    assert snapshot(tmp_path / "one")["manifest.json"] != snapshot(tmp_path / "two")["manifest.json"]
    stricter = msgspec.structs.replace(contents, policy=Policy(threshold=0.41))
    assert write_bundle(stricter, tmp_path / "three") != digest


@pytest.mark.parametrize("name", SERVED["lightgbm"])
def test_damaged_file_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert findings(folder) == (f"{name} is not the file that was written",)


@pytest.mark.parametrize("name", (*SERVED["lightgbm"], "manifest.json"))
def test_missing_file_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert findings(folder) == (f"{name} is not there or cannot be read",)


def test_every_finding_is_listed_at_once(folder: Path) -> None:
    (folder / "card.json").unlink()
    (folder / "golden.json").unlink()
    (folder / "policy.json").write_bytes(b"{}")
    (folder / "model.txt").write_bytes(b"tree")
    assert set(findings(folder)) == {
        "card.json is not there or cannot be read",
        "golden.json is not there or cannot be read",
        "policy.json is not the file that was written",
        "model.txt is not the file that was written",
    }


def test_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert findings(tmp_path / "nowhere") == ("manifest.json is not there or cannot be read",)


def test_other_format_is_refused_with_both_numbers(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 99}))
    assert findings(folder) == ("its format is 99, this version reads 1, 2 and 3",)


def test_what_only_drawing_needs_is_not_read_to_serve_and_checked_when_it_is_read(
    contents: BundleSpec, folder: Path
) -> None:
    known = Correlations(order={"A": ("x",)}, correlated=("A", "B"), correlations=((1.0,), (0.25, 1.0)))
    write_bundle(msgspec.structs.replace(contents, synthetic=known), folder)
    assert load_correlations(folder) == known
    (folder / "synthetic.json").write_bytes(b"{}")
    assert load_bundle(folder).columns == contents.columns
    with pytest.raises(BundleError, match=r"synthetic\.json is not the file that was written"):
        load_correlations(folder)


def test_a_bundle_of_format_1_is_read_with_its_correlations_among_the_population(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    population = json.loads((folder / "population.json").read_bytes())
    population |= {"order": {}, "correlated": ["A", "B"], "correlations": [[1.0, 0.5], [0.5, 1.0]]}
    (folder / "population.json").write_text(json.dumps(population))
    (folder / "synthetic.json").unlink()
    del manifest["sha256"]["synthetic.json"]
    manifest["sha256"]["population.json"] = hashlib.sha256((folder / "population.json").read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 1}))
    assert load_bundle(folder).population.n == population["n"]
    assert symmetric(load_correlations(folder)).tolist() == [[1.0, 0.5], [0.5, 1.0]]


def test_other_kind_of_model_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"kind": "pickle"}))
    assert findings(folder)[0].startswith("manifest.json: ")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_manifest_that_is_no_manifest_is_refused(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    assert findings(folder)[0].startswith("manifest.json: ")


def test_file_that_the_manifest_does_not_name_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    del manifest["sha256"]["model.txt"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert findings(folder) == ("model.txt is not the file that was written",)


def test_nothing_is_parsed_before_the_digests_hold(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    decode = core.model.bundle_files.decode_file
    monkeypatch.setattr(lgb, "Booster", lambda **given: pytest.fail("the trees were parsed"))

    def reading(folder: Path, name: str, *rest: Any) -> Any:
        read.append(name)
        return decode(folder, name, *rest)

    for module in (core.model.bundle, core.model.bundle_files):
        monkeypatch.setattr(module, "decode_file", reading)
    (folder / "golden.json").write_bytes(b"[]")
    assert findings(folder) == ("golden.json is not the file that was written",)
    assert read == ["manifest.json"]


def test_trees_of_another_width_than_the_columns_are_refused(contents: BundleSpec, tmp_path: Path) -> None:
    narrow = msgspec.structs.replace(contents, columns=contents.columns[:3])
    with pytest.raises(BundleError, match="differ in their number of columns"):
        write_bundle(narrow, tmp_path / "small")
    assert list(tmp_path.iterdir()) == []


def test_write_replaces_the_old_bundle_whole(contents: BundleSpec, folder: Path) -> None:
    (folder / "leftover.txt").write_text("old")
    write_bundle(msgspec.structs.replace(contents, policy=Policy(threshold=0.3)), folder)
    assert load_bundle(folder).policy.threshold == 0.3
    assert set(snapshot(folder)) == set(EVERYTHING)


def test_bundle_that_cannot_be_loaded_is_not_written(contents: BundleSpec, folder: Path) -> None:
    before = snapshot(folder)
    with pytest.raises(BundleError):
        write_bundle(msgspec.structs.replace(contents, columns=contents.columns[:2]), folder)
    assert snapshot(folder) == before
    assert [file.name for file in folder.parent.iterdir()] == ["small"]


@pytest.mark.parametrize("name", EVERYTHING)
def test_failure_to_write_any_file_leaves_the_old_bundle(
    contents: BundleSpec, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = snapshot(folder)
    write = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        if self.name == name:
            raise OSError("disk full")
        return write(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="disk full"):
        write_bundle(msgspec.structs.replace(contents, policy=Policy(threshold=0.3)), folder)
    assert snapshot(folder) == before
    assert [file.name for file in folder.parent.iterdir()] == ["small"]


@pytest.mark.parametrize("failing", [1, 2])
def test_failure_to_put_the_new_bundle_in_place_leaves_the_old_one(
    contents: BundleSpec, folder: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    before = snapshot(folder)
    rename, calls = Path.rename, []

    def stubborn(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == failing:
            raise OSError("in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(OSError, match="in use"):
        write_bundle(msgspec.structs.replace(contents, policy=Policy(threshold=0.3)), folder)
    assert snapshot(folder) == before


def test_bundle_that_ships_holds_no_group_under_fifty_people() -> None:
    population = load_bundle(Settings().model_folder).population
    assert all(each.n >= 50 for bins in population.score_bins.values() for each in bins)


def test_weights_of_the_bundle_that_ships_sum_to_one() -> None:
    assert load_bundle(Settings().model_folder).weights.sum() == pytest.approx(1.0, abs=1e-9)
