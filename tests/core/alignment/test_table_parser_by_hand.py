"""Tables of a few rows, typed by hand: what is refused, of which row, and that the others stay in their places."""

from __future__ import annotations

import pytest

from core.alignment.table import ids_of, make_table
from core.errors import Problem
from core.records import Aligned, ValueOrigin
from tests.core.samples import ALIGNER, NAMES, places

WHOLE = {"AMT_INCOME_TOTAL": 160000.0, "AMT_CREDIT": 400000.0, "DAYS_BIRTH": -14600.0}


def align(problems: list[Problem] | None = None, **cells: list[object]) -> Aligned:
    return ALIGNER.align(make_table(list(cells), list(cells.values()), problems or []))


def clients(ids: list[object], problems: list[Problem] | None = None, **cells: list[object]) -> Aligned:
    """Clients of whom the essential columns are there, the loan a thousand times the row's position."""
    size = len(ids)
    amounts: list[object] = [1000.0 * (place + 1) for place in range(size)]
    whole: dict[str, list[object]] = {name: [value] * size for name, value in WHOLE.items()}
    return align(problems, SK_ID_CURR=ids, **{**whole, "AMT_CREDIT": amounts, **cells})


def test_ids_that_are_missing_or_no_whole_numbers_are_refused_row_by_row() -> None:
    found = clients([7, None, "", " ", "x", 5.5, "8", float("nan"), True, 9.0, "1e3"])
    assert places(found.refused) == [
        ("id_missing", 2, "SK_ID_CURR"),
        ("id_missing", 3, "SK_ID_CURR"),
        ("id_missing", 4, "SK_ID_CURR"),
        ("id_not_whole", 5, "SK_ID_CURR"),
        ("id_not_whole", 6, "SK_ID_CURR"),
        ("id_missing", 8, "SK_ID_CURR"),
        ("id_not_whole", 9, "SK_ID_CURR"),
        ("id_not_whole", 11, "SK_ID_CURR"),
    ]
    assert (found.ids, found.rows, found.refused_total) == ((7, 8, 9), (1, 7, 10), 8)
    assert found.values[:, NAMES.index("AMT_CREDIT")].tolist() == [1000.0, 7000.0, 10000.0]


@pytest.mark.parametrize("ids", [["1", "2", "3"], [1, 2, 3], [1.0, 2.0, 3.0], ["1.0", 2, " 3 "], ["01", "002", "3."]])
def test_ids_of_any_form_are_the_same_clients(ids: list[object]) -> None:
    assert clients(ids).ids == (1, 2, 3)
    assert ids_of(make_table(["SK_ID_CURR"], [ids])) == [1, 2, 3]


def test_long_ids_keep_every_digit() -> None:
    ids = ["9223372036854775807", "9223372036854775806", "999999999999999999"]
    assert clients(list(ids)).ids == tuple(map(int, ids))
    assert clients([int(each) for each in ids]).ids == tuple(map(int, ids))


def test_table_without_ids_is_refused_row_by_row() -> None:
    found = align(AMT_CREDIT=[1.0, 2.0])
    assert [each for each in places(found.refused) if each[0] == "id_missing"] == [
        ("id_missing", 1, "SK_ID_CURR"),
        ("id_missing", 2, "SK_ID_CURR"),
    ]
    assert ids_of(make_table(["AMT_CREDIT"], [[1.0, 2.0]])) == [None, None]


def test_client_that_stands_twice_is_refused_in_both_rows() -> None:
    found = clients(["5", "6", "5"])
    assert [(each.row, each.facts) for each in found.refused] == [(1, {"other_row": 3}), (3, {"other_row": 1})]
    assert (found.ids, found.refused_total) == ((6,), 2)


def test_table_of_columns_that_the_model_does_not_know_is_refused_row_by_row() -> None:
    found = align(SK_ID_CURR=["1", "x", "3"], PET=["cat", "dog", "cow"])
    assert places(found.refused) == [
        ("no_known_column", 1, None),
        ("id_not_whole", 2, "SK_ID_CURR"),
        ("no_known_column", 3, None),
    ]
    assert (found.ids, found.unknown, found.refused_total) == ((), ("PET",), 3)
    assert found.values.shape == (0, len(NAMES))


