"""Files of many clients: the good ones scored as alone, the bad ones listed, a client in two pieces found."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alignment.own_columns import MAX_REASONS
from core.alignment.table import Table, make_table
from core.batch import scorer
from core.batch.progress import Progress
from core.batch.results import VERDICTS, Results, concatenate
from core.batch.scorer import Portfolio, score_portfolio
from core.batch.sources import SourceIndex, repeated_among
from core.model import estimator, fast_shap
from core.scoring.assess import Model, assess, explain_clients
from core.scoring.explanation import reasons
from tests.core.conftest import Thousand
from tests.core.drawn import draw_rows

BAND = 0.02


@dataclass(frozen=True)
class Pieces:
    """Rows in pieces of a size."""

    rows: Sequence[object]
    size: int

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Table | Sequence[object]]]:
        for before in range(0, len(self.rows), self.size):
            yield before, self.rows[before : before + self.size]


def scored(model: Model, rows: Sequence[object], size: int = 3, **more: object) -> Portfolio:
    return score_portfolio(model, Pieces(rows, size), review_band=BAND, **more)  # type: ignore[arg-type]


def test_many_clients_get_the_answers_that_they_get_alone(model: Model, thousand: Thousand) -> None:
    found = scored(model, thousand.rows, 300, reasons=False).results
    assert found.ids.tolist() == list(thousand.found.aligned.ids)
    assert found.rows.tolist() == list(range(1, 1001))
    assert found.probability.tobytes() == thousand.found.probability.tobytes()
    assert [VERDICTS[code] for code in found.verdict] == [each.verdict for each in thousand.found.decisions]
    assert found.solvency.tolist() == [each.solvency for each in thousand.found.decisions]
    assert found.information.tobytes() == thousand.found.information.tobytes()
    assert found.amount.tolist() == [row["AMT_CREDIT"] for row in thousand.rows]
    assert found.raising.shape == (1000, 0)


def test_reasons_are_those_of_the_client_s_page(model: Model, thousand: Thousand) -> None:
    found = scored(model, thousand.rows[:60], 25).results
    explained = explain_clients(model, assess(model, thousand.rows[:60], review_band=BAND))
    sources = model.bundle.sources
    for place, explanation in enumerate(explained):
        wanted = reasons(explanation, MAX_REASONS)
        assert [sources[at] for at in found.raising[place] if at >= 0] == [each.source for each in wanted.raising]
        assert [sources[at] for at in found.lowering[place] if at >= 0] == [each.source for each in wanted.lowering]


def test_one_bad_row_does_not_keep_the_others_from_being_scored(model: Model) -> None:
    rows: list[object] = list(draw_rows(model, 10, seed=4))
    rows[4] = {**rows[4], "AMT_CREDIT": "much"}  # type: ignore[dict-item]
    rows[8] = 5
    found = scored(model, rows)
    assert found.results.rows.tolist() == [1, 2, 3, 4, 6, 7, 8, 10]
    assert [(each.code, each.row, each.column) for each in found.problems] == [
        ("text_in_number", 5, "AMT_CREDIT"),
        ("row_not_an_object", 9, None),
    ]
    assert (found.n_rows, found.n_refused, found.stopped) == (10, 2, False)


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_client_that_stands_twice_is_told_alike_whatever_the_pieces(model: Model, size: int) -> None:
    rows = draw_rows(model, 6, seed=4)
    rows[1]["SK_ID_CURR"] = rows[3]["SK_ID_CURR"] = rows[5]["SK_ID_CURR"]
    rows[3]["AMT_CREDIT"] = "much"
    wanted = assess(model, rows, review_band=BAND, keep_good=True)
    found = scored(model, rows, size)
    assert found.results.ids.tolist() == list(wanted.aligned.ids)
    assert found.results.rows.tolist() == [1, 3, 5]
    assert set(map(str, found.problems)) == set(map(str, wanted.aligned.refused))


def test_columns_and_rows_give_the_same_portfolio(model: Model) -> None:
    rows = draw_rows(model, 50, seed=9)
    names = list(dict.fromkeys(name for row in rows for name in row))

    @dataclass(frozen=True)
    class InColumns:
        def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Table | Sequence[object]]]:
            for before in range(0, 50, 20):
                part = rows[before : before + 20]
                yield before, make_table(names, [[row.get(name) for row in part] for name in names])

    found = score_portfolio(model, InColumns(), review_band=BAND).results
    wanted = scored(model, rows, 50).results
    for each in dataclasses.fields(Results):
        one, other = getattr(found, each.name), getattr(wanted, each.name)
        same = one.tolist() == other.tolist() if one.dtype == object else one.tobytes() == other.tobytes()
        assert same, each.name


def test_pace_is_told_after_every_piece_with_rate_and_remaining_time(model: Model) -> None:
    told: list[Progress] = []

    def listen(pace: Progress) -> bool:
        told.append(pace)
        return True

    scored(model, draw_rows(model, 7, seed=1), 3, on_progress=listen)
    assert [(each.done, each.explaining) for each in told] == [(0, 0), (3, 0), (6, 0), (7, 0), (7, 7), (7, 0)]
    assert {each.total for each in told} == {7}
    assert told[0].remaining == float("inf")
    assert Progress(20, 100, 4.0).rate == 5.0
    assert Progress(20, 100, 4.0).remaining == 16.0


def test_run_that_is_stopped_keeps_what_it_has_and_says_so(model: Model) -> None:
    rows: list[object] = list(draw_rows(model, 9, seed=1))
    rows[4] = 5
    found = scored(model, rows, 3, chunk_size=2, on_progress=lambda pace: pace.done < 9)
    assert (found.n_rows, len(found.results), found.total, found.stopped) == (6, 5, 9, True)
    assert found.results.raising.shape == (5, MAX_REASONS)


@pytest.mark.parametrize("fast", [True, False])
def test_run_stops_amid_the_reasons_of_a_chunk_which_is_left_out(
    model: Model, fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast_shap, "MIN_CLIENTS", 3 if fast else 10)
    monkeypatch.setattr(estimator, "CLIENTS_PER_CHECKPOINT", 2)
    told: list[Progress] = []

    def listen(pace: Progress) -> bool:
        told.append(pace)
        return not (pace.done == 8 and len([each for each in told if each.done == 8 and each.explaining]) >= 2)

    rows: list[object] = [*draw_rows(model, 7, seed=1), 5]
    found = scored(model, rows, 4, chunk_size=4, on_progress=listen)
    assert (found.n_rows, found.results.rows.tolist(), found.problems) == (4, [1, 2, 3, 4], ())
    assert len([each for each in told if each.done == 8]) == 3


def test_bad_rows_do_not_gather_while_clients_are_waited_for(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorer, "MAX_PROBLEMS", 4)
    source = Pieces([1] * 20, 2)
    chunks = scorer.score_chunks(
        model, source, SourceIndex(20, {}), review_band=BAND, reasons=True, rejects=True, chunk_size=10
    )
    assert [(len(each.problems), len(each.rejected), each.seen) for each in chunks] == [
        (4, 4, seen) for seen in (4, 8, 12, 16, 20)
    ]


def test_nothing_comes_of_a_file_of_bad_rows(model: Model) -> None:
    found = scored(model, [1, 2, 3], 2)
    assert (len(found.results), found.n_rows, found.n_refused) == (0, 3, 3)


@given(st.lists(st.integers(-1, 6), max_size=12))
def test_repeated_ids_are_those_that_stand_twice_with_all_their_places(ids: list[int]) -> None:
    wanted = {
        client: [place for place, each in enumerate(ids, start=1) if each == client]
        for client in sorted(set(ids))
        if client >= 0 and ids.count(client) > 1
    }
    assert repeated_among(np.array(ids, dtype=np.int64)) == wanted


def test_parts_without_clients_do_not_hinder_the_others(model: Model) -> None:
    rows: list[object] = [1, *draw_rows(model, 1, seed=2)]
    found = scored(model, rows, 1)
    assert concatenate([found.results, concatenate([])]).ids.tolist() == found.results.ids.tolist()
    assert len(found.results) == 1
