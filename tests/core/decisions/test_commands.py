"""`python -m core journal …`, as somebody at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.__main__ import main
from core.decisions.database import address_of
from core.decisions.draft import make_draft
from core.decisions.entry import Outcome
from core.decisions.journal import Journal
from core.model.bundle import write_bundle
from core.model.schema import BundleSpec
from core.scoring.assess import Model
from core.settings import describe_settings
from tests.core.conftest import Thousand
from tests.core.decisions.drafts import chosen

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """DATA_DIR, and no setting of whoever runs the tests."""
    for name, *_ in describe_settings():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("OFFICER", "Noa Petit")
    return tmp_path / "data"


@pytest.fixture
def clients(data: Path, model: Model, thousand: Thousand) -> list[str]:
    """The ids of three clients who were decided on."""
    journal = Journal(address_of("", data))
    for row in thousand.rows[:3]:
        taken = chosen(Outcome.ASKED_FOR_MORE, words="the payslips")
        journal.append(make_draft(model, row, taken, review_band=0.02, synthetic=True))
    journal.close()
    return [str(client) for client in thousand.found.aligned.ids[:3]]


def said(capsys: Said, *arguments: str, code: int = 0) -> str:
    """What the command says on standard output, or where it is refused on standard error."""
    assert main(["journal", *arguments]) == code
    told = capsys.readouterr()
    return told.err if code else told.out


def test_an_empty_journal_verifies_and_makes_no_file(data: Path, capsys: Said) -> None:
    assert said(capsys, "verify") == "0 entries, every one as it was written; 0 of them erased\n"
    assert not data.exists()


def test_verify_prints_the_head_and_holds_the_journal_to_it(data: Path, clients: list[str], capsys: Said) -> None:
    first, second = said(capsys, "verify").splitlines()
    assert first == "3 entries, every one as it was written; 0 of them erased"
    head = second.removeprefix("head, to be kept elsewhere: ")
    assert head.startswith("3:") and len(head) == 66
    said(capsys, "verify", "--head", head)
    later = head.replace("3:", "5:")
    assert said(capsys, "verify", "--head", later, code=2).startswith("Entry 4 and all that follow are missing")
    other = f"2:{'0' * 64}"
    assert said(capsys, "verify", "--head", other, code=2).startswith("Entry 2 is not the head that was kept")


def test_numbers_larger_than_any_entry_s_are_numbers_of_none(clients: list[str], capsys: Said) -> None:
    for many in (str(2**63), "9" * 32):
        assert said(capsys, "replay", many, code=2) == f"There is no decision with the number {many} in the journal.\n"
        head = f"{many}:{'0' * 64}"
        assert said(capsys, "verify", "--head", head, code=2).startswith("Entry 4 and all that follow are missing")


@pytest.mark.parametrize("head", ["3", "3:", "3:xyz", "three:00000000", "3:00"])
def test_a_head_that_is_none_is_refused(head: str, capsys: Said) -> None:
    with pytest.raises(SystemExit):
        main(["journal", "verify", "--head", head])
    assert "must be SEQUENCE:HASH" in capsys.readouterr().err


def test_export_writes_csv_and_json_lines(tmp_path: Path, clients: list[str], capsys: Said) -> None:
    text = said(capsys, "export")
    assert text.count("\r\n") == 4
    assert "the payslips" in text
    assert said(capsys, "export", "--language", "fr").startswith('\ufeff"Entrée";')
    out = tmp_path / "journal.jsonl"
    assert said(capsys, "export", "--format", "jsonl", "--out", str(out)) == f"{out}\n"
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [entry["parts"]["client"]["value"] for entry in found] == clients


def test_erase_and_purge_leave_a_journal_that_verifies(clients: list[str], capsys: Said) -> None:
    assert said(capsys, "erase", clients[1]).startswith("1 entries erased: ")
    assert said(capsys, "erase", "nobody").startswith("0 entries erased: ")
    assert said(capsys, "verify").startswith("4 entries, every one as it was written; 1 of them erased")
    assert clients[1] not in said(capsys, "export", "--format", "jsonl")
    assert said(capsys, "purge", "--older-than", "1").startswith("0 entries older than 1 days erased")
    with pytest.raises(SystemExit):
        main(["journal", "purge", "--older-than", "0"])


def test_a_backup_restores(tmp_path: Path, clients: list[str], capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    head = said(capsys, "verify").splitlines()[1]
    out = tmp_path / "backup"
    assert said(capsys, "backup", str(out)).startswith(f"{out}: 3 entries, every one as it was written")
    assert said(capsys, "backup", str(out), code=2) == "The backup’s folder is there already: name a new one.\n"
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    assert said(capsys, "restore", str(out)).splitlines()[1] == head
    assert said(capsys, "restore", str(out), code=2).startswith("The journal holds entries already")


def test_replay_gets_every_answer_again(
    tmp_path: Path, clients: list[str], contents: BundleSpec, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(capsys, "replay") == "3 of 3 entries get the same answer\n"
    assert said(capsys, "replay", "2").startswith("entry 2: the same to the last bit (solvency 0.")
    assert said(capsys, "replay", "9", code=2) == "There is no decision with the number 9 in the journal.\n"
    write_bundle(contents, tmp_path / "other")
    differs = said(capsys, "replay", "1", "--model", str(tmp_path / "other"))
    assert differs.startswith("entry 1: not the same with bundle ")
    assert "threshold: 0.16" in differs or "threshold: " in differs
    said(capsys, "erase", clients[0])
    assert said(capsys, "replay").startswith("Entry 1: the client’s data was erased")
    monkeypatch.setenv("MODEL_DIR", str(tmp_path / "other"))
    assert "The model that decided is not kept here: a bundle with the digest " in said(capsys, "replay", "2")
