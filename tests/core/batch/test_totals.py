"""A row of totals at the end of a file is no client, and is named as such."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from core.batch.scorer import score_portfolio
from core.scoring.assess import Model
from tests.core.drawn import draw_rows


class Listed:
    """Rows in pieces of two."""

    def __init__(self, rows: Sequence[object]) -> None:
        self.rows = rows

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Sequence[object]]]:
        for before in range(0, len(self.rows), 2):
            yield before, self.rows[before : before + 2]


@pytest.mark.parametrize(
    ("client", "code"),
    [
        ("sum", "totals_row"),
        (None, "last_row_without_id"),
        ("", "last_row_without_id"),
        ("Total", "last_row_without_id"),
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


def test_a_client_without_an_id_among_others_is_no_row_of_totals(model: Model) -> None:
    rows = draw_rows(model, 4, seed=3)
    rows[1]["SK_ID_CURR"] = None
    found = score_portfolio(model, Listed(rows), review_band=0.02, reasons=False)
    assert [(each.code, each.row) for each in found.problems] == [("id_missing", 2)]


def test_small_ids_that_add_up_by_chance_are_clients(model: Model) -> None:
    rows = [{**row, "SK_ID_CURR": client} for row, client in zip(draw_rows(model, 3, seed=3), (1, 2, 3), strict=True)]
    found = score_portfolio(model, Listed(rows), review_band=0.02, reasons=False)
    assert (found.results.ids.tolist(), found.problems) == ([1, 2, 3], ())
