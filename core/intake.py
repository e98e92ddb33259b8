"""Bytes that someone uploaded or pasted → rows of clients, told by content and not by name.

CSV (separator and encoding detected) and JSON (the contract's body, an array, or one client). Nothing is
scored here, and nothing is guessed: a table whose lines do not fit its header is refused by row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from core.body import read_json, rows_of
from core.errors import InputRefused, Problem, TooLarge, UnreadableInput, UnsupportedType
from core.identity import ID

SEPARATORS = (",", ";", "\t", "|")
OTHER_KINDS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"PAR1", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff")
LONGEST_CELL = 10_000


@dataclass(frozen=True, slots=True)
class Intake:
    """What was read: the rows as they stood, and how they were read (kind "csv" or "json", the separator)."""

    rows: tuple[object, ...]
    kind: str
    separator: str = ""

    def row(self, position: int) -> dict[str, object]:
        """The client at a position that was aligned, the first is 1, as it stood."""
        row = self.rows[position - 1]
        return dict(row) if isinstance(row, dict) else {}


def read_upload(content: bytes, *, most_bytes: int, most_rows: int) -> Intake:
    """The rows in an uploaded file or pasted text.

    Raises UnsupportedType for another kind of file, UnreadableInput for one that is empty or broken,
    TooLarge over the limits, InputRefused where a line does not fit the header or ids are not there.
    """
    if len(content) > most_bytes:
        raise TooLarge([Problem("file_too_large", facts={"limit": most_bytes // 2**20})])
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise UnreadableInput([Problem("file_empty")])
    if content.startswith(OTHER_KINDS) or b"\0" in content[:4096]:
        raise UnsupportedType([Problem("file_of_another_kind")])
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in (b"{", b"["):
        return Intake(tuple(_rows_of_json(content, most_rows)), "json")
    return _read_csv(_decode(content), most_rows)


def _rows_of_json(content: bytes, most_rows: int) -> Sequence[object]:
    document = read_json(content)
    if isinstance(document, list):
        document = {"data": document}
    elif isinstance(document, dict) and "data" not in document and ID in document:
        document = {"data": [document]}
    return rows_of(document, most_rows, over="file_too_long")


def _read_csv(text: str, most_rows: int) -> Intake:
    lines = io.StringIO(text, newline="")
    first = lines.readline()
    separator = max(SEPARATORS, key=first.count)
    lines.seek(0)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    rows: list[object] = []
    problems: list[Problem] = []
    try:
        header = [name.strip() for name in next(reader)]
        if ID not in header:
            raise UnreadableInput([Problem("id_column_missing", column=ID)])
        twice = next((name for name in header if name and header.count(name) > 1), None)
        if twice is not None:
            raise UnreadableInput([Problem("header_twice", column=twice)])
        for cells in reader:
            if not cells:
                continue
            if len(rows) == most_rows:
                raise TooLarge([Problem("file_too_long", facts={"limit": most_rows})])
            rows.append(dict(zip(header, cells, strict=False)))
            if len(cells) != len(header):
                facts = {"found": len(cells), "expected": len(header), "line": reader.line_num}
                problems.append(Problem("wrong_field_count", row=len(rows), facts=facts))
    except csv.Error:
        raise UnreadableInput([Problem("csv_broken", facts={"line": reader.line_num})]) from None
    if problems:
        raise InputRefused(problems)
    if not rows:
        raise UnreadableInput([Problem("file_without_clients")])
    return Intake(tuple(rows), "csv", separator)


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
