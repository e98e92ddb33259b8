"""Rows as they were sent → a table of numbers, one row a client: what a cell says, nothing derived or filled yet.

Most programs send the same names in the same order again and again, so a `_Plan` made once for a row's names says
which cells are plain numbers, and those are read all at once. A row that holds anything else than numbers and
missing values where numbers belong is read cell by cell, by the readers of `core.alignment.parsers`, which also say
what is wrong with it. Both ways give the same numbers: the quick one takes only what needs no judgement.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.alignment.client_id import ID, read_id, refuse_twice, whole_number
from core.alignment.number_text import Unreadable, is_marker
from core.alignment.parsers import Reader, read_flag
from core.errors import Refusals
from core.records import Floats, NamedCells, RepeatedNames

SAID = (1, "1", "1.0")
NEVER_SEEN = -1.0
PLAIN = frozenset({float, int, NoneType})
PLAIN_FLAG = PLAIN | {bool}
NESTED = frozenset({list, dict, RepeatedNames})
AT_ONCE = (dict, NamedCells)
KEPT_PLANS, LONGEST_PLAN, LONGEST_NAMES = 32, 3000, 2**17


@dataclass(frozen=True, slots=True)
class ParsedRows:
    """What could be read: ids and positions (first is 1), numbers (n_clients, n_inputs), and names nobody knows.

    Rows with something wrong are among them as far as they go, an unreadable cell as NaN and an unreadable id as −1,
    so that whatever else is wrong with them is found too; rows with nothing to read are not.
    """

    ids: tuple[int, ...]
    positions: tuple[int, ...]
    table: Floats
    unknown: tuple[str, ...]
    missing_markers: int = 0


@dataclass(frozen=True, slots=True)
class _Plan:
    """What rows of these names hold: numbers and flags (0 or 1) to read at once, others one by one.

    Cells are told by their place in the row; client is the place of the id, −1 where there is none. slots: of the
    numbers, then of the flags, of which the first stands at n_numbers.
    """

    client: int
    numbers: Callable[[Any], tuple[object, ...]]
    flags: Callable[[Any], tuple[object, ...]]
    slots: NDArray[np.intp]
    n_numbers: int
    others: tuple[tuple[int, Reader, int], ...]
    unknown: tuple[str, ...]
    lacking: tuple[tuple[int, int], ...]
    known: int


class RowParser:
    """Reads rows for one model; made once a model, shared. Only its plans grow, up to KEPT_PLANS."""

    def __init__(
        self,
        width: int,
        numbers: Mapping[str, tuple[Reader, int]],
        others: Mapping[str, tuple[Reader, int]],
        groups: Mapping[str, int],
    ) -> None:
        """numbers and others: name → reader and slot below width; groups: one-hot source → the slot of its code."""
        self.width = width
        self._numbers = numbers
        self.readers = {**numbers, **others}
        self.group_slots = [(f"{source}_", source, slot) for source, slot in groups.items()]
        self._members = tuple(start for start, _, _ in self.group_slots)
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def read(self, rows: Sequence[object], refusals: Refusals) -> ParsedRows:
        """The numbers of the rows; what is wrong with any of them goes to refusals."""
        table = np.full((len(rows), self.width), np.nan)
        ids = [-1] * len(rows)
        slow: list[int] = []
        alike: dict[int, tuple[_Plan, list[int], list[tuple[object, ...]]]] = {}
        unknown: dict[tuple[str, ...], None] = {}
        for index, row in enumerate(rows):
            if isinstance(row, NamedCells):
                plan, values = self._plan(row.names), row.cells
            elif isinstance(row, dict):
                plan, values = self._plan(tuple(row)), tuple(row.values())
            else:
                slow.append(index)
                continue
            if id(plan) not in alike:
                alike[id(plan)] = (plan, [], [])
                unknown[plan.unknown] = None
            client = whole_number(values[plan.client]) if plan.client >= 0 else None
            picked = None if type(row) not in AT_ONCE else self._pick(plan, values, table[index])
            if client is None or picked is None:
                slow.append(index)
                continue
            ids[index] = client
            alike[id(plan)][1].append(index)
            alike[id(plan)][2].append(picked)
        for plan, indexes, cells in alike.values():
            slow += self._fill(table, plan, indexes, cells)
        hopeless = set()
        markers = 0
        for index in sorted(slow):
            row = rows[index]
            row = row.as_row() if isinstance(row, NamedCells) else row
            if isinstance(row, dict):
                markers += sum(name in self.readers and is_marker(cell) for name, cell in row.items())
            client, anything = self._read_row(index + 1, row, table[index], refusals)
            ids[index] = -1 if client is None else client
            if not anything:
                hopeless.add(index)
        refuse_twice(ids, refusals)
        kept = [index for index in range(len(rows)) if index not in hopeless] if hopeless else range(len(rows))
        return ParsedRows(
            ids=tuple(ids[index] for index in kept),
            positions=tuple(index + 1 for index in kept),
            table=table[list(kept)] if hopeless else table,
            unknown=next(iter(unknown)) if len(unknown) == 1 else tuple(dict.fromkeys(chain(*unknown))),
            missing_markers=markers,
        )

    def _plan(self, names: tuple[str, ...]) -> _Plan:
        plan = self._plans.get(names)
        if plan is None:
            plan = self._make_plan(names)
            if len(names) <= LONGEST_PLAN and sum(map(len, names)) <= LONGEST_NAMES:
                if len(self._plans) >= KEPT_PLANS:
                    self._plans.clear()
                self._plans[names] = plan
        return plan

    def _make_plan(self, names: Sequence[str]) -> _Plan:
        places = {name: place for place, name in enumerate(names)}
        at_once = [name for name in names if name in self._numbers]
        flags = [name for name in at_once if self._numbers[name][0] is read_flag]
        numbers = [name for name in at_once if self._numbers[name][0] is not read_flag]
        others = [name for name in names if name in self.readers and name not in self._numbers]
        unknown = tuple(name for name in names if name not in self.readers and name != ID)
        members = [name for name in unknown if name.startswith(self._members)]
        lacking = [(name, slot) for name in members for start, _, slot in self.group_slots if name.startswith(start)]
        return _Plan(
            client=places.get(ID, -1),
            numbers=_picker([places[name] for name in numbers]),
            flags=_picker([places[name] for name in flags]),
            slots=np.array([self._numbers[name][1] for name in (*numbers, *flags)], dtype=np.intp),
            n_numbers=len(numbers),
            others=tuple((places[name], *self.readers[name]) for name in others),
            unknown=unknown,
            lacking=tuple((places[name], slot) for name, slot in lacking),
            known=len(at_once) + len(others),
        )

    def _pick(self, plan: _Plan, values: tuple[object, ...], cells: Floats) -> tuple[object, ...] | None:
        """The row's plain numbers, after the others were read into cells; None where the row wants the slow way."""
        types = set(map(type, values))
        if not plan.known or not types.isdisjoint(NESTED):
            return None
        numbers, flags = plan.numbers(values), plan.flags(values)
        if not (types <= PLAIN or (PLAIN.issuperset(map(type, numbers)) and PLAIN_FLAG.issuperset(map(type, flags)))):
            return None
        try:
            for place, reader, slot in plan.others:
                number = cells[slot] = reader(values[place])
                if number != number and is_marker(values[place]):
                    return None
        except Unreadable:
            return None
        for place, slot in plan.lacking:
            if values[place] in SAID:
                if cells[slot] >= 0:
                    return None
                cells[slot] = NEVER_SEEN
        return numbers + flags

    def _fill(
        self, table: Floats, plan: _Plan, indexes: Sequence[int], cells: Sequence[tuple[object, ...]]
    ) -> Sequence[int]:
        """Puts the plain numbers of rows with the same names into the table; returns the rows where that cannot be."""
        if not indexes:
            return ()
        try:
            numbers: Floats = np.array(cells, dtype=np.float64).reshape(len(cells), len(plan.slots))
        except OverflowError:
            return indexes
        numbers[~np.isfinite(numbers)] = np.nan
        flags = numbers[:, plan.n_numbers :]
        wrong = ~((flags == 0.0) | (flags == 1.0) | np.isnan(flags)).all(axis=1)
        if len(indexes) == len(table):
            table[:, plan.slots] = numbers
        else:
            table[np.ix_(np.asarray(indexes), plan.slots)] = numbers
        return [indexes[place] for place in np.flatnonzero(wrong).tolist()] if wrong.any() else ()

    def _read_row(self, position: int, row: object, cells: Floats, refusals: Refusals) -> tuple[int | None, bool]:
        """Cell by cell: the client's id, None where it cannot be read, and whether there is anything to read at all."""
        if not isinstance(row, dict):
            refusals.add("row_not_an_object", position)
            return None, False
        before = refusals.total
        if isinstance(row, RepeatedNames):
            refusals.add("column_twice", position, row.repeated)
        client = read_id(position, row, refusals)
        cells[:] = math.nan
        anything = False
        lacking: list[str] = []
        for name, value in row.items():
            entry = self.readers.get(name)
            if entry is not None:
                anything = True
                try:
                    cells[entry[1]] = entry[0](value)
                except Unreadable as reason:
                    refusals.add(reason.code, position, name, **reason.facts)
            elif name != ID:
                if isinstance(value, list | dict):
                    refusals.add("nested_value", position, name)
                elif value in SAID and name.startswith(self._members):
                    lacking.append(name)
        self._read_lacking(lacking, cells, position, refusals)
        if not anything and refusals.total == before:
            refusals.add("no_known_column", position)
        return client, anything

    def _read_lacking(self, names: Sequence[str], cells: Floats, position: int, refusals: Refusals) -> None:
        """Encoded columns that say 1 for a category this model lacks: the same as that raw category, never seen."""
        for name in names:
            for start, source, slot in self.group_slots:
                if name.startswith(start):
                    if cells[slot] >= 0:
                        refusals.add("raw_and_encoded_differ", position, name, other=source)
                    cells[slot] = NEVER_SEEN


def _picker(places: Sequence[int]) -> Callable[[Any], tuple[object, ...]]:
    """A row's cells → those at these places, as a tuple even of one or none."""
    return itemgetter(*places) if len(places) > 1 else lambda cells: tuple(cells[place] for place in places)
