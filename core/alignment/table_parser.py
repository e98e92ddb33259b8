"""Rows that came as columns, read to the same numbers, bit for bit, as one by one (`core.alignment.row_parser`).

A file of clients holds few different values in most columns, so each is read once, by the reader of its column, and
then put in every row where it stands. Only plain numbers are read all at once, where that is the same by
definition: a finite double is itself, and decimal digits have one nearest double.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.alignment.client_id import ID, refuse_twice
from core.alignment.number_text import DecimalSign, Unreadable, is_marker, read_number, with_sign
from core.alignment.parsers import Reader
from core.alignment.row_parser import NEVER_SEEN, SAID, ParsedRows, RowParser
from core.alignment.table import Table, ids_of, matches, plain_cell
from core.errors import Refusals
from core.records import Flags, Floats

FEW = 64
PLAIN_NUMBER = r"^(-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?)?$"
PLAIN_NUMBERS = {None: PLAIN_NUMBER, ".": PLAIN_NUMBER, ",": PLAIN_NUMBER.replace(r"\.", ",")}
TWO_READINGS = r"^-?[1-9][0-9]{0,2}\.[0-9]{3}$"
Found = tuple[int, str, str | None, dict[str, str | int]]
"""(index of the row, code, column, facts) of one thing wrong."""


def read_table(reader: RowParser, table: Table, refusals: Refusals) -> ParsedRows:
    """What `reader.read` makes of the same rows, bit for bit and refusal for refusal, without a mapping for each."""
    values = np.full((len(table), reader.width), np.nan)
    unfit = [each for each in table.problems if each.column in (None, ID) or each.column in reader.readers]
    found: list[Found] = [((each.row or 1) - 1, each.code, each.column, dict(each.facts)) for each in unfit]
    misfits = {index for index, _, column, _ in found if column is None}
    told = {index for index, _, column, _ in found if column == ID}
    ids = ids_of(table)
    given = table.column(ID)
    for index in (index for index, client in enumerate(ids) if client is None and index not in told):
        found.append((index, "id_missing" if _blank(given, index) else "id_not_whole", ID, {}))
    unknown: dict[str, None] = {}
    lacking: list[tuple[str, Flags]] = []
    anything = False
    markers = 0
    categories = {source for _, source, _ in reader.group_slots}
    for name, cells in zip(table.names, table.cells, strict=True):
        entry = reader.readers.get(name)
        if entry is not None:
            anything = True
            read = _read(cells, entry[0], None if name in categories else table.decimal)
            values[:, entry[1]] = read.numbers
            found += [(index, reason.code, name, dict(reason.facts)) for index, reason in read.bad]
            markers += read.markers
        elif name != ID:
            unknown[name] = None
            found += [(index, "nested_value", name, {}) for index in _nested(cells)]
            if any(name.startswith(start) for start, _, _ in reader.group_slots):
                lacking.append((name, _says_one(cells)))
    found += _read_lacking(reader, lacking, values)
    if not anything:
        bad_already = {index for index, *_ in found}
        found += [(index, "no_known_column", None, {}) for index in range(len(table)) if index not in bad_already]
    for index, code, column, facts in sorted(found, key=lambda each: each[0]):
        # Of a row that does not fit its header only that is said, for its cells may stand under wrong names.
        if column is None or index not in misfits:
            refusals.add(code, index + 1, column, **facts)
    refuse_twice([-1 if client is None else client for client in ids], refusals)
    kept = [index for index in range(len(table) if anything else 0) if index not in misfits]
    return ParsedRows(
        ids=tuple(-1 if (client := ids[index]) is None else client for index in kept),
        positions=tuple(index + 1 for index in kept),
        table=values[kept] if len(kept) < len(table) else values,
        unknown=tuple(unknown),
        missing_markers=markers,
    )


@dataclass(frozen=True, slots=True)
class _Column:
    """A column's numbers, (index, reason) of each cell that cannot be read, how many are markers of a missing value."""

    numbers: Floats
    bad: list[tuple[int, Unreadable]]
    markers: int


