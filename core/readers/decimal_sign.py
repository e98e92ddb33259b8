"""Which sign a file writes before a number's decimals: proven by its numbers, chosen by a person, or asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from core.alignment.number_text import DecimalSign, proven_sign, two_readings
from core.alignment.table import Table
from core.errors import InputRefused, Problem

DecimalChoice = Literal["auto", "point", "comma"]
CHOSEN: dict[str, DecimalSign] = {"point": ".", "comma": ","}
PLAIN: dict[DecimalSign, str] = {
    ".": r"^[+\-]?[0-9]+\.([0-9]{1,2}|[0-9]{4,})$",
    ",": r"^[+\-]?[0-9]+,([0-9]{1,2}|[0-9]{4,})$",
}
"""Most numbers with decimals, of which each proves its sign: three digits behind it might be a group of thousands."""
TWO_READINGS = r"^\s*[+\-\x{2212}]?[1-9][0-9]{0,2}[.,][0-9]{3}\s*\p{Sc}?\s*$"


def find_decimal_sign(
    tables: Iterable[tuple[int, Table]], columns: Collection[str] | None, choice: DecimalChoice = "auto"
) -> DecimalSign | None:
    """The decimal sign of a file.

    Parameters
    ----------
    tables : iterable of (int, Table)
        The file's rows and how many stand before them; read only as far as the first table that proves the sign.
    columns : collection of str, optional
        The columns that may prove it: those that the model reads as numbers. All where it is left out.
    choice : {"auto", "point", "comma"}
        What a person said; "auto" looks for a proof.

    Returns
    -------
    "." or "," or None
        None where no number has decimals or a sign between thousands, so that it does not matter.

    Raises
    ------
    InputRefused
        A number means two things (`270.000`) and nothing in these columns proves which, or they prove both.
    """
    if choice != "auto":
        return CHOSEN[choice]
    unclear: Problem | None = None
    for before, table in tables:
        texts = [(name, cells) for name, cells in _texts(table) if columns is None or name in columns]
        proofs = _proofs(texts)
        unclear = unclear or (_first_unclear(texts, before) if len(proofs) != 1 else None)
        if len(proofs) == 1 or (proofs and unclear is None):
            return max(proofs, key=lambda sign: (proofs[sign], sign == "."))
        if proofs:
            break
    if unclear is not None:
        raise InputRefused([unclear])
    return None


def _texts(table: Table) -> Iterator[tuple[str, Any]]:
    """The columns that hold text, as Arrow arrays; cells of other kinds as nothing."""
    for name, cells in zip(table.names, table.cells, strict=True):
        if not isinstance(cells, pa.Array):
            if any(isinstance(cell, str) for cell in cells):
                yield name, pa.array([cell if isinstance(cell, str) else None for cell in cells], pa.string())
        elif pa.types.is_string(cells.type):
            yield name, cells


def _proofs(texts: Iterable[tuple[str, Any]]) -> Counter[DecimalSign]:
    """How many different numbers among these prove each sign."""
    found: Counter[DecimalSign] = Counter()
    for _, cells in texts:
        signed = pc.unique(cells.filter(pc.match_substring_regex(cells, "[.,]")))
        for sign, pattern in PLAIN.items():
            plain = pc.match_substring_regex(signed, pattern)
            found[sign] += plain.true_count
            signed = signed.filter(pc.invert(plain))
        found.update(sign for sign in map(proven_sign, signed.to_pylist()) if sign is not None)
    return +found


def _first_unclear(texts: Iterable[tuple[str, Any]], before: int) -> Problem | None:
    """The first number that means two things, row by row, with both of its readings."""
    first: tuple[int, str, str] | None = None
    for name, cells in texts:
        at = pc.index(pc.match_substring_regex(cells, TWO_READINGS), True).as_py()
        if at >= 0 and (first is None or at < first[0]):
            first = at, name, cells[at].as_py()
    readings = two_readings(first[2]) if first is not None else None
    if first is None or readings is None:
        return None
    facts = {"one": readings[0], "other": readings[1], "sign": "," if "," in first[2] else "."}
    return Problem("decimal_unclear", before + first[0] + 1, first[1], facts)
