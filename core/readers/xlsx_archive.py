"""An Excel workbook (.xlsx), checked part by part, and cut into small workbooks of some rows each.

A workbook is a zip of XML, and a few kilobytes of it can ask for any amount of memory. So its parts are counted
before a library sees them: what they unpack to, how far the farthest cell lies, and that no part declares entities.
calamine keeps a whole sheet, twice while it reads: what it is given is therefore never more than PIECE_BYTES of one
sheet, cut between two rows, as a workbook of its own with the same styles and texts.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import IO
from xml.etree import ElementTree

from core.errors import Problem, TooLarge, UnreadableInput, UnsupportedType
from core.readers.csv_reader import MAX_COLUMNS
from core.readers.excel_cells import MergedRange, merged_ranges

TO_BOOK, BOOK, LINKS = "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHEET, STYLES, TEXTS = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"
BLOCK = 2**18
OVERLAP = 64
PIECE_BYTES = 3 * 2**20
MAX_BOOK_BYTES, MAX_BOOK_TAGS = 2**22, 100_000
MAX_SHEETS = 1000
"""Each costs time to look for its ids, and several names of one part would cost it again."""

DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ROWS_BEGIN = re.compile(rb"<((?:\w+:)?)sheetData\s*>")
NO_TAGS = (b"<!", b"<?")
"""Comments, instructions and the like, in which the end of a row could stand without being one."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ONE_SHEET = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKED}"><workbookPr date1904="%d"/><sheets>'
    '<sheet name="Clients" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_LINKS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
_TO_BOOK = f'{_LINKS}<Relationship Id="rId1" Type="{_LINKED}/officeDocument" Target="{BOOK}"/></Relationships>'
_ITS_LINKS = (
    f'{_LINKS}<Relationship Id="rId1" Type="{_LINKED}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_LINKED}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_LINKED}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A checked workbook: the parts of its sheets by their names, in order, the hidden ones, and what all need."""

    parts: zipfile.ZipFile
    sheets: Mapping[str, str]
    hidden: frozenset[str]
    common: Mapping[str, bytes | str]

    def pieces(self, sheet: str) -> Iterator[tuple[bytes, bytes]]:
        """Workbooks of one sheet with some of its rows each, in order, each with the XML of that sheet."""
        with _told(), self.parts.open(self.sheets[sheet]) as opened:
            for piece in _cut(opened):
                out = io.BytesIO()
                with zipfile.ZipFile(out, "w") as packed:
                    for name, content in self.common.items():
                        packed.writestr(name, content)
                    packed.writestr(SHEET, piece)
                yield out.getvalue(), piece

    def merged(self, sheet: str) -> list[MergedRange]:
        """The merged cells of a sheet."""
        with _told(), self.parts.open(self.sheets[sheet]) as opened:
            return list(merged_ranges(iter(partial(opened.read, BLOCK), b"")))


def open_workbook(content: bytes, max_rows: int, max_bytes: int) -> Workbook:
    """The workbook, every part of it checked.

    max_bytes: what all parts together may unpack to. Raises UnsupportedType for another kind of zip,
    UnreadableInput where it is damaged, TooLarge over a limit.
    """
    with _told():
        parts = zipfile.ZipFile(io.BytesIO(content))
        if BOOK not in parts.namelist():
            raise UnsupportedType([Problem("file_of_another_kind")])
        sheets, hidden, others, is_1904 = _structure(parts)
        left = max_bytes
        for part in parts.infolist():
            with parts.open(part) as opened:
                left -= _check_part(opened, max_rows, left, max_bytes, sheet=part.filename in sheets.values())
        made = {TO_BOOK: _TO_BOOK, BOOK: _ONE_SHEET % is_1904, LINKS: _ITS_LINKS}
        found = {name: parts.read(others[kind]) for kind, name in (("styles", STYLES), ("sharedStrings", TEXTS))
                 if kind in others}  # fmt: skip
        return Workbook(parts, sheets, hidden, {**made, **found})


@contextmanager
def _told() -> Iterator[None]:
    """Says that a file is damaged where the libraries for zip and XML say so in many ways."""
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, OSError, KeyError, ValueError,
            ElementTree.ParseError):  # fmt: skip
        raise UnreadableInput([Problem("file_broken")]) from None