def test_nested_value_is_refused_even_where_the_model_does_not_read() -> None:
    found = clients([1, 2, 3], PET=["cat", ["dog"], {"a": 1}])
    assert places(found.refused) == [("nested_value", 2, "PET"), ("nested_value", 3, "PET")]
    assert found.ids == (1,)


def test_rows_that_do_not_fit_their_header_leave_the_others_in_their_places() -> None:
    facts: dict[str, str | int] = {"found": 1, "expected": 2, "line": 3}
    problems = [Problem("wrong_field_count", 2, facts=facts), Problem("wrong_field_count", 4, facts=facts)]
    found = clients(["1", "x", "3", "1", "5"], problems, EXT_SOURCE_1=[0.1, "x", 0.3, 0.4, 0.5])
    assert [(each.code, each.row, dict(each.facts)) for each in found.refused] == [
        ("wrong_field_count", 2, facts),
        ("wrong_field_count", 4, facts),
    ]
    assert (found.ids, found.rows, found.refused_total) == ((1, 3, 5), (1, 3, 5), 2)
    slots = [NAMES.index(name) for name in ("AMT_CREDIT", "EXT_SOURCE_1")]
    assert found.values[:, slots].tolist() == [[1000.0, 0.1], [3000.0, 0.3], [5000.0, 0.5]]


def test_id_with_a_problem_of_its_own_has_that_one_alone() -> None:
    found = clients(["1", "2", "3"], [Problem("id_rounded", 2, "SK_ID_CURR")])
    assert places(found.refused) == [("id_rounded", 2, "SK_ID_CURR")]
    assert found.ids == (1, 3)
    columns = make_table(["SK_ID_CURR", "A"], [["1", "2"], ["x", "y"]], [Problem("id_rounded", 1, "SK_ID_CURR")])
    assert ids_of(columns) == [None, 2]


def test_encoded_category_that_the_model_lacks_says_never_seen_of_the_rows_where_it_is_one() -> None:
    contract: dict[str, list[object]] = {"NAME_CONTRACT_TYPE_Barter": [1, "1", "1.0", 0, None, True, "no", 2]}
    found = clients(list(range(8)), None, **contract)
    states = found.states[:, NAMES.index("NAME_CONTRACT_TYPE_Cash loans")].tolist()
    unseen, assumed = int(ValueOrigin.UNSEEN), int(ValueOrigin.ASSUMED)
    assert states == [unseen, unseen, unseen, assumed, assumed, unseen, assumed, assumed]
    assert found.unknown == ("NAME_CONTRACT_TYPE_Barter",)


def test_encoded_category_that_the_model_lacks_beside_a_raw_one_is_refused_in_its_own_row() -> None:
    found = clients(
        [1, 2, 3],
        NAME_CONTRACT_TYPE=["Cash loans", "Barter", "Revolving loans"],
        NAME_CONTRACT_TYPE_Barter=["1", "1", "0"],
    )
    (problem,) = found.refused
    assert (problem.code, problem.row, problem.column) == ("raw_and_encoded_differ", 1, "NAME_CONTRACT_TYPE_Barter")
    assert problem.facts == {"other": "NAME_CONTRACT_TYPE"}
    assert found.ids == (2, 3)


@pytest.mark.parametrize("size", [3, 63, 64, 65, 200])
def test_bad_text_among_few_or_many_different_ones_is_refused_in_each_row_where_it_stands(size: int) -> None:
    texts: list[object] = [f"{place}.25" for place in range(size)]
    texts[1] = texts[-1] = "abc"
    found = clients(list(range(size)), AMT_ANNUITY=texts)
    assert places(found.refused) == [("text_in_number", 2, "AMT_ANNUITY"), ("text_in_number", size, "AMT_ANNUITY")]
    assert found.values[:, NAMES.index("AMT_ANNUITY")].tolist() == [
        place + 0.25 for place in range(size) if place not in (1, size - 1)
    ]


@pytest.mark.parametrize("size", [3, 200])
def test_empty_text_among_few_or_many_numbers_is_a_missing_one(size: int) -> None:
    texts: list[object] = [str(place) for place in range(1, size + 1)]
    texts[1] = ""
    texts[2] = None
    found = clients(list(range(size)), AMT_ANNUITY=texts)
    values = found.values[:, NAMES.index("AMT_ANNUITY")].tolist()
    assert values == [25000.0 if place in (1, 2) else place + 1.0 for place in range(size)]
