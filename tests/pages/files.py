"""Files of clients as an officer would bring them, made from loaded synthetic clients; for page and browser tests."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.alignment.client_id import ID
from core.scoring.assess import Model

Row = Mapping[str, Any]


def as_csv(*rows: Row, separator: str = ",") -> bytes:
    """A CSV file; its header is the first row's columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=separator, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_json(*rows: Row) -> bytes:
    """The contract's body, with NaN as Python's json writes it."""
    return json.dumps({"data": list(rows)}).encode()


def numbers(row: Row) -> dict[str, Any]:
    """A row with its numbers as numbers and its empty cells as NaN, as a program would send it."""
    return {name: _number(cell) for name, cell in row.items()}


def renamed(row: Row, client: int) -> dict[str, Any]:
    """The same client under another id, one that is not among the loaded ones."""
    return {**row, ID: client}


def without(row: Row, *names: str) -> dict[str, Any]:
    """A row that lacks some columns."""
    return {name: cell for name, cell in row.items() if name not in names}


def encoded(model: Model, row: Row) -> dict[str, Any]:
    """The same client in the model's own columns, as a client of the older API sends it."""
    values = model.aligner.align([row]).values[0].tolist()
    cells: Sequence[Any] = ["" if math.isnan(value) else value for value in values]
    return {ID: row[ID], **dict(zip(model.bundle.names, cells, strict=True))}


def _number(cell: Any) -> Any:
    if cell is None or cell == "":
        return math.nan
    try:
        found = float(cell)
    except ValueError:
        return cell
    return int(found) if found.is_integer() else found
