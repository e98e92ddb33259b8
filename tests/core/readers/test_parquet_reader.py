"""Parquet whose ids stand in a column, however it is written, or in an index of pandas."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from core.__main__ import main
from core.batch.scorer import score_portfolio
from core.errors import SettingError
from core.readers.client_store import load_clients
from core.readers.parquet_reader import read_parquet_tables
from core.scoring.assess import Model
from tests.core import client_files as files

IDS = [900101, 900102, 900103]
FRAME = pd.DataFrame(
    {
        "SK_ID_CURR": IDS,
        "AMT_CREDIT": [270000.0, 450000.0, 500000.0],
        "AMT_INCOME_TOTAL": [180000.0] * 3,
        "DAYS_BIRTH": [-16425] * 3,
        "EXT_SOURCE_2": [0.62, 0.31, 0.5],
    }
)


def written(frame: pd.DataFrame, row_group_size: int = 2) -> bytes:
    out = io.BytesIO()
    frame.to_parquet(out, row_group_size=row_group_size)
    return out.getvalue()


def counted(name: object) -> bytes:
    return written(FRAME.drop(columns="SK_ID_CURR").set_index(pd.RangeIndex(IDS[0], IDS[-1] + 1, name=name)))


WITH_IDS: dict[str, Callable[[], bytes]] = {
    "index": lambda: written(FRAME.set_index("SK_ID_CURR")),
    "index in lower case": lambda: written(FRAME.rename(columns={"SK_ID_CURR": "sk_id_curr"}).set_index("sk_id_curr")),
    "one of two indexes": lambda: written(FRAME.set_index(["AMT_CREDIT", "SK_ID_CURR"])),
    "counted index": lambda: counted("SK_ID_CURR"),
    "counted index with a space": lambda: counted("Sk_id_curr "),
    "index of text": lambda: written(FRAME.astype({"SK_ID_CURR": str}).set_index("SK_ID_CURR")),
    "column in lower case": lambda: written(FRAME.rename(columns=str.lower)),
    "column beside the rows' numbers": lambda: written(FRAME.iloc[[0, 1, 2]].set_index(pd.Index([7, 9, 12]))),
}


@pytest.mark.parametrize("kind", WITH_IDS)
def test_ids_are_found_and_the_answers_are_those_of_the_plain_file(
    model: Model, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, other = (
        score_portfolio(
            model, files.read(content, vocabulary=model.aligner.vocabulary), review_band=0.02, reasons=False
        )
        for content in (written(FRAME), WITH_IDS[kind]())
    )
    assert plain.results.ids.tolist() == other.results.ids.tolist() == IDS
    assert plain.results.probability.tobytes() == other.results.probability.tobytes()
    for name, content in (("plain", written(FRAME)), ("other", WITH_IDS[kind]())):
        (tmp_path / f"{name}.parquet").write_bytes(content)
        assert main(["score", str(tmp_path / f"{name}.parquet"), "--out", str(tmp_path / f"{name}.csv")]) == 0
    assert (tmp_path / "plain.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()
    said = capsys.readouterr().out
    assert ("sk_id_curr → SK_ID_CURR" in said) is ("lower case" in kind)
    clients = load_clients(tmp_path / "other.parquet", synthetic=False)
    assert clients.search("9") == [str(client) for client in IDS]


@pytest.mark.parametrize("groups", [[0], [1], [0, 1]])
def test_counted_ids_go_on_from_one_group_of_rows_to_the_next(groups: list[int]) -> None:
    tables = list(read_parquet_tables(io.BytesIO(counted("SK_ID_CURR")), groups=groups, columns=()))
    found = [client for table in tables for client in table.column("SK_ID_CURR").to_pylist()]
    assert found == [client for group in groups for client in (IDS[:2], IDS[2:])[group]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (written(FRAME.drop(columns="SK_ID_CURR").set_index(pd.Index([900101, 900105, 900110]))), "index_without_name"),
        (written(FRAME.drop(columns="SK_ID_CURR")), "id_column_missing"),
        (counted("CLIENT"), "id_column_missing"),
        (counted(None), "id_column_missing"),
    ],
)
def test_index_that_is_not_called_the_id_is_not_taken_for_it(content: bytes, code: str, tmp_path: Path) -> None:
    refused = files.refusal_here(content)
    assert (refused.code, refused.problems[0].column) == (code, "SK_ID_CURR")
    (tmp_path / "clients.parquet").write_bytes(content)
    with pytest.raises(SettingError, match="index without a name" if code == "index_without_name" else "no column"):
        load_clients(tmp_path / "clients.parquet", synthetic=False)


@pytest.mark.parametrize("notes", [b"{}", b"no json", b'{"index_columns": 7}', b'{"index_columns": [{"step": 0}]}'])
def test_notes_of_another_kind_are_no_index(notes: bytes) -> None:
    out = io.BytesIO()
    pa_parquet.write_table(pa.table({"AMT_CREDIT": [1.0]}).replace_schema_metadata({b"pandas": notes}), out)
    assert files.refusal_here(out.getvalue()).code == "id_column_missing"


def test_decimals_are_numbers_and_mean_one_thing() -> None:
    amounts = pa.array([Decimal("502.000"), Decimal("270000.500"), None], pa.decimal128(20, 3))
    ids = pa.array([Decimal(2**53 + 1), Decimal(7), Decimal(8)], pa.decimal128(20, 0))
    out = io.BytesIO()
    pa_parquet.write_table(pa.table({"SK_ID_CURR": ids, "AMT_CREDIT": amounts}), out)
    assert files.read_here(out.getvalue()).as_sent() == [
        {"SK_ID_CURR": 2**53 + 1, "AMT_CREDIT": 502},
        {"SK_ID_CURR": 7, "AMT_CREDIT": 270000.5},
        {"SK_ID_CURR": 8, "AMT_CREDIT": None},
    ]


def test_dates_and_lengths_of_time_are_no_numbers(model: Model) -> None:
    columns = {name: FRAME[name].tolist() for name in FRAME}
    days = pa.array([5, None, None], pa.duration("s")), pa.array([None, 5, None], pa.date32())
    out = io.BytesIO()
    table = pa.table({**columns, "OWN_CAR_AGE": days[0], "CNT_CHILDREN": days[1]})
    pa_parquet.write_table(table, out)
    found = score_portfolio(model, files.read_here(out.getvalue()), review_band=0.02, reasons=False)
    assert [(each.code, each.row, each.column) for each in found.problems] == [
        ("text_in_number", 1, "OWN_CAR_AGE"),
        ("text_in_number", 2, "CNT_CHILDREN"),
    ]
    assert found.results.ids.tolist() == [900103]
