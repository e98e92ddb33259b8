"""One line of CSV: its fields, the names in it if it is a header, and what it was before a spreadsheet wrapped it.

A spreadsheet that separates by semicolons takes a whole line of a comma file for one cell; saving the file, it wraps
each such cell that holds a quotation mark or a semicolon in quotation marks, and fills all lines up.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from core.alignment.client_id import ID
from core.alignment.names import match_names
from core.readers.formulas import unescape

SEPARATORS = (",", ";", "\t", "|")
QUOTES = ('"', "'")
LONGEST_CELL = 10_000


def names_in(line: str, separators: Sequence[str]) -> tuple[list[str], str, str, str]:
    """The names in a line as far as it is a header, their separator and quotes, and what it is filled up with."""
    quote = next((each for each in QUOTES if line.startswith(each)), QUOTES[0])
    names, separator, padding = _best([(line, "")], separators, quote)
    if not has_id(names):
        plain = _best(list(unwrapped(line)), separators, quote)
        names, separator, padding = plain if has_id(plain[0]) else (names, separator, padding)
    return names, separator, quote if quote in line else "", padding


def _best(lines: Sequence[tuple[str, str]], separators: Sequence[str], quote: str) -> tuple[list[str], str, str]:
    """Names, separator and padding of the reading that finds the ids, and then the most names."""
    best: tuple[list[str], str, str] = [], separators[0], ""
    for line, saved_with in lines:
        for separator in separators:
            names, padding = _fields(line, separator, quote), saved_with
            if names and (bare := names[-1].rstrip("".join(SEPARATORS))) != names[-1]:
                names, padding = [*names[:-1], bare.strip()], names[-1][-1]
            if (has_id(names), len(names)) > (has_id(best[0]), len(best[0])):
                best = names, separator, padding
    return best


def has_id(names: Sequence[str]) -> bool:
    """Whether one of the names can be nothing else than that of the client's id."""
    return ID in names or bool(match_names(names, {ID}))


def unwrapped(line: str) -> Iterator[tuple[str, str]]:
    """What a line was before a spreadsheet took all of it for one cell, and the separator that it used."""
    if line[:1] != '"':
        return
    for separator in (";", ",", "\t", "|"):
        try:
            cells = next(csv.reader([line], delimiter=separator))
        except (csv.Error, StopIteration):
            continue
        yield separator.join(cells).rstrip(separator + "\r\n"), separator


def strict_fields(line: str, separator: str) -> list[str]:
    """The fields of one line; none where a quotation mark stands wrong."""
    try:
        return next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return []


def unescaped(column: Sequence[str]) -> list[str]:
    """The cells without the apostrophe that keeps a spreadsheet from running them."""
    return [unescape(cell) if "'" in cell else cell for cell in column]


def _fields(line: str, separator: str, quote: str) -> list[str]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        return unescaped([name.strip() for name in next(csv.reader([line], delimiter=separator, quotechar=quote))])
    except (csv.Error, TypeError):
        return []
