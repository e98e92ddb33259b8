"""Scored clients as columns: every column in its place, alone, in parts and put together again."""

from __future__ import annotations

from dataclasses import fields

import msgspec
import numpy as np

from core.batch.results import NOTHING, VERDICTS, Results, concatenate, results_of
from core.model.schema import Policy
from core.records import Verdict
from core.scoring.assess import assess
from tests.core.hand_model import HandEstimator, hand_model
from tests.core.samples import number


def results(*ids: int) -> Results:
    """Clients whose every number follows from the id, so that none can stand in another's place."""
    whole = np.array(ids, dtype=np.int64)
    return Results(
        ids=whole,
        rows=whole * 10,
        probability=whole / 16,
        verdict=(whole % 3).astype(np.int8),
        review=(whole % 8).astype(np.int8),
        impossible=np.array([f"C{client}" for client in ids], dtype=np.object_),
        information=whole / 32,
        amount=np.array(ids) * 100.0,
        raising=np.stack([whole, whole + 1, whole + 2], axis=1).astype(np.int16),
        lowering=np.stack([whole + 3, whole + 4, whole + 5], axis=1).astype(np.int16),
    )


def same(found: Results, wanted: Results) -> None:
    for each in fields(Results):
        assert getattr(found, each.name).tolist() == getattr(wanted, each.name).tolist(), each.name
        assert getattr(found, each.name).dtype == getattr(wanted, each.name).dtype, each.name


def test_verdicts_are_written_in_this_order() -> None:
    assert VERDICTS == (Verdict.FAVOURABLE, Verdict.UNFAVOURABLE, Verdict.TO_REVIEW)


def test_solvency_is_what_is_left_of_the_risk() -> None:
    assert results(4, 2).solvency.tolist() == [0.75, 0.875]
    assert len(results(4, 2)) == 2


def test_some_of_them_come_in_the_order_asked_for() -> None:
    same(results(1, 2, 3, 4).at([2, 0]), results(3, 1))
    same(results(1, 2, 3).at(np.array([1])), results(2))


def test_parts_are_joined_in_order_and_empty_ones_leave_no_trace() -> None:
    without_reasons = results(1).at([])
    same(concatenate([results(1, 2), without_reasons, NOTHING, results(3)]), results(1, 2, 3))
    same(concatenate([results(5)]), results(5))
    same(concatenate([without_reasons, NOTHING]), without_reasons)
    same(concatenate([]), NOTHING)


def test_nothing_has_every_column_and_no_client() -> None:
    assert len(NOTHING) == 0
    assert [getattr(NOTHING, each.name).shape for each in fields(Results)] == [(0,)] * 8 + [(0, 0)] * 2
    assert NOTHING.solvency.tolist() == []


def test_clients_are_counted_from_the_first_row_of_the_whole_file() -> None:
    columns = [
        msgspec.structs.replace(column, weight=0.5)
        for column in (number("OUR_SCORE", complete=False), number("AMT_CREDIT", complete=False))
    ]
    rows: list[dict[str, object]] = [
        {"SK_ID_CURR": 7, "OUR_SCORE": -300.0, "AMT_CREDIT": 5000.0},
        {"SK_ID_CURR": "x", "OUR_SCORE": 0.0},
        {"SK_ID_CURR": 9, "OUR_SCORE": 0.0, "AMT_CREDIT": ""},
        {"SK_ID_CURR": 8, "OUR_SCORE": 300.0, "AMT_CREDIT": 4000.0},
    ]
    model = hand_model(columns, HandEstimator(lambda values: values[:, 0]), Policy(threshold=0.5))
    found = results_of(model, assess(model, rows, review_band=0.0, keep_good=True), 100)
    assert (found.ids.tolist(), found.rows.tolist()) == ([7, 9, 8], [101, 103, 104])
    assert (found.probability.tolist(), found.information.tolist()) == ([0.2, 0.5, 0.8], [1.0, 0.5, 1.0])
    assert [VERDICTS[code] for code in found.verdict] == ["favourable", "to_review", "unfavourable"]
    np.testing.assert_array_equal(found.amount, [5000.0, np.nan, 4000.0])
    assert (found.raising.shape, found.lowering.shape) == ((3, 0), (3, 0))
    blind = hand_model(columns[:1], HandEstimator(lambda values: values[:, 0]), Policy(threshold=0.5))
    unknown = results_of(blind, assess(blind, rows, review_band=0.0, keep_good=True), 0)
    assert np.isnan(unknown.amount).all()
    assert unknown.rows.tolist() == [1, 3, 4]
