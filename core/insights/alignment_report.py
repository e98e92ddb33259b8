"""The alignment report as a table: every column of the model, what was sent for it, what is used, and why."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from core.alignment.parsers import BINARY, STANDS_FOR_MISSING
from core.dictionary.lookup import label
from core.i18n.translations import Language, translate
from core.model.bundle import Bundle
from core.model.schema import Column
from core.records import Aligned, ValueOrigin

MAX_ROWS = 200


def alignment_rows(
    row: object, aligned: Aligned, index: int, bundle: Bundle, language: Language
) -> list[dict[str, str]]:
    """The alignment report of one client.

    Parameters
    ----------
    row: the client as it was sent; anything but a mapping counts as empty.
    aligned: the clients of the request.
    index: position of the client in `aligned`.
    bundle: the model's columns.
    language: language of the names and of the origins.

    Returns
    -------
    One row per model column, in the model's order: name, meaning, what was sent, what is used, origin, and where the
    two differ by a rule of the encoding, that rule.
    """
    cells: Mapping[str, object] = row if isinstance(row, dict) else {}
    names = [translate(f"report.{key}", language) for key in ("column", "means", "sent", "used", "origin", "how")]
    lines = []
    for slot, column in enumerate(bundle.columns):
        sent = cells.get(column.name, cells.get(column.source))
        used = _cell(float(aligned.values[index, slot]))
        origin = translate(f"state.{ValueOrigin(aligned.states[index, slot]).name.lower()}", language)
        meaning = _meaning(column.source, column.category, language)
        how = _coding(column, sent, language) if _cell(sent) not in ("", used) else ""
        lines.append(dict(zip(names, (column.name, meaning, _cell(sent), used, origin, how), strict=True)))
    return lines


def _coding(column: Column, sent: object, language: Language) -> str:
    """The rule by which a cell was encoded; empty where it is a number that was taken as it is."""
    if column.category is not None:
        return translate("report.coded_one_hot", language, category=column.category)
    codes = BINARY.get(column.source)
    if codes is not None:
        first, second = sorted(codes, key=lambda letter: codes[letter])
        return translate("report.coded_binary", language, first=first, second=second)
    missing = STANDS_FOR_MISSING.get(column.source)
    if missing is not None and _cell(sent).removesuffix(".0") == _cell(missing):
        return translate("report.coded_missing", language, value=_cell(missing))
    return ""


def as_sent(rows: Sequence[object]) -> list[dict[str, str]]:
    """The first MAX_ROWS rows as they were sent, each cell as text."""
    return [
        {str(name): _cell(value) for name, value in row.items()} if isinstance(row, dict) else {"": _cell(row)}
        for row in rows[:MAX_ROWS]
    ]


def _meaning(source: str, category: str | None, language: Language) -> str:
    return label(source, language) if category is None else f"{label(source, language)} = {category}"


def _cell(value: object) -> str:
    """A cell as JSON writes it; an empty cell and NaN become empty text."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)
