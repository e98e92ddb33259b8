"""The export: CSV in words that spreadsheets cannot run, and JSON lines that a stranger's script can check."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.decisions import reading
from core.decisions.entry import Outcome
from core.decisions.export import COLUMNS, REASONS, reason_in_words, to_csv, to_json_lines
from core.decisions.journal import Journal
from core.i18n.translations import LANGUAGES, Language
from core.settings import ROOT
from tests.core.decisions.drafts import DIGEST, draft, otherwise

SEPARATOR = {"en": ",", "fr": ";"}


@pytest.fixture
def written() -> Journal:
    journal = Journal()
    journal.append(draft("1", words='=cmd|"/c calc"!A1', reason="guarantee", outcome=Outcome.REFUSED))
    journal.append(otherwise("2", words="deux\nlignes; et 3,5 %"))
    for client in range(3, 10):
        journal.append(draft(str(client), words=f"client {client}: é 家 👩"))
    journal.erase("3", who="Noa Petit")
    return journal


def rows_of(journal: Journal, language: Language) -> list[list[str]]:
    with journal.database.reading() as connection:
        assert connection is not None
        text = "".join(to_csv(reading.decisions_in_order(connection), language))
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=SEPARATOR[language]))


def test_csv_holds_a_line_a_decision_in_words_of_the_language(written: Journal) -> None:
    header, first, second, third, *_ = rows_of(written, "en")
    assert header[:7] == [
        *("Entry", "Time (UTC)", "Decided by", "Signed in", "Client", "Decision"),
        "Departs from the recommendation",
    ]
    one = dict(zip(COLUMNS, first, strict=True))
    assert (one["sequence"], one["client"], one["decision"], one["departs"]) == ("1", "1", "Refused", "Yes")
    assert (one["reason"], one["recommendation"]) == ("Guarantee or security", "Favourable opinion")
    assert (float(one["solvency"]), float(one["line"]), one["bundle"]) == (0.88, 0.84, DIGEST)
    assert one["words"] == '\'=cmd|"/c calc"!A1'
    two = dict(zip(COLUMNS, second, strict=True))
    assert (two["decision"], two["loan_from"], float(two["loan_solvency"])) == (
        "Granted on other terms",
        "A simulation",
        0.9,
    )
    three = dict(zip(COLUMNS, third, strict=True))
    assert (three["client"], three["words"], three["amount"], len(three["erased_on"])) == ("", "", "", 10)


def test_french_csv_has_the_decimal_comma(written: Journal) -> None:
    header, first, second, *_ = rows_of(written, "fr")
    assert header[5] == "Décision"
    assert dict(zip(COLUMNS, first, strict=True))["solvency"] == "0,88"
    assert dict(zip(COLUMNS, second, strict=True))["words"] == "deux\nlignes; et 3,5 %"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_the_list_has_words_and_others_stand_as_they_are(language: Language) -> None:
    assert len({reason_in_words(reason, language) for reason in REASONS}) == len(REASONS)
    assert reason_in_words("Our own", language) == "Our own"


def run_audit(file: Path, *head: str) -> subprocess.CompletedProcess[str]:
    script = ROOT / "tests" / "core" / "decisions" / "audit.py"
    return subprocess.run(
        [sys.executable, "-I", str(script), str(file), *head], cwd=file.parent, capture_output=True, text=True
    )


def test_a_script_that_shares_no_code_checks_ten_entries(written: Journal, tmp_path: Path) -> None:
    with written.database.reading() as connection:
        assert connection is not None
        lines = list(to_json_lines(reading.stored(connection)))
    assert len(lines) == 10
    file = tmp_path / "journal.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    done = run_audit(file, str(written.head()))
    assert (done.returncode, done.stdout) == (0, "10 entries, 9 decisions, 32 parts: all as written\n")
    for at, said in (("who", "entry 4: the hash"), ("words", "entry 4: words is not")):
        changed = json.loads(lines[3])
        if at == "who":
            changed["body"] = changed["body"].replace("Camille", "Camilla")
        else:
            changed["parts"]["words"]["value"] += " "
        file.write_text("".join([*lines[:3], json.dumps(changed) + "\n", *lines[4:]]), encoding="utf-8")
        done = run_audit(file)
        assert (done.returncode, done.stderr.startswith(said)) == (1, True), done.stderr
    file.write_text("".join(lines[:-1]), encoding="utf-8")
    assert run_audit(file, str(written.head())).returncode == 1
