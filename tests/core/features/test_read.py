"""Files of any of three kinds, tables that are not there, and what is malformed: by name, column and line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.__main__ import main
from core.features.build import OutputRefused, build_features
from core.features.categories import COLUMNS, columns_of
from core.features.tables import TableRefused
from tests.core.features.tables import applications, build, build_with_report, table_of, write
from tests.core.features.test_against_oracle import Drawing

INSTALMENTS = ["SK_ID_CURR", "NUM_INSTALMENT_VERSION", "DAYS_INSTALMENT", "DAYS_ENTRY_PAYMENT"]
HEADER = ",".join([*INSTALMENTS, "AMT_INSTALMENT", "AMT_PAYMENT"])


def refused(folder: Path, **files: str | bytes) -> TableRefused:
    """What is said of a folder with these files beside one application; nothing may be written."""
    write(folder / "tables", {"application_train": applications(1)})
    for name, content in files.items():
        file = folder / "tables" / name.replace("__", ".")
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "out.parquet").write_text("older")
    with pytest.raises(TableRefused) as caught:
        build_features(folder / "tables", folder / "out.parquet", lambda words: None)
    assert (folder / "out.parquet").read_text() == "older"
    assert sorted(path.name for path in folder.iterdir()) == ["out.parquet", "tables"]
    return caught.value


def test_the_same_tables_give_the_same_bits_in_any_kind_of_file_and_any_order_of_clients(tmp_path: Path) -> None:
    tables = Drawing(5, 40).tables()
    csv = build(tmp_path / "csv", tables)
    pd.testing.assert_frame_equal(build(tmp_path / "gz", tables, ".csv.gz"), csv, check_exact=True)
    pd.testing.assert_frame_equal(build(tmp_path / "parquet", tables, ".parquet"), csv, check_exact=True)
    turned = {"application_train": tables["application_train"].iloc[::-1]}
    pd.testing.assert_frame_equal(build(tmp_path / "turned", {**tables, **turned}), csv, check_exact=True)
    assert list(csv.columns) == list(COLUMNS)


def test_the_target_stands_after_the_id_as_a_whole_number(tmp_path: Path) -> None:
    build(tmp_path, {"application_train": applications(3, 2, TARGET=1)})
    features = pd.read_parquet(tmp_path / "features.parquet")
    assert features.columns[:2].tolist() == ["SK_ID_CURR", "TARGET"]
    assert features["SK_ID_CURR"].tolist() == [2, 3]
    assert features["TARGET"].tolist() == [1, 1]
    assert features["TARGET"].dtype == "int64"
    assert features["AMT_CREDIT"].dtype == "float64"


def test_applications_to_predict_have_no_target(tmp_path: Path) -> None:
    features = build(tmp_path, {"application_test": applications(4)})
    assert features.index.tolist() == [4]
    assert list(features.columns) == list(COLUMNS)


def test_a_table_that_is_not_there_is_said_and_its_columns_are_missing(tmp_path: Path) -> None:
    loans = table_of("bureau", [{"SK_ID_CURR": 1, "SK_ID_BUREAU": 2, "DAYS_CREDIT": -5}])
    report, said = build_with_report(tmp_path, {"application_train": applications(1), "bureau": loans})
    features = pd.read_parquet(tmp_path / "features.parquet")
    assert set(report.absent) == {
        "bureau_balance",
        "previous_application",
        "POS_CASH_balance",
        "installments_payments",
        "credit_card_balance",
    }
    assert (report.rows, report.columns) == (1, 796)
    assert features["BURO_DAYS_CREDIT_MAX"].tolist() == [-5]
    assert features[list(columns_of("PREV", "APPROVED", "REFUSED", "POS", "INSTAL", "CC"))].isna().all(axis=None)
    assert features.filter(regex="^(BURO|ACTIVE|CLOSED)_(MONTHS_BALANCE|STATUS)_").isna().all(axis=None)
    assert "credit_card_balance is not there: its 141 columns are missing" in said
    assert "bureau_balance is not there: its columns are missing" in said


def test_rows_of_clients_who_did_not_apply_change_nothing(tmp_path: Path) -> None:
    row = {"SK_ID_CURR": 1, "MONTHS_BALANCE": -2, "SK_DPD": 1}
    other = {"SK_ID_CURR": 99, "MONTHS_BALANCE": -1, "SK_DPD": 7}
    applied = {"application_train": applications(1)}
    alone = build(tmp_path / "alone", {**applied, "POS_CASH_balance": table_of("POS_CASH_balance", [row])})
    beside = build(tmp_path / "beside", {**applied, "POS_CASH_balance": table_of("POS_CASH_balance", [other, row])})
    pd.testing.assert_frame_equal(beside, alone, check_exact=True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1,1,-3,much,5,5", "DAYS_ENTRY_PAYMENT is not a number in line 3"),
        ("1,1,-3,-3,5", "there are 5 fields instead of 6 in line 3"),
        ("1,1,-3,-3,5,5,5", "there are 7 fields instead of 6 in line 3"),
        (",1,-3,-3,5,5", "SK_ID_CURR is missing in line 3"),
        ("1.5,1,-3,-3,5,5", "SK_ID_CURR is not a whole number in line 3"),
        ('1,1,-3,-3,5,"5', "a value is not quoted as CSV wants it in line 3"),
        ("1,1,-3,-3,5,\xe9", "AMT_PAYMENT is not a number in line 3"),
    ],
)
def test_a_malformed_row_is_refused_by_column_and_line(tmp_path: Path, line: str, said: str) -> None:
    found = refused(tmp_path, installments_payments__csv=f"{HEADER}\n1,1,-3,-3,5,5\n{line}\n1,1,-3,-3,5,5\n")
    assert str(found) == f"installments_payments.csv cannot be used: {said}."


def test_bytes_that_are_not_text_are_refused_by_line(tmp_path: Path) -> None:
    found = refused(tmp_path, installments_payments__csv=f"{HEADER}\n1,1,-3,-3,5,".encode() + b"\xff\xfe\n")
    assert str(found) == "installments_payments.csv cannot be used: there are bytes that are not UTF-8 in line 2."


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "installments_payments__csv",
            "SK_ID_CURR,AMT_PAYMENT\n1,2\n",
            "it has no column NUM_INSTALMENT_VERSION, DAYS",
        ),
        ("installments_payments__csv", f"{HEADER},AMT_PAYMENT\n", "it has the column AMT_PAYMENT twice"),
        ("installments_payments__csv", "", "it has no header"),
        ("installments_payments__csv__gz", b"\x1f\x8b\x08 damaged", "it cannot be read, it is damaged"),
        ("installments_payments__parquet", b"PAR1", "it cannot be read, it is damaged"),
    ],
)
def test_a_malformed_table_is_refused_by_name(tmp_path: Path, name: str, content: str | bytes, said: str) -> None:
    assert f"{name.replace('__', '.')} cannot be used: {said}" in str(refused(tmp_path, **{name: content}))


def test_a_packed_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "whole", {"installments_payments": Drawing(2, 40).tables()["application_train"]}, ".csv.gz"
    )
    whole = (folder / "installments_payments.csv.gz").read_bytes()
    found = refused(tmp_path / "broken", installments_payments__csv__gz=whole[: len(whole) // 2])
    assert "installments_payments.csv.gz cannot be used: it " in str(found)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"SK_ID_CURR": 1}, {"SK_ID_CURR": 1}], "SK_ID_CURR repeats an earlier one in line 3"),
        ([{"SK_ID_CURR": 1, "TARGET": 2}], "TARGET is neither 0 nor 1 in line 2"),
        ([{"SK_ID_CURR": 1, "CODE_GENDER": "X"}], "CODE_GENDER is none of M, F in line 2"),
        ([{"SK_ID_CURR": 1, "FLAG_MOBIL": 7}], "FLAG_MOBIL is neither 0 nor 1 in line 2"),
        ([], "it holds no application"),
    ],
)
def test_an_application_that_cannot_be_read_is_refused(
    tmp_path: Path, rows: list[dict[str, object]], said: str
) -> None:
    write(tmp_path, {"application_train": table_of("application_train", rows)})
    with pytest.raises(TableRefused) as caught:
        build_features(tmp_path, tmp_path / "out.parquet", lambda words: None)
    assert str(caught.value) == f"application_train.csv cannot be used: {said}."
    assert not (tmp_path / "out.parquet").exists()


def test_a_parquet_row_is_named_too(tmp_path: Path) -> None:
    table = table_of("POS_CASH_balance", [{"SK_ID_CURR": 1, "SK_DPD": "0"}, {"SK_ID_CURR": 1, "SK_DPD": "soon"}])
    write(tmp_path, {"application_train": applications(1)})
    write(tmp_path, {"POS_CASH_balance": table}, ".parquet")
    with pytest.raises(
        TableRefused, match=r"POS_CASH_balance\.parquet cannot be used: SK_DPD is not a number in row 2"
    ):
        build_features(tmp_path, tmp_path / "out.parquet", lambda words: None)


def test_a_folder_without_applications_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match=r"it is no folder with one of application_train\.csv\.gz"):
        build_features(tmp_path, tmp_path / "out.parquet", lambda words: None)


def test_a_table_is_never_overwritten_by_its_own_features(tmp_path: Path) -> None:
    write(tmp_path, {"application_train": applications(1)}, ".parquet")
    before = (tmp_path / "application_train.parquet").read_bytes()
    with pytest.raises(OutputRefused, match="it is one of the tables that are read"):
        build_features(tmp_path, tmp_path / "application_train.parquet", lambda words: None)
    assert (tmp_path / "application_train.parquet").read_bytes() == before


def test_the_command_says_what_it_does_and_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"application_train": applications(1, 2)})
    assert main(["features", str(tmp_path), "--out", str(tmp_path / "f.parquet")]) == 0
    said = capsys.readouterr()
    assert "(2 applications, 796 columns)\nnot there, so missing: " in said.out
    assert "application_train.csv: 2 applications\n" in said.err
    (tmp_path / "bureau.csv").write_text("nothing\n")
    assert main(["features", str(tmp_path), "--out", str(tmp_path / "f.parquet")]) == 2
    assert capsys.readouterr().err.startswith("bureau.csv cannot be used: it has no column SK_ID_CURR")
