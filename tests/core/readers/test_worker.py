"""The process that reads: one at a time, ended when somebody stops it, and small."""

from __future__ import annotations

import io
import threading

import psutil
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from core.errors import InputRefused
from core.readers import upload
from core.readers.upload import read_upload
from tests.core import client_files as files


def test_reading_that_is_stopped_ends_at_once() -> None:
    stopping = threading.Event()
    content = files.as_csv([{"SK_ID_CURR": place, **dict.fromkeys("ABCDEFGH", 0.5)} for place in range(200_000)])
    threading.Timer(0.3, stopping.set).start()
    with pytest.raises(InputRefused) as refused:
        read_upload(content, max_bytes=10**8, max_rows=10**6, stopping=stopping)
    assert refused.value.code == "reading_stopped"
    assert not [each for each in psutil.Process().children() if "reading_process" in " ".join(each.cmdline())]


def test_one_file_is_read_at_a_time_and_who_waits_can_stop() -> None:
    stopping = threading.Event()
    with upload._turns.taken("another", threading.Event()):
        threading.Timer(0.1, stopping.set).start()
        with pytest.raises(InputRefused) as refused:
            read_upload(b"SK_ID_CURR\n1\n", max_bytes=100, max_rows=10, stopping=stopping)
    assert refused.value.code == "reading_stopped"
    assert read_upload(b"SK_ID_CURR\n1\n", max_bytes=100, max_rows=10).n_rows == 1


def test_dates_in_parquet_are_text_and_take_no_memory() -> None:
    kinds = [pa.timestamp("ns", tz="Europe/Paris"), pa.timestamp("us"), pa.date32(), pa.time64("us"), pa.duration("s")]
    columns = {f"A{place}": pa.array([0, None], pa.int64()).cast(kind) if kind != pa.date32() else
               pa.array([0, None], pa.int32()).cast(kind) for place, kind in enumerate(kinds)}  # fmt: skip
    out = io.BytesIO()
    pa_parquet.write_table(pa.table({"SK_ID_CURR": [1, 2], **columns}), out)
    first, second = read_upload(out.getvalue(), max_bytes=10**6, max_rows=10).as_sent()
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert all(isinstance(first[name], str) for name in columns)
    assert str(first["A0"]).startswith("1970-01-01 00:00:00")
    assert [second[name] for name in columns] == [None] * len(columns)
