"""The clients to pick from: CSV or Parquet, found by the first digits, refused by name of the setting."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import SettingError, UnknownClient
from core.readers.client_store import Clients, begin_with, load_clients
from core.records import Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings

CSV = 'SK_ID_CURR,AMT_CREDIT,NAME_TYPE_SUITE\n100005,500000.0,\n9,,Family\n100001,1e5,"Spouse, partner"\n'


def load(tmp_path: Path, content: str | bytes, name: str = "clients.csv") -> Clients:
    file = tmp_path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_clients(file, synthetic=False)


def refusal(file: Path) -> str:
    with pytest.raises(SettingError) as refused:
        load_clients(file, synthetic=False)
    assert refused.value.name == "CLIENTS"
    assert str(file.parent) not in str(refused.value)
    return str(refused.value)


def test_csv_cells_stay_as_they_were_written(tmp_path: Path) -> None:
    clients = load(tmp_path, CSV)
    assert len(clients) == 3
    assert clients.row("100001") == {
        "SK_ID_CURR": "100001",
        "AMT_CREDIT": "1e5",
        "NAME_TYPE_SUITE": "Spouse, partner",
    }
    assert clients.row("9") == {"SK_ID_CURR": "9", "AMT_CREDIT": "", "NAME_TYPE_SUITE": "Family"}


def test_parquet_is_told_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    table = pa.table({"SK_ID_CURR": [7, 5], "AMT_CREDIT": [1.5, None], "NAME_TYPE_SUITE": ["Family", None]})
    pq.write_table(table, tmp_path / "clients.csv")
    clients = load_clients(tmp_path / "clients.csv", synthetic=True)
    assert clients.synthetic
    assert clients.row("7") == {"SK_ID_CURR": 7, "AMT_CREDIT": 1.5, "NAME_TYPE_SUITE": "Family"}
    assert clients.row("5") == {"SK_ID_CURR": 5, "AMT_CREDIT": None, "NAME_TYPE_SUITE": None}
    assert clients.rows_of(["7", "5", "7"]) == [clients.row("7"), clients.row("5"), clients.row("7")]


def test_parquet_with_ids_as_floats_and_categories_in_many_parts_is_read(tmp_path: Path) -> None:
    names = pa.array([f"kind {place // 9000}" for place in range(20_000)]).dictionary_encode()
    table = pa.table({"SK_ID_CURR": pa.array(range(20_000), pa.float64()), "NAME": names})
    pq.write_table(table, tmp_path / "clients.parquet", row_group_size=5000)
    clients = load_clients(tmp_path / "clients.parquet", synthetic=False)
    assert len(clients) == 20_000
    assert clients.row("19999")["NAME"] == "kind 2"


def test_ids_are_found_by_their_first_digits_in_order(tmp_path: Path) -> None:
    clients = load(tmp_path, CSV)
    assert clients.search("1") == ["100001", "100005"]
    assert clients.search("100005") == ["100005"]
    assert clients.search(" 9 ") == ["9"]
    assert clients.search("") == ["100001", "100005", "9"]
    assert clients.search("1", most=1) == ["100001"]


@pytest.mark.parametrize("typed", ["2", "99", "1000011", "x", "1 0", "zzz", "-1", "1e5"])
def test_digits_that_no_id_begins_with_find_nobody(tmp_path: Path, typed: str) -> None:
    assert load(tmp_path, CSV).search(typed) == []


@pytest.mark.parametrize("client", ["", "2", "10000", "1000011", "x", "é", "９"])
def test_client_that_is_not_there_is_unknown(tmp_path: Path, client: str) -> None:
    with pytest.raises(UnknownClient) as refused:
        load(tmp_path, CSV).row(client)
    assert refused.value.client == client


def test_id_typed_with_blanks_around_it_is_found(tmp_path: Path) -> None:
    assert load(tmp_path, CSV).row(" 9 ")["NAME_TYPE_SUITE"] == "Family"


def test_few_ids_are_searched_in_the_order_they_stand() -> None:
    assert begin_with(["205", "3", "20", "2"], "2", 2) == ["205", "20"]


def test_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbf" + CSV.encode()).search("9") == ["9"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_csv_is_read_however_a_spreadsheet_saved_it(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = ["SK_ID_CURR;AMT_CREDIT;NOTE", '100005;156384,5;"mère; né 1,5 fois"', "9; 1,25e5 ;", "7;;1,2,3"]
    content = "\r\n".join(lines).replace(";", separator).encode(encoding)
    clients = load(tmp_path, content)
    assert clients.row("100005")["AMT_CREDIT"] == 156384.5
    assert clients.row("100005")["NOTE"] == f"mère{separator} né 1,5 fois"
    assert clients.row("9")["AMT_CREDIT"] == 125000.0
    assert clients.row("7") == {"SK_ID_CURR": "7", "AMT_CREDIT": "", "NOTE": "1,2,3"}


def test_csv_that_names_its_separator_first_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, "sep=;\nSK_ID_CURR;A\n9;1\n").row("9") == {"SK_ID_CURR": "9", "A": "1"}


def test_decimal_comma_in_quotes_is_one(tmp_path: Path) -> None:
    assert load(tmp_path, 'SK_ID_CURR,A\n9,"1,5"\n').row("9")["A"] == 1.5


def test_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    assert "nowhere.csv is not there or cannot be read" in refusal(tmp_path / "nowhere.csv")
    assert "is not there or cannot be read" in refusal(tmp_path)


def test_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clients.csv")
    assert "clients.csv is not there or cannot be read" in refusal(tmp_path / "clients.csv")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PAR1 but not really",
        b"SK_ID_CURR,A\n1,2,3\n",
        b"SK_ID_CURR,A\n1\n",
    ],
)
def test_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clients.csv").write_bytes(content)
    assert "clients.csv is not a CSV or Parquet table" in refusal(tmp_path / "clients.csv")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("CLIENT,A\n1,2\n", "has no column SK_ID_CURR"),
        ("\x89PNG\r\n\x1a\n\x00", "is not a CSV or Parquet table"),
        ("SK_ID_CURR;A\n1;25\n3;1.500\n", "does not say whether A holds 1.5 or 1500"),
        ("SK_ID_CURR,A\n1,2\n1,3\n", "has a client twice in SK_ID_CURR"),
        ("SK_ID_CURR,A\n1,2\n1.0,3\n", "has a client twice in SK_ID_CURR"),
        ("SK_ID_CURR,A\n,2\n", "has an SK_ID_CURR that is not a whole number"),
        ("SK_ID_CURR,A\n1.5,2\n", "has an SK_ID_CURR that is not a whole number"),
        ("SK_ID_CURR,A\nx,2\n", "has an SK_ID_CURR that is not a whole number"),
        ("SK_ID_CURR,SK_ID_CURR\n1,2\n", "has the column SK_ID_CURR twice"),
        ("SK_ID_CURR,A,A\n1,2,3\n", "has the column A twice"),
    ],
)
def test_table_that_cannot_be_picked_from_is_refused_with_the_reason(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "clients.csv").write_text(content)
    assert words in refusal(tmp_path / "clients.csv")


def test_three_hundred_thousand_clients_are_searched_like_three(tmp_path: Path) -> None:
    ids = [str(100_000 + place * 7) for place in range(300_000)]
    clients = load(tmp_path, "SK_ID_CURR,A\n" + "".join(f"{client},{place}\n" for place, client in enumerate(ids)))
    assert len(clients) == 300_000
    assert clients.row(ids[123_456]) == {"SK_ID_CURR": ids[123_456], "A": "123456"}
    expected = sorted(client for client in ids if client.startswith("1234"))[:8]
    assert clients.search("1234") == expected
    with pytest.raises(UnknownClient):
        clients.row("100001")


def test_loading_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    clients = load(tmp_path, CSV)
    assert list((tmp_path / "scratch").iterdir()) == []
    assert clients.row("9")["SK_ID_CURR"] == "9"


def test_every_client_of_the_demo_is_scored_and_every_verdict_is_among_them(model: Model) -> None:
    clients = load_clients(Settings().clients_file, synthetic=True)
    found = assess(model, clients.table.to_pylist(), review_band=Settings().review_band)
    assert len(found) == len(clients) >= 100
    assert {decision.verdict for decision in found.decisions} == set(Verdict)
