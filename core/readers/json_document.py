"""Bytes of JSON → a document, and a document → the rows of clients; for routes, uploads and pasted text alike."""

from __future__ import annotations

import json
import math
from typing import Any

from core.errors import InputRefused, Problem, TooLarge, UnreadableInput
from core.records import RepeatedNames

DEEPEST = 100
LONGEST_NUMBER = 400
VALUES_A_ROW, LIST_COSTS = 2000, 10
SMALL, BEGINNING = 2**20, 2**16


def read_json(content: bytes) -> object:
    """The document in UTF-8 JSON; NaN, Infinity and -Infinity are read as Python's json writes them.

    An object with the same name twice becomes RepeatedNames. Raises UnreadableInput when it is not
    JSON, not UTF-8, or nested beyond 100 levels.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableInput([Problem("wrong_encoding")]) from None
    try:
        document = DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "position": error.colno}
        raise UnreadableInput([Problem("not_json", facts=place)]) from None
    except RecursionError:
        raise UnreadableInput([Problem("too_deep")]) from None
    if too_deep(document, content):
        raise UnreadableInput([Problem("too_deep")])
    return document


def check_size(content: bytes, max_rows: int) -> None:
    """Raises TooLarge for what would take far more memory, once read, than any `max_rows` clients do.

    Counts commas, and each opening bracket for ten, against VALUES_A_ROW for each client; the columns of the largest
    model known are 795. Where the beginning shows that it is nesting, raises UnreadableInput instead.
    """
    most = max(max_rows * VALUES_A_ROW, SMALL)
    if len(content) <= most:
        return
    held = LIST_COSTS * (content.count(b"[") + content.count(b"{"))
    if held + content.count(b",") > most:
        try:
            json.loads(content[:BEGINNING])
        except RecursionError:
            raise UnreadableInput([Problem("too_deep")]) from None
        except ValueError:
            pass  # a beginning is no whole document
        raise TooLarge([Problem("too_many_values", facts={"limit": max_rows})])


def rows_of(document: object, most: int) -> list[object]:
    """The clients of `{"data": [{…}, …]}`.

    Raises InputRefused when `data` is absent, not a list or empty, TooLarge past `most` rows.
    """
    rows = document.get("data") if isinstance(document, dict) else None
    if isinstance(document, RepeatedNames) and document.repeated == "data":
        raise InputRefused([Problem("data_twice")])
    if not isinstance(document, dict) or "data" not in document:
        raise InputRefused([Problem("data_absent")])
    if not isinstance(rows, list):
        raise InputRefused([Problem("data_not_a_list")])
    if not rows:
        raise InputRefused([Problem("data_empty")])
    if len(rows) > most:
        raise TooLarge([Problem("too_many_rows", facts={"limit": most})])
    return rows


def without_infinities(document: object) -> object:
    """The same document with NaN and infinities as null, which is what JSON can hold."""
    if isinstance(document, float):
        return document if math.isfinite(document) else None
    if isinstance(document, list):
        return [without_infinities(each) for each in document]
    if isinstance(document, dict):
        return {name: without_infinities(each) for name, each in document.items()}
    return document


def _whole_number(digits: str) -> float | int:
    """Beyond any float it is infinite; Python takes long over thousands of digits, and refuses yet more."""
    return int(digits) if len(digits) < LONGEST_NUMBER else math.inf


def object_of(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON; RepeatedNames where a name stands in it twice."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names: set[str] = set()
    for name, _ in pairs:
        if name in names:
            return RepeatedNames(pairs, name)
        names.add(name)
    return found


def too_deep(document: object, written: str | bytes = "", start: int = 0, end: int | None = None) -> bool:
    """Whether a document is nested beyond DEEPEST; from how it is written most are seen not to be."""
    if written and _openings(written, start, end) <= DEEPEST:
        return False
    level: list[Any] = [document] if isinstance(document, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _openings(written: str | bytes, start: int, end: int | None) -> int:
    if isinstance(written, str):
        return written.count("[", start, end) + written.count("{", start, end)
    return written.count(b"[", start, end) + written.count(b"{", start, end)


DECODER = json.JSONDecoder(object_pairs_hook=object_of, parse_int=_whole_number)
"""NaN, Infinity and -Infinity are read as Python's json writes them."""
