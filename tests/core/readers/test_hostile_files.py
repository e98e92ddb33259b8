"""Files made to hurt whoever reads them: each is refused with little work, by a process that alone may die of it.

The figures that a run prints with `-s` are the seconds of processor to the refusal and what this process grew by.
"""

from __future__ import annotations

import gzip
import io
import math
import multiprocessing
import os
import re
import resource
import signal
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from core.errors import InputRefused, TooLarge, UnreadableInput
from core.readers import upload
from core.readers.upload import Limits
from core.settings import ROOT
from tests.core import client_files as files

MAX_TIMES = 25.0
"""How many times the work of an honest file of 2,000 rows a hostile one may cost; the dearest was measured at 5.5."""
MAX_GROWTH = 60 * 2**20
PATIENCE = 3600.0
"""Seconds by the clock; no test may depend on it, for a machine may have other work."""
TIGHT = Limits(seconds=PATIENCE, processor_seconds=900, unpacked_mb=64, answer_mb=32)
BOOK, SHEET = "xl/workbook.xml", "xl/worksheets/sheet1.xml"
ROWS: files.Rows = [{"SK_ID_CURR": place, "A": 0.5, "B": "text"} for place in range(1, 20)]


def gzip_bomb() -> bytes:
    """A quarter of a gigabyte of one letter in a megabyte."""
    return gzip.compress(b"SK_ID_CURR,A\n1," + b"x" * 2**28, 1)


def zip_bomb_in_a_workbook() -> bytes:
    return files.changed(files.excel(ROWS), {SHEET: lambda sheet: sheet + b" " * 200 * 2**20})


def zip_that_lies_about_its_size() -> bytes:
    """The directory says ten bytes where 100 MB unpack."""
    packed = bytearray(zip_bomb_in_a_workbook())
    real = (len(files.unzipped(packed)[SHEET])).to_bytes(4, "little")
    while (at := packed.find(real)) >= 0:
        packed[at : at + 4] = (10).to_bytes(4, "little")
    return bytes(packed)


def far_cell() -> bytes:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return files.changed(files.excel(ROWS), {SHEET: lambda sheet: sheet.replace(b"</sheetData>", cell)})


def far_cell_in_quotes_of_the_other_kind() -> bytes:
    cell = b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData>"
    return files.changed(files.excel(ROWS), {SHEET: lambda sheet: sheet.replace(b"</sheetData>", cell)})


