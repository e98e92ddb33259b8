"""A row of totals is no client wherever it stands, and is named as such."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.__main__ import main
from core.batch.scorer import score_portfolio
from core.scoring.assess import Model
from tests.core import client_files as files
from tests.core.drawn import draw_rows


class Listed:
    """Rows in pieces of two."""

    def __init__(self, rows: Sequence[object]) -> None:
        self.rows = rows

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Sequence[object]]]:
        for before in range(0, len(self.rows), 2):
            yield before, self.rows[before : before + 2]


CELLS = [
    ("sum", "totals_row"),
    ("Total", "row_called_totals"),
    (" TOTAUX :", "row_called_totals"),
    ("Sous-total région", "row_called_totals"),
    ("Grand total", "row_called_totals"),
    ("Somme", "row_called_totals"),
]


@pytest.mark.parametrize(
    ("client", "code"),
    [
        *CELLS,
        (None, "last_row_without_id"),
        ("", "last_row_without_id"),
        ("Moyenne", "last_row_without_id"),
        ("Totally", "last_row_without_id"),
        (math.nan, "last_row_without_id"),
        (-5, "id_not_whole"),
        (900102.5, "id_not_whole"),
        ("900102.5", "id_not_whole"),
    ],
)
@pytest.mark.parametrize("n", [4, 5])
def test_row_of_totals_is_named_and_the_clients_are_scored(model: Model, client: object, code: str, n: int) -> None:
    rows = draw_rows(model, n, seed=3)
    total = sum(int(str(row["SK_ID_CURR"])) for row in rows)
    last = {**rows[0], "SK_ID_CURR": total if client == "sum" else client}
    found = score_portfolio(model, Listed([*rows, last]), review_band=0.02, reasons=False)
    assert found.results.ids.tolist() == [row["SK_ID_CURR"] for row in rows]
    assert [(each.code, each.row, each.column) for each in found.problems] == [(code, n + 1, "SK_ID_CURR")]


@pytest.mark.parametrize(("client", "code"), CELLS)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_row_of_totals_among_the_clients_is_named_too(model: Model, client: object, code: str, place: int) -> None:
    rows = draw_rows(model, 5, seed=3)
    total = sum(int(str(row["SK_ID_CURR"])) for row in rows)
    rows.insert(place, {**rows[0], "SK_ID_CURR": total if client == "sum" else client})
    found = score_portfolio(model, Listed(rows), review_band=0.02, reasons=False)
    assert len(found.results) == 5
    assert [(each.code, each.row) for each in found.problems] == [(code, place + 1)]


def test_a_client_without_an_id_among_others_is_no_row_of_totals(model: Model) -> None:
    rows = draw_rows(model, 4, seed=3)
    rows[1]["SK_ID_CURR"] = None
    found = score_portfolio(model, Listed(rows), review_band=0.02, reasons=False)
    assert [(each.code, each.row) for each in found.problems] == [("id_missing", 2)]


def test_small_ids_that_add_up_by_chance_are_clients(model: Model) -> None:
    rows = [{**row, "SK_ID_CURR": client} for row, client in zip(draw_rows(model, 3, seed=3), (1, 2, 3), strict=True)]
    found = score_portfolio(model, Listed(rows), review_band=0.02, reasons=False)
    assert (found.results.ids.tolist(), found.problems) == ([1, 2, 3], ())


def test_two_clients_of_one_id_and_another_twice_as_large_are_no_totals(model: Model) -> None:
    ids = (900001, 900001, 1800002, 1800002)
    rows = [{**row, "SK_ID_CURR": client} for row, client in zip(draw_rows(model, 4, seed=3), ids, strict=True)]
    found = score_portfolio(model, Listed(rows), review_band=0.02, reasons=False)
    assert [each.code for each in found.problems] == ["client_twice"] * 4


@pytest.mark.parametrize("blank", [",,"])
def test_command_names_totals_above_lines_without_anything(
    model: Model, tmp_path: Path, blank: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"SK_ID_CURR": 900001 + place, "AMT_CREDIT": 5e5, "AMT_INCOME_TOTAL": 2e5, "DAYS_BIRTH": -15000}
        for place in range(3)
    ]
    lines = files.as_csv([*rows, {**rows[0], "SK_ID_CURR": ""}]).decode().splitlines()
    (tmp_path / "clients.csv").write_text("\n".join([*lines, blank + ",", blank + ","]) + "\n")
    assert main(["score", str(tmp_path / "clients.csv"), "--out", str(tmp_path / "scored.csv")]) == 3
    assert "3 of 4 clients scored" in capsys.readouterr().out
    assert "Row 4, column SK_ID_CURR: the last row has no client" in (tmp_path / "scored.rejects.csv").read_text()
