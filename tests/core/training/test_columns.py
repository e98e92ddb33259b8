"""The model's columns, learned from a table; their numbers come from the aligner that serves."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.alignment.aligner import Aligner
from core.alignment.parsers import RATIOS
from core.model.schema import Column
from core.training.applications import TrainingRefused, check_applications
from core.training.columns import (
    LEFT_OUT,
    Matrix,
    aligned_values,
    candidate_columns,
    encode,
    finished_columns,
    usual_value,
)
from tests.core.training.tables import NAME, drawn_applications, drawn_table, typed_applications, typed_table


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    return encode(drawn_applications())


@pytest.fixture(scope="module")
def finished(matrix: Matrix) -> dict[str, Column]:
    weights = np.full(matrix.ships.sum(), 1 / matrix.ships.sum())
    columns = finished_columns(matrix, drawn_applications().table, weights)
    return {column.name: column for column in columns}


def test_numbers_come_first_then_one_hots_by_value_then_ratios(matrix: Matrix) -> None:
    names = matrix.names(matrix.ships)
    kinds = [column.kind for column, ships in zip(matrix.columns, matrix.ships, strict=True) if ships]
    order = [{"one_hot": 1, "ratio": 2}.get(kind, 0) for kind in kinds]
    assert order == sorted(order)
    assert names[:3] == ["FLAG_OWN_CAR", "CNT_CHILDREN", "AMT_INCOME_TOTAL"]
    assert names[-5:] == list(RATIOS)
    one_hots = [name for name in names if name.startswith("ORGANIZATION_TYPE")]
    assert one_hots == ["ORGANIZATION_TYPE_Bank", "ORGANIZATION_TYPE_School", "ORGANIZATION_TYPE_XNA"]


def test_sex_and_family_status_are_read_but_do_not_ship(matrix: Matrix) -> None:
    assert {column.source for column in matrix.columns} >= set(LEFT_OUT)
    assert not any(name.startswith(LEFT_OUT) for name in matrix.names(matrix.ships))


@pytest.mark.parametrize("name", ["FLAG_MOBIL", "FLAG_DOCUMENT_2", "NAME_CONTRACT_TYPE_Consumer loans"])
def test_columns_that_tell_fewer_than_fifty_people_apart_are_left_out(name: str, matrix: Matrix) -> None:
    assert name not in matrix.names(matrix.ships)


@pytest.mark.parametrize(
    ("name", "complete", "fill"),
    [
        ("CNT_CHILDREN", True, 0.0),
        ("REGION_RATING_CLIENT", True, 2.0),
        ("FLAG_OWN_CAR", True, 0.0),
        ("NAME_INCOME_TYPE_Pensioner", True, 0.0),
        ("DAYS_EMPLOYED", False, 0.0),
        ("DAYS_EMPLOYED_PERC", False, 0.0),
        ("OWN_CAR_AGE", False, 0.0),
        ("EXT_SOURCE_1", False, 0.0),
        ("OCCUPATION_TYPE_Drivers", False, 0.0),
    ],
)
def test_completeness_and_fill(name: str, complete: bool, fill: float, finished: dict[str, Column]) -> None:
    assert (finished[name].complete, finished[name].fill) == (complete, fill)


def test_numbers_are_filled_with_their_median(finished: dict[str, Column]) -> None:
    table = drawn_table()
    assert finished["AMT_ANNUITY"].fill == table["AMT_ANNUITY"].median()
    assert finished["INCOME_CREDIT_PERC"].fill == (table["AMT_INCOME_TOTAL"] / table["AMT_CREDIT"]).median()


def test_of_a_complete_one_hot_group_only_the_most_frequent_is_filled(finished: dict[str, Column]) -> None:
    group = {name: column.fill for name, column in finished.items() if column.source == "NAME_CONTRACT_TYPE"}
    assert group == {"NAME_CONTRACT_TYPE_Cash loans": 1.0, "NAME_CONTRACT_TYPE_Revolving loans": 0.0}


def test_three_columns_are_essential(finished: dict[str, Column]) -> None:
    essential = {name for name, column in finished.items() if column.essential}
    assert essential == {"AMT_CREDIT", "AMT_INCOME_TOTAL", "DAYS_BIRTH"}


@pytest.mark.parametrize(
    ("numbers", "usual"),
    [([1.0, 1.0, 5.0, 6.0], 1.0), ([0.5, 1.0, 7.0], 1.0), ([*list(range(50)), 49], 25.0)],
)
def test_the_usual_value_is_the_most_frequent_of_few_whole_ones_else_the_median(
    numbers: list[float], usual: float
) -> None:
    assert usual_value(np.array(numbers, dtype=float)) == usual


def test_unemployment_becomes_missing_and_ratios_are_derived() -> None:
    applications = typed_applications()
    columns = candidate_columns(applications.table)
    names = [column.name for column in columns]
    values = aligned_values(applications, columns)
    assert names == [
        *("CODE_GENDER", "AMT_INCOME_TOTAL", "AMT_CREDIT", "DAYS_BIRTH", "DAYS_EMPLOYED"),
        *("DAYS_EMPLOYED_PERC", "INCOME_CREDIT_PERC"),
    ]
    np.testing.assert_array_equal(
        values[2:4],
        [[1.0, 60.0, 400.0, -12000.0, -400.0, 1 / 30, 0.15], [0.0, 50.0, 500.0, -20000.0, np.nan, np.nan, 0.1]],
    )


def test_the_model_that_ships_aligns_a_training_row_to_what_it_was_trained_on(
    matrix: Matrix, finished: dict[str, Column]
) -> None:
    applications = drawn_applications()
    rows = [
        {name: None if cell != cell else cell for name, cell in row.items()}
        for row in applications.table.head(200).to_dict("records")
    ]
    served = Aligner(tuple(finished.values())).align(rows)
    assert not served.refused
    np.testing.assert_array_equal(served.values, matrix.values[:200][:, matrix.ships])


def test_text_in_a_number_is_refused_by_its_column() -> None:
    table = typed_table().assign(AMT_INCOME_TOTAL=["a lot"] * 6)
    with pytest.raises(TrainingRefused, match="5 values cannot be read, in AMT_INCOME_TOTAL"):
        encode(check_applications(table, NAME))


def test_nothing_is_filled_before_completeness_is_measured(tmp_path: Path) -> None:
    columns = candidate_columns(drawn_table())
    assert columns == tuple(
        msgspec.structs.replace(column, complete=False, essential=False, fill=0.0) for column in columns
    )
