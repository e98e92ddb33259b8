"""A category column of nothing but numbers is judged over the whole file, however it is cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.__main__ import main
from core.batch.scorer import score_portfolio
from core.errors import InputRefused
from core.readers import csv_blocks
from core.scoring.assess import Model
from tests.core import client_files as files

N = 2500
"""More clients than a part of an upload holds."""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    """Clients of whom only the essential is known."""
    drawn = {"AMT_CREDIT": 5e5, "AMT_INCOME_TOTAL": 2e5, "DAYS_BIRTH": -15000}
    return [{"SK_ID_CURR": 900001 + place, **drawn} for place in range(N)]


def with_kinds(rows: list[dict[str, object]], kinds: dict[int, object]) -> bytes:
    """The file with these cells in the first rows of a category column, and 7 in the others."""
    return files.as_csv([{**row, "NAME_INCOME_TYPE": kinds.get(place, 7)} for place, row in enumerate(rows)])


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_blocks, "BLOCK", 20_000)


@pytest.mark.parametrize("word", ["Working", "Astronaut"])
@pytest.mark.parametrize("place", [0, 1, N - 1])
def test_one_word_anywhere_makes_the_numbers_categories_never_seen(
    model: Model, rows: list[dict[str, object]], tmp_path: Path, place: int, word: str
) -> None:
    content = with_kinds(rows, {place: word, (place + 1) % N: None})
    never_seen = N - 1 if word == "Astronaut" else N - 2
    found = score_portfolio(model, files.read_here(content, max_rows=N), review_band=0.02, reasons=False)
    assert found.notes.never_seen == {"NAME_INCOME_TYPE": never_seen}
    assert not found.problems
    (tmp_path / "clients.csv").write_bytes(content)
    assert main(["score", str(tmp_path / "clients.csv"), "--out", str(tmp_path / "scored.csv")]) == 0


@pytest.mark.parametrize("kinds", [{}, dict.fromkeys(range(2100)), {3: "7.0", 2400: "NA"}])
def test_numbers_in_the_whole_file_are_refused_wherever_the_first_stands(
    model: Model,
    rows: list[dict[str, object]],
    tmp_path: Path,
    kinds: dict[int, object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = with_kinds(rows, kinds)
    with pytest.raises(InputRefused) as refused:
        score_portfolio(model, files.read_here(content, max_rows=N), review_band=0.02, reasons=False)
    assert [(each.code, each.column) for each in refused.value.problems] == [
        ("category_of_numbers", "NAME_INCOME_TYPE")
    ]
    (tmp_path / "clients.csv").write_bytes(content)
    assert main(["score", str(tmp_path / "clients.csv"), "--out", str(tmp_path / "scored.csv")]) == 2
    assert "Column NAME_INCOME_TYPE: it holds nothing but numbers" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["clients.csv"]


def test_numbers_with_decimal_commas_are_numbers(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = b"""SK_ID_CURR;AMT_CREDIT;AMT_INCOME_TOTAL;DAYS_BIRTH;EXT_SOURCE_2;NAME_INCOME_TYPE
900101;270000;180000;-16425;0,62;7,0
900102;450000;90000;-12005;0,31;1,0
"""
    with pytest.raises(InputRefused) as refused:
        score_portfolio(model, files.read_here(content), review_band=0.02, reasons=False)
    assert [each.column for each in refused.value.problems] == ["NAME_INCOME_TYPE"]
    (tmp_path / "clients.csv").write_bytes(content)
    assert main(["score", str(tmp_path / "clients.csv"), "--out", str(tmp_path / "scored.csv")]) == 2
    assert "Column NAME_INCOME_TYPE: it holds nothing but numbers" in capsys.readouterr().err


def test_file_of_one_client_holds_no_column(model: Model, rows: list[dict[str, object]], tmp_path: Path) -> None:
    (tmp_path / "clients.csv").write_bytes(with_kinds(rows[:1], {}))
    assert main(["score", str(tmp_path / "clients.csv"), "--out", str(tmp_path / "scored.csv")]) == 0


def test_rows_one_by_one_are_judged_together(model: Model, rows: list[dict[str, object]]) -> None:
    class OneByOne:
        def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, list[object]]]:
            for before, kind in enumerate((7, "8", None)):
                yield before, [{**rows[before], "NAME_INCOME_TYPE": kind}]

    with pytest.raises(InputRefused):
        score_portfolio(model, OneByOne(), review_band=0.02, reasons=False)
