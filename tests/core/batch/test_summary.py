"""A scored portfolio as its screen shows it: counts, bars from the line, the order of its table, and its words."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.batch.results import VERDICTS, Results
from core.batch.scorer import score_portfolio
from core.batch.summary import (
    ORDERS,
    ClientsOfFile,
    Line,
    Order,
    amount,
    bars,
    chosen,
    lines,
    problem_rows,
    rejected_rows,
    shares,
    why_review,
)
from core.errors import Problem
from core.records import ReviewReason, Verdict
from core.scoring.assess import Model
from tests.core import client_files as files
from tests.core.drawn import draw_rows

YES, NO, REVIEW = (VERDICTS.index(each) for each in (Verdict.FAVOURABLE, Verdict.UNFAVOURABLE, Verdict.TO_REVIEW))
SPACE = "\N{NO-BREAK SPACE}"


def results(
    probability: list[float],
    *,
    ids: list[int] | None = None,
    verdict: list[int] | None = None,
    amounts: list[float] | None = None,
    review: list[int] | None = None,
    impossible: list[str] | None = None,
) -> Results:
    """Clients with these probabilities of default, one after the other, without reasons."""
    size = len(probability)
    return Results(
        ids=np.array(ids or range(1, size + 1), dtype=np.int64),
        rows=np.arange(1, size + 1),
        probability=np.array(probability),
        verdict=np.array(verdict or [YES] * size, dtype=np.int8),
        review=np.array(review or [0] * size, dtype=np.int8),
        impossible=np.array(impossible or [""] * size, dtype=np.object_),
        information=np.ones(size),
        amount=np.array(amounts or [100.0] * size),
        raising=np.empty((size, 0), dtype=np.int16),
        lowering=np.empty((size, 0), dtype=np.int16),
    )


FIVE = results(
    [0.05, 0.16, 0.5, 0.05, 0.17],
    ids=[900012, 13, 900011, 90001, 2**62 + 1],
    verdict=[YES, REVIEW, NO, YES, REVIEW],
    amounts=[300.0, 1000.0, math.nan, 200.5, 4000.0],
)


def test_shares_count_each_verdict_and_add_the_amounts_that_are_known() -> None:
    found = [(each.verdict, each.clients, each.amount) for each in shares(FIVE)]
    assert found == [(Verdict.FAVOURABLE, 2, 500.5), (Verdict.TO_REVIEW, 2, 5000.0), (Verdict.UNFAVOURABLE, 1, 0.0)]


def test_bars_of_one_point_stand_on_both_sides_of_the_line() -> None:
    found = bars(results([0.175, 0.165, 0.155, 0.145]), 0.84)
    assert found.edges.tolist() == pytest.approx([0.82, 0.83, 0.84, 0.85, 0.86], rel=0, abs=1e-12)
    assert list(found.clients) == [1, 1, 1, 1]


def test_client_at_the_line_stands_in_the_bar_above_it() -> None:
    found = bars(results([0.25, 0.5]), 0.75)
    above = found.edges[:-1] >= 0.75
    assert sum(n for n, is_above in zip(found.clients, above, strict=True) if is_above) == 1


def test_clients_all_on_one_side_leave_one_empty_bar_on_the_other() -> None:
    found = bars(results([0.105, 0.105]), 0.84)
    assert found.edges.tolist() == pytest.approx([0.83, 0.84, 0.85, 0.86, 0.87, 0.88, 0.89, 0.9], rel=0, abs=1e-12)
    assert list(found.clients) == [0, 0, 0, 0, 0, 0, 2]
    below = bars(results([0.305]), 0.7)
    assert below.edges.tolist() == pytest.approx([0.69, 0.7, 0.71], rel=0, abs=1e-12)
    assert list(below.clients) == [1, 0]


def test_bars_never_leave_the_scale_from_0_to_1() -> None:
    found = bars(results([0.0, 1.0, 0.5]), 0.84)
    assert (found.edges[0], found.edges[-1]) == (0.0, 1.0)
    assert (np.diff(found.edges) > 0).all()
    assert sum(found.clients) == 3
    assert found.clients[0] == 1
    assert found.clients[-1] == 1


@pytest.mark.parametrize(
    ("low", "high", "points"), [(0.47, 0.85, 1), (0.46, 0.85, 2), (0.09, 0.85, 2), (0.08, 0.85, 3)]
)
def test_bars_are_as_many_whole_points_wide_as_forty_bars_need(low: float, high: float, points: int) -> None:
    found = bars(results([1 - low, 1 - high]), 0.84)
    assert np.diff(found.edges)[1:-1].tolist() == pytest.approx([points / 100] * (len(found.edges) - 3), abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0.01, 0.99))
def test_every_client_stands_in_the_bar_of_its_solvency(probability: list[float], line: float) -> None:
    sent = results(probability)
    found = bars(sent, line)
    assert len(found.clients) == len(found.edges) - 1 <= 40
    assert np.abs(found.edges - line).min() < 1e-12
    assert sum(found.clients) == len(probability)
    edges = found.edges
    for place, clients in enumerate(found.clients):
        inside = (sent.solvency >= edges[place] + 1e-9) & (sent.solvency < edges[place + 1] - 1e-9)
        around = (sent.solvency >= edges[place] - 1e-9) & (sent.solvency <= edges[place + 1] + 1e-9)
        assert inside.sum() <= clients <= around.sum()


def ids_in_order(
    order: Order, *, descending: bool = False, typed: str = "", verdicts: tuple[Verdict, ...] = ()
) -> object:
    return FIVE.ids[chosen(FIVE, verdicts=verdicts, typed=typed, order=order, descending=descending)].tolist()


@pytest.mark.parametrize(
    ("order", "up", "down"),
    [
        ("file", [900012, 13, 900011, 90001, 2**62 + 1], [2**62 + 1, 90001, 900011, 13, 900012]),
        ("solvency", [900011, 2**62 + 1, 13, 900012, 90001], [900012, 90001, 13, 2**62 + 1, 900011]),
        ("amount", [90001, 900012, 13, 2**62 + 1, 900011], [2**62 + 1, 13, 900012, 90001, 900011]),
        ("client", [13, 90001, 900011, 900012, 2**62 + 1], [2**62 + 1, 900012, 900011, 90001, 13]),
    ],
)
def test_table_stands_in_the_order_asked_for_and_unknown_amounts_last(
    order: Order, up: list[int], down: list[int]
) -> None:
    assert ids_in_order(order) == up
    assert ids_in_order(order, descending=True) == down


def test_every_order_can_be_asked_for() -> None:
    assert [len(chosen(FIVE, verdicts=(), typed="", order=order, descending=False)) for order in ORDERS] == [5] * 4


def test_ids_that_differ_in_their_last_digit_only_are_still_in_order() -> None:
    near = results([0.1, 0.1, 0.1], ids=[2**62 + 2, 2**62, 2**62 + 1])
    found = chosen(near, verdicts=(), typed="", order="client", descending=False)
    assert near.ids[found].tolist() == [2**62, 2**62 + 1, 2**62 + 2]


def test_only_the_verdicts_asked_for_and_ids_that_begin_with_what_was_typed() -> None:
    assert ids_in_order("file", verdicts=(Verdict.TO_REVIEW,)) == [13, 2**62 + 1]
    assert ids_in_order("file", verdicts=(Verdict.UNFAVOURABLE, Verdict.FAVOURABLE)) == [900012, 900011, 90001]
    assert ids_in_order("file", typed=" 90001 ") == [900012, 900011, 90001]
    assert ids_in_order("file", typed="90001", verdicts=(Verdict.FAVOURABLE,)) == [900012, 90001]
    assert ids_in_order("file", typed="3") == []
    assert ids_in_order("client", typed="0", descending=True) == []


def test_amount_that_is_not_known_is_left_blank() -> None:
    assert amount(math.nan, "en", "€") == ""
    assert amount(0.0, "en", "€") == f"0{SPACE}€"
    assert amount(1234567.0, "en", "") == "1,234,567"


ODD = results(
    [0.15, 0.5, 0.05, 0.05],
    ids=[1, 2, 3, 4],
    verdict=[REVIEW, REVIEW, REVIEW, YES],
    review=[1, 2 + 4, 4, 0],
    impossible=["", "EXT_SOURCE_1, CNT_CHILDREN", "AMT_ANNUITY", ""],
)


def test_clients_to_review_for_a_reason_are_found_by_it() -> None:
    def ids(*why: ReviewReason) -> object:
        return ODD.ids[chosen(ODD, verdicts=(), why=why, typed="", order="file", descending=False)].tolist()

    assert ids() == [1, 2, 3, 4]
    assert ids(ReviewReason.IMPOSSIBLE_VALUE) == [2, 3]
    assert ids(ReviewReason.IN_BAND) == [1]
    assert ids(ReviewReason.IN_BAND, ReviewReason.TOO_LITTLE_KNOWN) == [1, 2]


def test_why_to_review_is_said_in_words() -> None:
    assert [why_review(ODD, place, "en") for place in range(4)] == [
        "near the acceptance threshold",
        "too little information, impossible value (External score 1, Number of children)",
        "impossible value (Loan instalment)",
        "",
    ]


def test_line_of_the_table_as_an_officer_reads_it(model: Model) -> None:
    assert lines(FIVE, [1], model.bundle, "en", "€") == [
        Line(
            client="13",
            verdict=Verdict.TO_REVIEW,
            solvency=0.84,
            amount=f"1,000{SPACE}€",
            why="",
            raising="",
            lowering="",
        )
    ]


def test_reasons_are_named_with_the_largest_first_and_without_blanks(model: Model) -> None:
    sources = list(model.bundle.sources)
    first, second = sources.index("AMT_CREDIT"), sources.index("EXT_SOURCE_2")
    reasoned = replace(
        FIVE,
        raising=np.array([[second, first, -1]] * 5, dtype=np.int16),
        lowering=np.array([[-1, -1, -1]] * 4 + [[0, 0, 0]], dtype=np.int16),
    )
    (line,) = lines(reasoned, np.array([3]), model.bundle, "en", "")
    assert line.raising == "External score 2, Loan amount"
    assert line.lowering == ""


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=20), st.integers(0, 2**63 - 1), st.integers(1, 19))
def test_ids_that_begin_with_digits_are_those_whose_text_does(ids: list[int], other: int, digits: int) -> None:
    typed = str(other)[:digits]
    sent = results([0.1] * len(ids), ids=ids)
    found = chosen(sent, verdicts=(), typed=typed, order="file", descending=False)
    assert sent.ids[found].tolist() == [each for each in sent.ids.tolist() if str(each).startswith(typed)]


@pytest.mark.parametrize("typed", ["x", "1x", "-1", "1.0", "٣", "9" * 20, "00"])
def test_what_no_id_begins_with_finds_none(typed: str) -> None:
    assert len(chosen(FIVE, verdicts=(), typed=typed, order="file", descending=False)) == 0


def test_problems_are_listed_with_row_column_and_reason() -> None:
    problems = [Problem("boolean_in_number", 1234, "AMT_CREDIT"), Problem("data_empty")]
    first, second = problem_rows(problems, "en")
    assert (first["Row"], first["Column"]) == ("1,234", "AMT_CREDIT")
    assert first["What is wrong"].startswith("Row 1234, column AMT_CREDIT: ")
    assert (second["Row"], second["Column"]) == ("", "")


def test_two_hundred_problems_are_listed_at_most() -> None:
    found = problem_rows([Problem("boolean_in_number", row, "A") for row in range(1, 251)], "en")
    assert [each["Row"] for each in found] == [str(row) for row in range(1, 201)]


def test_scored_and_refused_rows_of_a_file_are_found_again_as_they_stood(model: Model) -> None:
    rows: list[dict[str, object]] = list(draw_rows(model, 4, seed=5))
    rows[1]["AMT_CREDIT"] = "much"
    intake = files.read_here(json.dumps(rows))
    portfolio = score_portfolio(model, intake, review_band=0.02)
    clients = ClientsOfFile(intake, portfolio.results)
    assert list(clients) == ["900001", "900003", "900004"]
    assert len(clients) == 3
    assert clients["900003"] == rows[2]
    ((row, why),) = rejected_rows(intake, portfolio, "en")
    assert row == rows[1]
    assert why.startswith("Row 2, column AMT_CREDIT: ")
