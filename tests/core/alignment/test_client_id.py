"""Who a row is: SK_ID_CURR in all its forms, and the same client twice."""

from __future__ import annotations

import math

import pytest

from core.i18n.translations import translate_problem
from tests.core.samples import RAW, align, places, raw, refused, without


@pytest.mark.parametrize(
    ("cell", "client"),
    [
        (155312, 155312),
        (155312.0, 155312),
        ("155312", 155312),
        ("155312.0", 155312),
        (" 155312.00 ", 155312),
        (0, 0),
        (2**63 - 1, 2**63 - 1),
        (str(2**63 - 1), 2**63 - 1),
        (float(2**53 - 1), 2**53 - 1),
        ("9007199254740993", 2**53 + 1),
        ("0000000000000155312", 155312),
        ("7.", 7),
        ("0", 0),
        ("0.0", 0),
        (0.0, 0),
        ("155312,0", 155312),
        ("155312,000", 155312),
        ("155 312", 155312),
        ("155\u202f312", 155312),
        ("1'155'312", 1155312),
        ("0155.000", 155),
    ],
)
def test_whole_number_is_read_exactly_whatever_its_form(cell: object, client: int) -> None:
    assert align(raw(SK_ID_CURR=cell)).ids == (client,)


@pytest.mark.parametrize("cell", [None, math.nan, "", "  "])
def test_missing_id_is_refused_naming_the_row(cell: object) -> None:
    assert places(refused(RAW, raw(SK_ID_CURR=cell))) == [("id_missing", 2, "SK_ID_CURR")]


def test_absent_id_is_refused_naming_the_row() -> None:
    assert places(refused(without(RAW, "SK_ID_CURR"))) == [("id_missing", 1, "SK_ID_CURR")]


@pytest.mark.parametrize(
    "cell",
    [
        155312.5,
        "155312.5",
        "1e5",
        "client 5",
        "1.55312E+05",
        "155.000",
        "155,312",
        "1.155.312",
        "15 5312",
        "-155 312",
        "155312,5",
        "１２３",
        "0x10",
        -5,
        "-5",
        math.inf,
        True,
        [1],
        {},
        2**63,
        10**400,
        float(2**53),
        float(2**54),
        -0.5,
        -1.0,
        str(2**63),
        "1" + "0" * 19,
        "0" * 19 + "1",
        "7.01",
        "7.0.0",
        ".0",
        ".",
        "+7",
        "7 7",
        "9" * 5000,
    ],
)
def test_id_that_is_no_whole_number_is_refused_naming_the_row(cell: object) -> None:
    assert places(refused(raw(SK_ID_CURR=cell))) == [("id_not_whole", 1, "SK_ID_CURR")]


def test_same_client_twice_is_refused_naming_both_rows() -> None:
    problems = refused(RAW, raw(SK_ID_CURR=7), RAW)
    assert places(problems) == [("client_twice", 1, "SK_ID_CURR"), ("client_twice", 3, "SK_ID_CURR")]
    first, second = (translate_problem(problem, "en") for problem in problems)
    assert "Row 1" in first
    assert "row 3" in first
    assert "Row 3" in second
    assert "row 1" in second


def test_same_client_in_two_forms_is_the_same_client() -> None:
    problems = refused(raw(SK_ID_CURR="7"), raw(SK_ID_CURR=7.0))
    assert places(problems) == [("client_twice", 1, "SK_ID_CURR"), ("client_twice", 2, "SK_ID_CURR")]


def test_same_client_thrice_names_every_row() -> None:
    problems = refused(RAW, RAW, RAW)
    assert [(problem.row, problem.facts["other_row"]) for problem in problems] == [(1, 2), (2, 1), (3, 1)]


def test_client_number_0_is_a_client_like_any_other() -> None:
    problems = refused(raw(SK_ID_CURR=0), raw(SK_ID_CURR=5), raw(SK_ID_CURR="0.0"))
    assert [(problem.code, problem.row, problem.facts["other_row"]) for problem in problems] == [
        ("client_twice", 1, 3),
        ("client_twice", 3, 1),
    ]


def test_rows_without_a_client_are_not_the_same_client() -> None:
    problems = refused(without(RAW, "SK_ID_CURR"), raw(SK_ID_CURR="x"), raw(SK_ID_CURR="y"), raw(SK_ID_CURR=7))
    assert places(problems) == [
        ("id_missing", 1, "SK_ID_CURR"),
        ("id_not_whole", 2, "SK_ID_CURR"),
        ("id_not_whole", 3, "SK_ID_CURR"),
    ]


def test_each_pair_of_rows_of_one_client_names_its_own() -> None:
    problems = refused(raw(SK_ID_CURR=8), raw(SK_ID_CURR=9), raw(SK_ID_CURR=8), raw(SK_ID_CURR=9))
    assert [(problem.row, problem.facts["other_row"]) for problem in problems] == [(1, 3), (2, 4), (3, 1), (4, 2)]


def test_every_row_of_a_client_that_stands_twice_counts_in_the_total() -> None:
    found = align(*[raw(SK_ID_CURR=client % 900) for client in range(1000)], raw(SK_ID_CURR=5000))
    assert (found.refused_total, found.ids[0], found.ids[-1], len(found.ids)) == (200, 100, 5000, 801)


def test_same_client_twice_is_noticed_when_one_of_the_rows_is_bad_otherwise() -> None:
    problems = refused(RAW, raw(AMT_CREDIT="x"))
    assert places(problems) == [
        ("client_twice", 1, "SK_ID_CURR"),
        ("text_in_number", 2, "AMT_CREDIT"),
        ("client_twice", 2, "SK_ID_CURR"),
    ]
    assert align(RAW, raw(AMT_CREDIT="x")).ids == ()


def test_clients_come_out_in_the_order_they_came_with_the_row_they_stood_in() -> None:
    found = align(raw(SK_ID_CURR=9), raw(SK_ID_CURR=3, AMT_CREDIT="x"), raw(SK_ID_CURR=5), raw(SK_ID_CURR=1))
    assert found.ids == (9, 5, 1)
    assert found.rows == (1, 3, 4)
