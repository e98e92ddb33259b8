"""The alignment report as a table: what was sent for each column, what is used, and why."""

from __future__ import annotations

import math

import pytest

from core.insights.alignment_report import MAX_ROWS, alignment_rows, as_sent
from core.scoring.assess import Model, assess
from tests.core.conftest import Thousand


@pytest.fixture(scope="module")
def lines(model: Model, thousand: Thousand) -> dict[str, dict[str, str]]:
    row = {**thousand.rows[0], "AMT_CREDIT": "500000.0", "OCCUPATION_TYPE": "Drivers", "NAME_HOUSING_TYPE": "Igloo"}
    del row["FLAG_DOCUMENT_3"]
    row.pop("EXT_SOURCE_1", None)
    found = assess(model, [row], review_band=0.02)
    table = alignment_rows(row, found.aligned, 0, model.bundle, "en")
    assert [line["Model column"] for line in table] == list(model.bundle.names)
    return {line["Model column"]: line for line in table}


@pytest.mark.parametrize(
    ("column", "sent", "used", "origin"),
    [
        ("AMT_CREDIT", "500000.0", "500000", "given"),
        ("OCCUPATION_TYPE_Drivers", "Drivers", "1", "given"),
        ("OCCUPATION_TYPE_Managers", "Drivers", "0", "given"),
        ("FLAG_DOCUMENT_3", "", "1", "assumed: not given"),
        ("EXT_SOURCE_1", "", "", "not given"),
        ("NAME_HOUSING_TYPE_With parents", "Igloo", "0", "never or too rarely seen"),
    ],
)
def test_each_column_says_what_was_sent_what_is_used_and_why(
    lines: dict[str, dict[str, str]], column: str, sent: str, used: str, origin: str
) -> None:
    line = lines[column]
    assert (line["Sent"], line["Used"], line["Origin"]) == (sent, used, origin)


@pytest.mark.parametrize(
    ("column", "cell", "used", "how"),
    [
        ("FLAG_OWN_REALTY", "Y", "0", "Y is coded as 0, N as 1"),
        ("FLAG_OWN_REALTY", 0, "0", ""),
        ("FLAG_OWN_CAR", "Y", "1", "N is coded as 0, Y as 1"),
        ("OCCUPATION_TYPE_Managers", "Drivers", "0", "1 if the value is Managers, otherwise 0"),
        ("OCCUPATION_TYPE_Drivers", "Drivers", "1", "1 if the value is Drivers, otherwise 0"),
        ("DAYS_EMPLOYED", 365243, "", "365243 stands for a missing value"),
        ("AMT_CREDIT", "500000.0", "500000", ""),
        ("OCCUPATION_TYPE_Managers", "", "0", ""),
    ],
)
def test_a_rule_that_changes_what_was_sent_is_said(
    model: Model, thousand: Thousand, column: str, cell: object, used: str, how: str
) -> None:
    source = next(each.source for each in model.bundle.columns if each.name == column)
    row = {**thousand.rows[0], source: cell}
    if source == "DAYS_EMPLOYED":
        row.pop("DAYS_EMPLOYED_PERC", None)
    found = assess(model, [row], review_band=0.02)
    table = alignment_rows(row, found.aligned, 0, model.bundle, "en")
    line = next(each for each in table if each["Model column"] == column)
    assert (line["Used"], line["How it is coded"]) == (used, how)


def test_ratio_that_was_derived_says_so(lines: dict[str, dict[str, str]]) -> None:
    assert lines["PAYMENT_RATE"]["Origin"] == "derived from other columns"
    assert float(lines["PAYMENT_RATE"]["Used"]) > 0


def test_one_hot_is_called_by_its_column_and_category(lines: dict[str, dict[str, str]]) -> None:
    assert lines["OCCUPATION_TYPE_Drivers"]["Feature"].endswith(" = Drivers")


def test_cells_are_shown_as_they_were_sent() -> None:
    row = {"a": None, "b": "", "c": math.nan, "d": 5, "e": 5.0, "f": 0.1, "g": True, "h": [1], "i": "x", "j": math.inf}
    assert as_sent([row]) == [
        {"a": "", "b": "", "c": "", "d": "5", "e": "5", "f": "0.1", "g": "true", "h": "[1]", "i": "x", "j": "Infinity"}
    ]


def test_row_that_is_no_client_is_shown_too() -> None:
    assert as_sent([5, "x"]) == [{"": "5"}, {"": "x"}]


def test_only_the_first_rows_are_shown() -> None:
    assert len(as_sent([{"a": 1}] * (MAX_ROWS + 50))) == MAX_ROWS


def test_second_of_two_clients_is_told_with_its_own_numbers(model: Model, thousand: Thousand) -> None:
    rows = [{**thousand.rows[0], "AMT_CREDIT": 111000}, {**thousand.rows[1], "AMT_CREDIT": 222000}]
    found = assess(model, rows, review_band=0.02)
    table = alignment_rows(rows[1], found.aligned, 1, model.bundle, "en")
    assert next(line["Used"] for line in table if line["Model column"] == "AMT_CREDIT") == "222000"
