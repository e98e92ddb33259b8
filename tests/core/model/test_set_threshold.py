"""`python -m core bundle set-threshold`: a new bundle that says who, why and when, and nothing else changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.__main__ import main
from core.model.bundle import load_bundle, write_bundle
from core.model.schema import BundleSpec

WHY = "too many losses in autumn"


@pytest.fixture
def folder(tmp_path: Path, contents: BundleSpec) -> Path:
    write_bundle(contents, tmp_path / "model")
    return tmp_path / "model"


def test_it_writes_a_new_bundle_with_who_why_and_when(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, out = load_bundle(folder), folder.with_name("new")
    command = ["bundle", "set-threshold", "0.3", "--because", WHY, "--by", "Camille Roux"]
    assert main([*command, "--model", str(folder), "--out", str(out)]) == 0
    new = load_bundle(out)
    assert (new.policy.threshold, old.policy.threshold) == (0.3, 0.4)
    assert new.digest != old.digest
    assert load_bundle(folder).digest == old.digest
    assert new.policy.changes
    change = new.policy.changes[0]
    assert (change.who, change.because, change.before, change.bundle) == ("Camille Roux", WHY, 0.4, old.digest)
    assert change.when.startswith("20")
    printed = capsys.readouterr().out
    assert new.digest[:12] in printed
    assert WHY in printed
    for name in ("model.txt", "columns.json", "population.json", "card.json", "golden.json", "monitoring.json"):
        assert (out / name).read_bytes() == (folder / name).read_bytes()


def test_in_place_it_takes_effect_and_keeps_the_earlier_changes(folder: Path) -> None:
    command = ["bundle", "set-threshold", "--model", str(folder), "--because", WHY]
    assert main([*command, "0.3"]) == 0
    assert main([*command, "0.35"]) == 0
    changes = load_bundle(folder).policy.changes
    assert changes
    assert [each.after for each in changes] == [0.3, 0.35]
    assert [each.before for each in changes] == [0.4, 0.3]


@pytest.mark.parametrize(
    ("value", "because", "says"),
    [
        ("1.5", WHY, "between 0 and 1"),
        ("nan", WHY, "between 0 and 1"),
        ("0.4", WHY, "another threshold"),
        ("0.3", "  ", "--because: must say something"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    folder: Path, capsys: pytest.CaptureFixture[str], value: str, because: str, says: str
) -> None:
    before = load_bundle(folder).digest
    assert main(["bundle", "set-threshold", value, "--because", because, "--model", str(folder)]) == 2
    assert says in capsys.readouterr().err
    assert load_bundle(folder).digest == before


def test_a_damaged_bundle_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "card.json").write_text("{}")
    assert main(["bundle", "set-threshold", "0.3", "--because", WHY, "--model", str(folder)]) == 2
    assert "card.json" in capsys.readouterr().err
