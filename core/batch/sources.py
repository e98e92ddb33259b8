"""The first look through a source of clients: how many rows it has, and which clients stand in several of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from core.alignment.client_id import ID, LARGEST_ID
from core.alignment.table import Table, ids_of, plain_cell
from core.batch.results import Places
from core.errors import Problem
from core.records import Assessments

Rows = Table | Sequence[object]


LEAST_ID_OF_TOTALS = 1000
TOTALS = re.compile(r"(?:(?:sub|sous|grand)[ -]?)?(?:totals?|totaux|sums?|sommes?)\b")
"""What stands in place of an id where a row adds up others, in lower case; other words may follow."""


class Source(Protocol):
    """Rows that can be gone through more than once, as (number of rows before, rows)."""

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Rows]]:
        """Each piece, in order; only_ids: nothing but the column of ids need be there."""


@dataclass(frozen=True, slots=True)
class SourceIndex:
    """What a first look through a source finds: how many rows, and the rows of clients that stand in several.

    totals: the row whose id is the sum of all others, 0 where there is none.
    """

    n_rows: int
    repeated: Mapping[int, Sequence[int]]
    totals: int = 0


def look_through(source: Source) -> SourceIndex:
    """Counts the rows of a source, and finds the clients that stand in more than one of them."""
    ids = ids_in(source)
    return SourceIndex(len(ids), repeated_among(ids), row_of_totals(ids))


def row_of_totals(ids: Places) -> int:
    """The row whose id is the sum of all others, of which there are two or more; 0 where there is none.

    Ids of a few digits add up to one another by chance (1, 2, 3), so they prove nothing.
    """
    known = ids[ids >= 0]
    half, rest = divmod(sum(known.tolist()), 2)
    places = np.flatnonzero(ids == half) if not rest and half <= LARGEST_ID else np.empty(0, dtype=np.int64)
    proves = len(places) == 1 and len(known) > 2 and known.min() >= LEAST_ID_OF_TOTALS
    return int(places[0]) + 1 if proves else 0


def without_totals(
    found: Assessments, keep: Places, problems: list[Problem], rows: Rows, before: int, known: SourceIndex
) -> tuple[Places, list[Problem]]:
    """The same without a row of totals, and with rows of totals named as such; places among the assessed.

    rows: those that were assessed; before: rows of the file before these.
    """
    if before < known.totals <= before + len(rows):
        kept = [place for place in keep.tolist() if found.aligned.rows[place] + before != known.totals]
        others = [each for each in problems if each.row != known.totals]
        keep = np.array(kept, dtype=np.int64)
        problems = sorted([*others, Problem("totals_row", known.totals, ID)], key=lambda each: each.row or 0)
    return keep, [_as_totals(each, rows, before, known) for each in problems]


def _as_totals(problem: Problem, rows: Rows, before: int, known: SourceIndex) -> Problem:
    """The problem of an id, said as that of a row of totals where it may be one."""
    if problem.row is None or problem.code not in ("id_missing", "id_not_whole"):
        return problem
    cell = _id_cell(rows, problem.row - before - 1)
    if isinstance(cell, str) and TOTALS.match(cell.strip().casefold()):
        return replace(problem, code="row_called_totals")
    return replace(problem, code="last_row_without_id") if problem.row == known.n_rows > 1 else problem


def _id_cell(rows: Rows, index: int) -> object:
    """What stands in place of a row's id."""
    if isinstance(rows, Table):
        cells = rows.column(ID)
        return None if cells is None else plain_cell(cells[index])
    row = rows[index]
    return row.get(ID) if isinstance(row, dict) else None


def ids_in(source: Source) -> Places:
    """The client of each row of a source, −1 where it has none."""
    nothing = np.empty(0, dtype=np.int64)
    parts = (ids_of(rows) for _, rows in source.pieces(only_ids=True))
    arrays = [np.array([-1 if client is None else client for client in part], dtype=np.int64) for part in parts]
    return np.concatenate([nothing, *arrays])


def repeated_among(ids: Places) -> dict[int, list[int]]:
    """The clients that stand in several rows, with the positions of these, of ids by row; −1 where a row has none."""
    ordered = np.sort(ids)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    found: dict[int, list[int]] = {client: [] for client in twice.tolist() if client >= 0}
    for place in np.flatnonzero(np.isin(ids, [*found])).tolist() if found else ():
        found[int(ids[place])].append(place + 1)
    return found


def without_repeated(
    found: Assessments, rows: Rows, before: int, repeated: Mapping[int, Sequence[int]]
) -> tuple[Places, list[Problem]]:
    """Places among the assessed of the clients that stand in one row only, and all problems of these rows.

    Problems name the rows of the whole file; a client that stands in two pieces is told as one in two rows of one.
    """
    problems = [_moved(each, before) for each in found.aligned.refused if each.code != "client_twice"]
    if not repeated:
        return np.arange(len(found)), problems
    for index, client in enumerate(ids_of(rows)):
        places = repeated.get(-1 if client is None else client)
        if places:
            position = before + index + 1
            other = places[0] if position != places[0] else places[1]
            problems.append(Problem("client_twice", position, ID, {"other_row": other}))
    keep = [place for place, client in enumerate(found.aligned.ids) if client not in repeated]
    return np.array(keep, dtype=np.int64), sorted(problems, key=lambda each: each.row or 0)


def _moved(problem: Problem, before: int) -> Problem:
    """The same problem with its row counted from the beginning of the file."""
    return problem if problem.row is None else replace(problem, row=problem.row + before)