def entities() -> bytes:
    """A billion laughs in the shared strings."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<!DOCTYPE sst [<!ENTITY l0 "ha">{laughs}]>'.encode()

    def change(strings: bytes) -> bytes:
        return strings.replace(b"<sst", declared + b"<sst", 1).replace(b"text", b"&l9;")

    return files.changed(files.excel(ROWS), {"xl/sharedStrings.xml": change})


def cells_without_an_end() -> bytes:
    """Each would be looked through to the end of the sheet."""
    cells = b'<row r="30">' + b'<c r="A30" t="e">' * 170_000 + b"</row></sheetData>"
    return files.changed(files.excel(ROWS), {SHEET: lambda sheet: sheet.replace(b"</sheetData>", cells)})


def elements_without_a_floor() -> bytes:
    """A megabyte of memory for each nine kilobytes here."""
    return files.changed(files.excel(ROWS), {BOOK: lambda book: book.replace(b"</workbook>", b"<a>" * 1_300_000)})


def sheets(count: int) -> Callable[[bytes], bytes]:
    """Adds so many names of the same sheet to a workbook."""
    more = b"".join(b'<sheet name="S%d" sheetId="%d" r:id="rId1"/>' % (n, n + 10) for n in range(count))
    return lambda book: book.replace(b"</sheets>", more + b"</sheets>")


def thousands_of_sheets() -> bytes:
    return files.changed(files.excel(ROWS), {BOOK: sheets(20_000)})


def one_sheet_under_many_names() -> bytes:
    """A sheet of a few megabytes, without ids so that each name is looked at."""
    rows = b"<row r='30'><c r='A30'><v>1</v></c></row>" * 70_000 + b"</sheetData>"
    changes = {BOOK: sheets(900), SHEET: lambda sheet: sheet.replace(b"</sheetData>", rows)}
    return files.changed(files.excel([{"A": 1}]), changes)


def forged_counts() -> bytes:
    def change(strings: bytes) -> bytes:
        return re.sub(rb'[cC]ount="\d+"', b'count="4294967295"', strings)

    return files.changed(files.excel(ROWS), {"xl/sharedStrings.xml": change})


def forged_string_number() -> bytes:
    return files.changed(
        files.excel(ROWS), {SHEET: lambda sheet: re.sub(rb't="s"><v>\d+', b't="s"><v>4294967295', sheet)}
    )


def parquet_bomb() -> bytes:
    """A hundred thousand times the same text of a hundred kilobytes, which a dictionary stores once."""
    ids = pa.array(np.arange(100_000))
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, dtype=np.int32)), ["x" * 100_000])
    out = io.BytesIO()
    pa_parquet.write_table(pa.table({"SK_ID_CURR": ids, "A": text}), out, compression="zstd")
    return out.getvalue()


def parquet_of_too_many_rows() -> bytes:
    out = io.BytesIO()
    pa_parquet.write_table(pa.table({"SK_ID_CURR": np.zeros(50_000_000, dtype=np.int32)}), out, compression="zstd")
    return out.getvalue()


def half_a_parquet() -> bytes:
    content = files.parquet(ROWS)
    return content[: len(content) // 2]


def parquet_with_noise_inside() -> bytes:
    content = bytearray(files.parquet(ROWS))
    content[4:200] = np.random.default_rng(1).bytes(196)
    return bytes(content)


def parquet_with_noise_at_its_end() -> bytes:
    content = bytearray(files.parquet(ROWS))
    content[-200:-8] = np.random.default_rng(1).bytes(192)
    return bytes(content)


def endless_quotes() -> bytes:
    return b'SK_ID_CURR,A\n1,"' + b"x,\n" * 15_000_000


def one_line_without_end() -> bytes:
    return b"SK_ID_CURR,A\n" + b"1" * 45_000_000


def a_million_columns() -> bytes:
    return b"SK_ID_CURR," + b",".join(b"C%d" % place for place in range(1_000_000)) + b"\n1\n"


def json_of_a_million_names() -> bytes:
    return b'[{"SK_ID_CURR":1,' + b",".join(b'"C%d":1' % place for place in range(1_000_000)) + b"}]"


def json_of_empty_objects() -> bytes:
    return b"[" + b"{}," * 15_000_000 + b"{}]"


def json_of_empty_objects_in_few_rows() -> bytes:
    return b'{"data": [{"SK_ID_CURR": 1, "A": [' + b"{}," * 12_000_000 + b"{}]}]}"


def json_without_a_floor() -> bytes:
    return b"[" * 10_000_000


def empty_gzip_members() -> bytes:
    """Members that unpack to nothing: no limit on what comes out of them is ever reached."""
    return gzip.compress(b"SK_ID_CURR,A\n") + gzip.compress(b"", mtime=0) * 2_000_000


def truncated_gzip() -> bytes:
    return gzip.compress(os.urandom(10_000))[:5000]


def half_a_workbook() -> bytes:
    content = files.excel(ROWS)
    return content[: len(content) // 2]


def raw_deflate_under_a_gzip_header() -> bytes:
    return b"\x1f\x8b\x08\0\0\0\0\0\0\0" + zlib.compress(b"x" * 1000)


HOSTILE: dict[Callable[[], bytes], set[str]] = {
    gzip_bomb: {"file_unpacks_too_large"},
    zip_bomb_in_a_workbook: {"file_unpacks_too_large"},
    zip_that_lies_about_its_size: {"file_broken", "file_unpacks_too_large"},
    far_cell: {"cell_far_out"},
    far_cell_in_quotes_of_the_other_kind: {"cell_far_out"},
    entities: {"file_broken"},
    cells_without_an_end: {"file_broken", "id_column_missing"},
    elements_without_a_floor: {"file_broken"},
    thousands_of_sheets: {"too_many_sheets"},
    one_sheet_under_many_names: {"file_broken"},
    forged_string_number: {"file_broken", "reading_broke_off", "id_column_missing"},
    parquet_bomb: {"file_unpacks_too_large", "reading_takes_too_much"},
    parquet_of_too_many_rows: {"file_too_long"},
    half_a_parquet: {"file_broken"},
    parquet_with_noise_inside: {"file_broken"},
    parquet_with_noise_at_its_end: {"file_broken"},
    endless_quotes: {"csv_broken"},
    one_line_without_end: {"csv_broken"},
    a_million_columns: {"too_many_columns"},
    json_of_a_million_names: {"client_too_long"},
    json_of_empty_objects: {"file_too_long"},
    json_of_empty_objects_in_few_rows: {"client_too_long"},
    json_without_a_floor: {"too_deep"},
    empty_gzip_members: {"file_of_many_members"},
    truncated_gzip: {"file_broken"},
    half_a_workbook: {"file_broken"},
    raw_deflate_under_a_gzip_header: {"file_broken"},
}
"""Each file, and the sentences that would be right for it."""


def work_of(read: Callable[[], object]) -> float:
    """Seconds of processor that reading processes took meanwhile."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.fixture(scope="module")
def honest_work() -> float:
    """Seconds of processor for an honest file: the machine's own measure."""
    content = files.as_csv([{"SK_ID_CURR": place, **dict.fromkeys("ABCDEFGH", 0.5)} for place in range(2000)])
    return work_of(lambda: files.read(content, max_rows=2000))


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_hostile_file_is_refused_with_little_work_and_this_process_stays_small(
    make: Callable[[], bytes], honest_work: float
) -> None:
    content = make()
    refusals: list[InputRefused] = []

    def read() -> None:
        with pytest.raises(InputRefused) as refusal:
            files.read(content, max_rows=150_000, limits=TIGHT)
        refusals.append(refusal.value)

    before = psutil.Process().memory_info().rss
    seconds = work_of(read)
    grown = psutil.Process().memory_info().rss - before
    size = len(content) / 2**20
    code = refusals[0].code
    times = seconds / honest_work
    print(f"\n{make.__name__}: {size:.1f} MB, {code} after {seconds:.1f} s ({times:.1f}), +{grown / 2**20:.0f} MB")
    assert code in HOSTILE[make]
    assert times < MAX_TIMES
    assert grown < MAX_GROWTH