def _read(cells: Any, reader: Reader, decimal: DecimalSign | None) -> _Column:
    """A column, each of its different values read once by its reader."""
    kind = cells.type if isinstance(cells, pa.Array) else None
    if kind is not None and reader is read_number and (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        numbers = np.asarray(cells.to_numpy(zero_copy_only=False), dtype=np.float64)
        return _Column(np.where(np.isfinite(numbers), numbers, np.nan), [], 0)
    different: Sequence[object]
    if kind is not None and pa.types.is_string(kind):
        packed = cells.dictionary_encode(null_encoding="encode")
        places = packed.indices.to_numpy(zero_copy_only=False)
        if reader is read_number and (plain := _read_plain(packed.dictionary, decimal)) is not None:
            return _Column(plain[places], [], 0)
        different = packed.dictionary.to_pylist()
    else:
        values = cells.to_pylist() if kind is not None else cells
        # Zero and minus zero are equal and have not the same bits; a list has no hash.
        keys = [(type(cell), str(cell) if cell == 0 or isinstance(cell, list | dict) else cell) for cell in values]
        value_of = dict(zip(keys, values, strict=True))
        place_of = {key: place for place, key in enumerate(value_of)}
        places = np.array([place_of[key] for key in keys], dtype=np.intp)
        different = list(value_of.values())
    numbers, bad = _read_one_by_one(different, _in_sign(reader, decimal))
    markers = np.array([is_marker(value) for value in different], dtype=bool)
    return _Column(
        numbers[places],
        [(index, bad[place]) for index, place in enumerate(places.tolist()) if place in bad] if bad else [],
        int(markers[places].sum()),
    )


def _read_plain(texts: Any, decimal: DecimalSign | None) -> Floats | None:
    """Different texts all at once, where each is empty or a number that Arrow and Python read alike; None elsewhere."""
    if len(texts) < FEW or not matches(texts, PLAIN_NUMBERS[decimal]):
        return None
    if decimal is None and pc.any(pc.match_substring_regex(texts, TWO_READINGS)).as_py():
        return None
    if decimal == ",":
        texts = pc.replace_substring(texts, ",", ".")
    if pc.index(texts, "").as_py() >= 0:
        texts = pc.if_else(pc.equal(texts, ""), None, texts)
    return np.asarray(pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _in_sign(reader: Reader, decimal: DecimalSign | None) -> Reader:
    """The reader for text with this decimal sign."""
    if decimal is None:
        return reader
    if reader is read_number:
        return lambda cell: read_number(cell, decimal)
    return lambda cell: reader(with_sign(cell, decimal))


def _read_one_by_one(values: Sequence[object], reader: Reader) -> tuple[Floats, dict[int, Unreadable]]:
    numbers = np.full(len(values), np.nan)
    bad: dict[int, Unreadable] = {}
    for place, value in enumerate(values):
        try:
            numbers[place] = reader(value)
        except Unreadable as reason:
            bad[place] = reason
    return numbers, bad


def _read_lacking(reader: RowParser, lacking: list[tuple[str, Flags]], table: Floats) -> Iterator[Found]:
    """Encoded columns that say 1 for a category this model lacks: the same as that raw category, never seen."""
    for name, ones in lacking:
        for start, source, slot in reader.group_slots:
            if name.startswith(start):
                for index in np.flatnonzero(ones & (table[:, slot] >= 0)).tolist():
                    yield index, "raw_and_encoded_differ", name, {"other": source}
                table[ones, slot] = NEVER_SEEN


def _blank(cells: Any, index: int) -> bool:
    cell = None if cells is None else plain_cell(cells[index])
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())


def _nested(cells: Any) -> list[int]:
    if isinstance(cells, pa.Array):
        return []
    return [index for index, cell in enumerate(cells) if isinstance(cell, list | dict)]


def _says_one(cells: Any) -> Flags:
    values = cells.to_pylist() if isinstance(cells, pa.Array) else cells
    return np.array([not isinstance(cell, list | dict) and cell in SAID for cell in values], dtype=bool)
