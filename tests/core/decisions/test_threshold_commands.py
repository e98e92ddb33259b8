"""`python -m core bundle set-threshold`: a new bundle that says who, why and when, and its entry in the journal."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from core.__main__ import main
from core.decisions import engines
from core.decisions.database import address_of
from core.decisions.journal import Journal
from core.decisions.thresholds import threshold_changes
from core.model.bundle import load_bundle, write_bundle
from core.model.schema import BundleSpec
from core.settings import describe_settings
from tests.core.decisions.drafts import draft

WHY = "too many losses in autumn"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """DATA_DIR, in which no journal is yet, and no setting of whoever runs the tests."""
    for name, *_ in describe_settings():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("REVIEW_BAND", "0.03")
    return tmp_path / "data"


@pytest.fixture
def journal(data: Path) -> Journal:
    """A journal of one decision."""
    opened = Journal(address_of("", data))
    opened.append(draft("7"))
    return opened


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
        ("0.3", "the losses \x1b[8mfell", "--because: must hold only characters"),
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


def change(folder: Path, value: str = "0.3", *more: str) -> int:
    command = ["bundle", "set-threshold", value, "--because", WHY, "--by", "Camille Roux", "--model", str(folder)]
    return main([*command, *more])


def test_with_a_journal_the_change_is_an_entry_of_it(
    folder: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_bundle(folder).digest
    assert change(folder) == 0
    (entry,) = threshold_changes(journal)
    body, policy = entry.body, load_bundle(folder).policy
    assert policy.changes
    assert (body.sequence, body.who, body.identified, body.because) == (2, "Camille Roux", False, WHY)
    assert (body.threshold_before, body.threshold, body.review_band) == (0.4, 0.3, 0.03)
    assert (body.bundle_before, body.bundle) == (before, load_bundle(folder).digest)
    assert body.changed_at == policy.changes[0].when
    assert f"in the journal as entry 2:{entry.hash}\n" in capsys.readouterr().out
    assert (journal.verify().entries, journal.verify().fault, journal.head().hash) == (2, None, entry.hash)


def test_on_a_machine_without_a_journal_none_is_made_and_it_is_said(
    folder: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert change(folder) == 0
    assert load_bundle(folder).policy.threshold == 0.3
    assert "There is no journal here, so no entry was written" in capsys.readouterr().out
    assert not data.exists()


def test_where_the_journal_cannot_be_written_the_bundle_stays(
    folder: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.05)
    before = load_bundle(folder).digest
    holder = sqlite3.connect(str(journal.database.engine.url.database), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert change(folder) == 2
    holder.close()
    assert "journal" in capsys.readouterr().err
    assert load_bundle(folder).digest == before
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith(".")] == []
    assert threshold_changes(journal) == ()


def test_where_the_bundle_cannot_be_put_in_its_place_there_is_no_entry(
    folder: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, rename = load_bundle(folder).digest, Path.rename

    def refuse(path: Path, target: Path) -> Path:
        # The folder may be a mount: what was written beside it cannot take its name.
        if target == folder and path.name == "new":
            raise OSError(16, "Device or resource busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    assert change(folder) == 2
    assert capsys.readouterr().err == (
        "--out: must be a folder that can be written; model cannot: Device or resource busy.\n"
    )
    assert load_bundle(folder).digest == before
    assert threshold_changes(journal) == ()
    assert journal.verify().entries == 1


def test_a_commit_that_fails_takes_the_new_bundle_back(
    folder: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_bundle(folder).digest

    def fail(connection: object) -> None:
        assert load_bundle(folder).policy.threshold == 0.3
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sqlalchemy.engine.default.DefaultDialect.do_commit", lambda self, connection: fail(connection))
    assert change(folder) == 2
    monkeypatch.undo()
    assert load_bundle(folder).digest == before
    assert threshold_changes(journal) == ()


def test_what_was_changed_elsewhere_is_recorded_once_the_bundle_is_here(
    folder: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digests = [load_bundle(folder).digest]
    for value in ("0.3", "0.35"):
        assert change(folder, value) == 0
        digests.append(load_bundle(folder).digest)
    record = ["journal", "record-threshold", "--model", str(folder)]
    capsys.readouterr()
    assert main(record) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("entry 1:")
    assert lines[0].endswith(f"Camille Roux: {WHY}")
    assert lines[2] == "2 of the bundle's 2 changes of threshold written"
    assert main(record) == 0
    assert capsys.readouterr().out == "0 of the bundle's 2 changes of threshold written\n"
    journal = Journal(address_of("", data))
    second, first = threshold_changes(journal)
    assert [first.body.bundle_before, first.body.bundle, second.body.bundle_before, second.body.bundle] == [
        *digests[:2],
        *digests[1:],
    ]
    assert (first.body.threshold, second.body.threshold_before, second.body.threshold) == (0.3, 0.3, 0.35)
    assert journal.verify().fault is None


def test_a_bundle_whose_threshold_was_never_changed_makes_no_journal(
    folder: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "record-threshold", "--model", str(folder)]) == 0
    assert capsys.readouterr().out == "0 of the bundle's 0 changes of threshold written\n"
    assert not data.exists()


def test_the_new_bundle_may_stand_beside_the_old_one(folder: Path, journal: Journal) -> None:
    out = folder.with_name("new")
    assert change(folder, "0.3", "--out", str(out)) == 0
    assert threshold_changes(journal)[0].body.bundle == load_bundle(out).digest
    shutil.rmtree(out)
    assert load_bundle(folder).policy.threshold == 0.4


def test_the_changes_are_exported_as_csv_and_replay_passes_over_them(
    folder: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    assert change(folder) == 0
    assert change(folder, "0.35") == 0
    capsys.readouterr()
    assert main(["journal", "export", "--of", "thresholds", "--language", "fr"]) == 0
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.startswith('\ufeff"Entrée";')
    assert first.split(";")[3:6] == ["0,6", "0,7", "0,03"]
    assert second.split(";")[3:6] == ["0,7", "0,65", "0,03"]
    assert main(["journal", "export"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["journal", "replay", "2"]) == 2
    assert capsys.readouterr().err == "There is no decision with the number 2 in the journal.\n"
