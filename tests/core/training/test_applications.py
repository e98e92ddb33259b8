"""What can be trained on, and what is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.training.applications import (
    TrainingRefused,
    check_applications,
    is_locked,
    read_applications,
    require_enough,
)
from tests.core.training.tables import NAME, typed_applications, typed_table

LOCKED_OF_THE_FIRST_FORTY = [
    *(100_006, 100_007, 100_009, 100_015, 100_016),
    *(100_017, 100_021, 100_023, 100_030, 100_036),
]


def test_rows_are_in_the_order_of_their_ids_without_the_unknown_gender() -> None:
    applications = typed_applications()
    assert applications.ids.tolist() == [2, 3, 4, 5, 6]
    assert applications.defaults.tolist() == [True, False, False, True, False]
    assert applications.credit.tolist() == [200.0, 300.0, 400.0, 500.0, 100.0]
    assert "TARGET" not in applications.table


def test_the_locked_fifth_depends_on_the_id_alone() -> None:
    ids = range(100_001, 100_041)
    locked = [client for client, each in zip(ids, is_locked(ids), strict=True) if each]
    assert locked == LOCKED_OF_THE_FIRST_FORTY
    assert is_locked(reversed(ids)).tolist() == is_locked(ids).tolist()[::-1]


def test_about_a_fifth_is_locked() -> None:
    assert 0.19 < is_locked(range(100_000)).mean() < 0.21


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda table: table.drop(columns="TARGET"), "it has no column TARGET"),
        (lambda table: table.drop(columns=["SK_ID_CURR", "AMT_CREDIT"]), "it has no column SK_ID_CURR, AMT_CREDIT"),
        (lambda table: table.iloc[:0], "it holds no client"),
        (lambda table: table.assign(TARGET=[0, 1, 2, 0, 1, 0]), "TARGET must be 0 or 1 in every row"),
        (lambda table: table.assign(TARGET=0), "TARGET must be 1 in some rows and 0 in others"),
        (lambda table: table.assign(TARGET=["no"] * 6), "TARGET must be a whole number in every row"),
        (lambda table: table.assign(SK_ID_CURR=[6, 2, 2, 4, 4, 4]), "SK_ID_CURR must be unique, and 2 rows repeat one"),
        (lambda table: table.assign(SK_ID_CURR=1.5), "SK_ID_CURR must be a whole number in every row"),
        (lambda table: table.assign(AMT_CREDIT=0.0), "AMT_CREDIT must be a positive amount in every row"),
    ],
)
def test_refusals_name_the_file_and_the_column(change: Callable[[pd.DataFrame], pd.DataFrame], sentence: str) -> None:
    with pytest.raises(TrainingRefused) as refused:
        check_applications(change(typed_table()), NAME)
    assert str(refused.value) == f"{NAME} cannot be trained on: {sentence}."


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet"])
def test_every_kind_of_file_reads_the_same(kind: str, tmp_path: Path) -> None:
    file = tmp_path / f"application_train.{kind}"
    table = typed_table().sample(frac=1.0, random_state=1)[typed_table().columns[::-1]]
    if kind == "parquet":
        table.to_parquet(file, index=False)
    else:
        table.to_csv(file, index=False)
    for place in (tmp_path, file):
        found = read_applications(place)
        assert found.fingerprint == typed_applications().fingerprint
        assert found.ids.tolist() == [2, 3, 4, 5, 6]


def test_another_value_is_another_fingerprint() -> None:
    other = check_applications(typed_table().assign(AMT_INCOME_TOTAL=1.0), NAME)
    assert other.fingerprint != typed_applications().fingerprint


def test_a_folder_without_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match=r"no folder with one of application_train\.csv\.gz"):
        read_applications(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("application_train.csv", b"", "it holds no client"),
        ("application_train.csv.gz", b"not gzip", "it cannot be read as a table"),
        ("application_train.parquet", b"PAR1 not parquet", "it cannot be read as a table"),
    ],
)
def test_a_damaged_file_is_refused(name: str, content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TrainingRefused, match=sentence):
        read_applications(tmp_path)


def test_too_few_clients_to_measure_on_are_refused() -> None:
    with pytest.raises(TrainingRefused, match="of the clients kept for measuring, 50 must have TARGET 1"):
        require_enough(typed_applications())


def test_the_table_that_was_given_stays_as_it_was() -> None:
    table = typed_table()
    check_applications(table, NAME)
    pd.testing.assert_frame_equal(table, typed_table())
    assert np.isnan(table["AMT_CREDIT"]).sum() == 0