def test_forged_counts_of_strings_are_not_believed() -> None:
    assert files.read(forged_counts(), limits=TIGHT).n_rows == len(ROWS)


def test_number_of_a_million_digits_is_beyond_any_number() -> None:
    content = b'[{"SK_ID_CURR":' + b"9" * 1_000_000 + b"}]"
    assert files.read(content, limits=TIGHT).as_sent() == [{"SK_ID_CURR": math.inf}]


def test_lines_of_a_million_commas_are_told_one_by_one() -> None:
    content = b"SK_ID_CURR,A\n1,2\n" + (b"1" + b"," * 900_000 + b"\n") * 40
    problems = files.read(content, limits=TIGHT).all_rows().problems  # type: ignore[union-attr]
    assert {each.code for each in problems} == {"wrong_field_count"}
    assert [each.row for each in problems] == list(range(2, 42))


def test_file_over_the_byte_limit_is_refused_before_any_process_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    refused = files.refused(lambda: files.read(b"x" * (2**20 + 1), max_bytes=2**20), TooLarge)
    assert (refused.code, refused.problems[0].facts) == ("file_too_large", {"limit": 1})


def test_answer_over_its_limit_is_not_taken() -> None:
    content = files.as_csv([{"SK_ID_CURR": 1, "A": "x" * 9000}] * 300)
    limits = Limits(answer_mb=1)
    assert (
        files.refused(lambda: files.read(content, max_rows=1000, limits=limits), TooLarge).code
        == "reading_takes_too_much"
    )


WORKER = """
import os, runpy, sys
sys.path.insert(0, {root!r})
from core.readers import csv_reader

def read_csv(*_, **__):
    {body}

csv_reader.read_csv = read_csv
runpy.run_path({script!r}, run_name="__main__")
"""


@pytest.fixture
def worker_that(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """The real reading process, limits and all, but for the reader of CSV, which runs this line and no other."""

    def worker_that(body: str) -> None:
        script = tmp_path / "worker.py"
        script.write_text(WORKER.format(root=str(ROOT), body=body, script=str(upload.SCRIPT)), encoding="utf-8")
        monkeypatch.setattr(upload, "SCRIPT", script)

    return worker_that


def test_processor_time_runs_out_in_one_sentence(worker_that: Callable[[str], None]) -> None:
    worker_that("while True: pass")
    limits = Limits(processor_seconds=1, seconds=PATIENCE)
    refused = files.refused(lambda: files.read(files.as_csv(ROWS), limits=limits), TooLarge)
    assert (refused.code, refused.problems[0].facts) == ("reading_takes_too_long", {"limit": 1})


def test_clock_runs_out_in_one_sentence(worker_that: Callable[[str], None]) -> None:
    worker_that("while True: pass")
    refused = files.refused(lambda: files.read(files.as_csv(ROWS), limits=Limits(seconds=0.05)), TooLarge)
    assert refused.code == "reading_takes_too_long"


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        (signal.SIGKILL, "reading_takes_too_much"),
        (signal.SIGABRT, "reading_takes_too_much"),
        (signal.SIGSEGV, "reading_broke_off"),
        (signal.SIGTERM, "reading_broke_off"),
    ],
)
def test_process_that_is_killed_in_the_middle_is_told_in_one_sentence(
    sign: signal.Signals, code: str, monkeypatch: pytest.MonkeyPatch, worker_that: Callable[[str], None]
) -> None:
    worker_that(f"os.kill(os.getpid(), {sign:d})")
    real = subprocess.Popen
    started: list[subprocess.Popen[bytes]] = []

    def popen(*arguments: object, **keywords: object) -> subprocess.Popen[bytes]:
        started.append(real(*arguments, **keywords))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", popen)
    kind = TooLarge if code == "reading_takes_too_much" else UnreadableInput
    assert files.refused(lambda: files.read(files.as_csv(ROWS)), kind).code == code
    assert started[0].returncode == -sign
    monkeypatch.undo()
    assert files.read(files.as_csv(ROWS)).n_rows == len(ROWS)


def test_no_process_and_no_open_file_is_left_behind() -> None:
    this = psutil.Process()
    before = this.num_fds()
    for content in (files.as_csv(ROWS), b"%PDF", b'SK_ID_CURR,A\n1,"'):
        try:
            files.read(content)
        except InputRefused as refused:
            assert refused.problems
    assert this.num_fds() == before
    assert not [each for each in this.children() if "reading_process" in " ".join(each.cmdline())]
    assert not multiprocessing.active_children()


def test_answer_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "liar.py"
    script.write_text("import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write(b'\\0\\0\\0\\5hello')")
    monkeypatch.setattr(upload, "SCRIPT", script)
    assert files.refused(lambda: files.read(b"SK_ID_CURR\n1\n"), UnreadableInput).code == "reading_broke_off"
