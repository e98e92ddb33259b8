"""The first pass over a source of clients: number of rows, clients with several rows, a row of totals."""

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
"""The text in place of an id, in lower case, in a row that adds up others; other words may follow."""


class Source(Protocol):
    """Rows that can be read several times, in pieces."""

    def pieces(self, *, only_ids: bool = False) -> Iterator[tuple[int, Rows]]:
        """Yield (number of rows before, rows) for each piece, in order. only_ids: other columns may be left out."""


@dataclass(frozen=True, slots=True)
class SourceIndex:
    """What the first pass over a source finds.

    n_rows: number of rows. repeated: the rows of each client with several rows, from 1. totals: the row whose id is the
    sum of all other ids; 0 if there is none.
    """

    n_rows: int
    repeated: Mapping[int, Sequence[int]]
    totals: int = 0


def index_source(source: Source) -> SourceIndex:
    """Read the ids of a source: count its rows, and find repeated clients and a row of totals."""
    ids = ids_in(source)
    return SourceIndex(len(ids), repeated_among(ids), row_of_totals(ids))


def row_of_totals(ids: Places) -> int:
    """The row whose id is the sum of all other ids, of which there must be two or more; 0 if there is none.

    Ids of a few digits can add up by chance (1, 2, 3), so they are not considered. ids: −1 for a row without an id.
    """
    known = ids[ids >= 0]
    half, rest = divmod(sum(known.tolist()), 2)
    places = np.flatnonzero(ids == half) if not rest and half <= LARGEST_ID else np.empty(0, dtype=np.int64)
    proves = len(places) == 1 and len(known) > 2 and known.min() >= LEAST_ID_OF_TOTALS
    return int(places[0]) + 1 if proves else 0


def without_totals(
    assessments: Assessments, keep: Places, problems: list[Problem], rows: Rows, before: int, index: SourceIndex
) -> tuple[Places, list[Problem]]:
    """Drop a row of totals, and name rows of totals in the problems.

    keep: positions of the good clients among those assessed. rows: the piece that was assessed. before: number of rows
    of the file before it.
    """
    if before < index.totals <= before + len(rows):
        kept = [place for place in keep.tolist() if assessments.aligned.rows[place] + before != index.totals]
        others = [each for each in problems if each.row != index.totals]
        keep = np.array(kept, dtype=np.int64)
        problems = sorted([*others, Problem("totals_row", index.totals, ID)], key=lambda each: each.row or 0)
    return keep, [_as_totals(each, rows, before, index) for each in problems]


def _as_totals(problem: Problem, rows: Rows, before: int, index: SourceIndex) -> Problem:
    """A problem with an id; under the code of a row of totals if the row may be one."""
    if problem.row is None or problem.code not in ("id_missing", "id_not_whole"):
        return problem
    cell = _id_cell(rows, problem.row - before - 1)
    if isinstance(cell, str) and TOTALS.match(cell.strip().casefold()):
        return replace(problem, code="row_called_totals")
    words = isinstance(cell, str) and not any(sign.isdigit() for sign in cell)
    last = problem.row == index.n_rows > 1 and (words or problem.code == "id_missing")
    return replace(problem, code="last_row_without_id") if last else problem


def _id_cell(rows: Rows, index: int) -> object:
    """The cell of a row's id."""
    if isinstance(rows, Table):
        cells = rows.column(ID)
        return None if cells is None else plain_cell(cells[index])
    row = rows[index]
    return row.get(ID) if isinstance(row, dict) else None


def ids_in(source: Source) -> Places:
    """The id of each row of a source, of shape (n_rows,); −1 if it has none."""
    nothing = np.empty(0, dtype=np.int64)
    parts = (ids_of(rows) for _, rows in source.pieces(only_ids=True))
    arrays = [np.array([-1 if client is None else client for client in part], dtype=np.int64) for part in parts]
    return np.concatenate([nothing, *arrays])


def repeated_among(ids: Places) -> dict[int, list[int]]:
    """The rows, from 1, of each client with several rows. ids: by row, −1 for a row without an id."""
    ordered = np.sort(ids)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    found: dict[int, list[int]] = {client: [] for client in twice.tolist() if client >= 0}
    for place in np.flatnonzero(np.isin(ids, [*found])).tolist() if found else ():
        found[int(ids[place])].append(place + 1)
    return found


def without_repeated(
    assessments: Assessments, rows: Rows, before: int, repeated: Mapping[int, Sequence[int]]
) -> tuple[Places, list[Problem]]:
    """Positions of the assessed clients that have one row in the file, and all problems of these rows.

    Problems name rows of the whole file, also for a client whose rows are in two pieces.
    """
    problems = [_in_file(each, before) for each in assessments.aligned.refused if each.code != "client_twice"]
    if not repeated:
        return np.arange(len(assessments)), problems
    for index, client in enumerate(ids_of(rows)):
        places = repeated.get(-1 if client is None else client)
        if places:
            position = before + index + 1
            other = places[0] if position != places[0] else places[1]
            problems.append(Problem("client_twice", position, ID, {"other_row": other}))
    keep = [place for place, client in enumerate(assessments.aligned.ids) if client not in repeated]
    return np.array(keep, dtype=np.int64), sorted(problems, key=lambda each: each.row or 0)


def _in_file(problem: Problem, before: int) -> Problem:
    """The problem with its row counted from the beginning of the file."""
    return problem if problem.row is None else replace(problem, row=problem.row + before)
