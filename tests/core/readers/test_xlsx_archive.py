"""A workbook cut into small ones holds the same cells, wherever it is cut."""

from __future__ import annotations

import io
import re

import pytest
from python_calamine import CalamineWorkbook

from core.errors import InputRefused
from core.readers import xlsx_archive
from core.readers.worker_messages import HowRead
from tests.core import client_files as files

SHEET = "xl/worksheets/sheet1.xml"
ROWS: files.Rows = [
    {"SK_ID_CURR": place, "A": place / 7, "B": None if place % 3 else "a < b", "C": None if place < 150 else place}
    for place in range(1, 301)
]


def whole(content: bytes) -> list[list[object]]:
    """All rows but the first, as calamine reads them at once."""
    _, *rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(False)
    return [list(row) for row in rows if any(cell != "" for cell in row)]


def read(content: bytes) -> list[list[object]]:
    found = files.read_here(content, max_rows=1000).as_sent()
    return [list(row.values()) for row in found if isinstance(row, dict)]


@pytest.mark.parametrize("size", [700, 1000, 4096, 10**6])
def test_pieces_of_any_size_hold_the_same_cells(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_archive, "PIECE_BYTES", size)
    content = files.excel(ROWS)
    assert read(content) == whole(content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb"</row>", rb"<!-- </row> --></row>"),
        (rb"</row>", rb"<?x </row> ?></row>"),
        (rb"(</?)(row|c|v|sheetData|worksheet)\b", rb"\1x:\2"),
        (rb'<row r="\d+"', rb"<row"),
        (rb"<sheetData>", rb"<sheetData >"),
        (rb' r="[A-Z]+\d+"', rb""),
    ],
)
def test_sheets_of_other_writers_are_read_as_well(old: bytes, new: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_archive, "PIECE_BYTES", 2000)

    def change(sheet: bytes) -> bytes:
        other = re.sub(old, new, sheet)
        return other.replace(b"xmlns=", b"xmlns:x=", 1) if b"x:row" in new or b"x:" in new else other

    content = files.changed(files.excel(ROWS), {SHEET: change})
    assert read(content) == whole(content)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", b"../../etc/passwd"),
        ("xl/workbook.xml", b"<workbook ", b'<!DOCTYPE w [<!ENTITY x "y">]><workbook '),
        ("xl/workbook.xml", b"<sheets>", b"<sheets"),
    ],
)
def test_workbook_that_is_none_is_refused(part: str, old: bytes, new: bytes) -> None:
    with pytest.raises(InputRefused) as refused:
        files.read_here(
            files.changed(files.excel(ROWS), {part: lambda content: content.replace(old, new)}), max_rows=1000
        )
    assert refused.value.code in ("file_broken", "id_column_missing")


@pytest.mark.parametrize(("row", "is_far"), [("101", False), ("102", True), ("110", True), ("99", False)])
def test_cells_beyond_the_last_row_are_told_so(row: str, is_far: bool) -> None:
    cell = f'<row r="{row}"><c r="A{row}"><v>7</v></c></row></sheetData>'.encode()
    content = files.changed(files.excel(ROWS[:5]), {SHEET: lambda sheet: sheet.replace(b"</sheetData>", cell)})
    if is_far:
        with pytest.raises(InputRefused) as refused:
            files.read_here(content, max_rows=100)
        assert refused.value.code == "cell_far_out"
    else:
        assert files.read_here(content, max_rows=100).n_rows == 6


def test_first_sheet_with_ids_is_read_and_named() -> None:
    from core.readers.worker import read_parts

    how = next(iter(read_parts(files.workbook_with_every_kind_of_cell(), max_rows=10, max_unpacked=10**6)))
    assert isinstance(how, HowRead)
    assert how.sheet == "Clients"