def _structure(parts: zipfile.ZipFile) -> tuple[dict[str, str], frozenset[str], dict[str, str], bool]:
    """The parts of the sheets by name, in order; the hidden ones; other parts by kind; whether days count from 1904."""
    links: dict[str, tuple[str, str]] = {}
    for each in _tree(parts, LINKS):
        kind, target = each.get("Type", "").rpartition("/")[2], each.get("Target", "")
        path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        links[each.get("Id", "")] = kind, path
    sheets: dict[str, str] = {}
    hidden: set[str] = set()
    is_1904 = False
    for element in _tree(parts, BOOK).iter():
        name = element.tag.rpartition("}")[2]
        if name == "workbookPr":
            is_1904 = element.get("date1904", "") in ("1", "true")
        elif name == "sheet":
            link = next((value for key, value in element.items() if key.endswith("}id")), "")
            kind, path = links.get(link, ("", ""))
            if kind == "worksheet":
                sheets[element.get("name", "")] = path
                if element.get("state", "visible") != "visible":
                    hidden.add(element.get("name", ""))
    if len(sheets) > MAX_SHEETS:
        raise TooLarge([Problem("too_many_sheets", facts={"limit": MAX_SHEETS})])
    if len(set(sheets.values())) < len(sheets):
        raise UnreadableInput([Problem("file_broken")])
    existing = set(parts.namelist())
    return sheets, frozenset(hidden), {kind: path for kind, path in links.values() if path in existing}, is_1904


def _tree(parts: zipfile.ZipFile, name: str) -> ElementTree.Element:
    with parts.open(name) as opened:
        content = opened.read(MAX_BOOK_BYTES + 1)
    # A tag is a few bytes here and two hundred in memory.
    if len(content) > MAX_BOOK_BYTES or content.count(b"<") > MAX_BOOK_TAGS or DECLARES.search(content):
        raise UnreadableInput([Problem("file_broken")])
    return ElementTree.fromstring(content)


def _check_part(opened: IO[bytes], max_rows: int, left: int, most: int, *, sheet: bool) -> int:
    """Bytes of one part. Raises TooLarge where it is too much or a cell lies too far out."""
    size, end, far = 0, b"", _far_out(max_rows + 1)
    while block := opened.read(BLOCK):
        size += len(block)
        if size > left:
            raise TooLarge([Problem("file_unpacks_too_large", facts={"limit": most // 2**20})])
        window = end + block
        if b"<!" in window and DECLARES.search(window):
            raise UnreadableInput([Problem("file_broken")])
        if sheet and far.search(window):
            raise TooLarge([Problem("cell_far_out", facts={"limit": max_rows, "columns": MAX_COLUMNS})])
        end = window[-OVERLAP:]
    return size


@cache
def _far_out(last_row: int) -> re.Pattern[bytes]:
    """Finds the place of a cell or row beyond this row, or beyond the columns that a table may have.

    What evades it runs into the process's limit on memory; this says it in a better sentence.
    """
    digits = str(last_row)
    higher = [f"{digits[:at]}[{int(digit) + 1}-9]\\d{{{len(digits) - at - 1}}}"
              for at, digit in enumerate(digits) if digit != "9"]  # fmt: skip
    above = "|".join([f"\\d{{{len(digits) + 1},}}", *higher])
    return re.compile(f""" r=["'](?:(?:[A-Z]{{4}}|[H-Z][A-Z][A-Z])\\d|[A-Z]{{0,4}}(?:{above})["'])""".encode())


def _cut(opened: IO[bytes]) -> Iterator[bytes]:
    """A sheet as sheets of some rows each; in one piece from where it is not sure what the end of a row is."""
    held = opened.read(PIECE_BYTES)
    begin = ROWS_BEGIN.search(held)
    if begin is None:
        yield held + opened.read()
        return
    head, prefix = held[: begin.end()], begin[1]
    row_end, end = b"</" + prefix + b"row>", b"</" + prefix + b"sheetData></" + prefix + b"worksheet>"
    held = held[begin.end() :]
    while True:
        block = opened.read(PIECE_BYTES)
        if not block or any(sign in held for sign in NO_TAGS):
            yield head + held + block + opened.read()
            return
        cut = held.rfind(row_end) + len(row_end)
        if cut >= len(row_end):
            yield head + held[:cut] + end
            held = held[cut:]
        held += block
