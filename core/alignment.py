"""Any client row in the model's columns, by the rules of the contract.

Reading happens in two steps. Cells become numbers one by one (`_read_row`); then all clients together
are checked, derived and filled (`_complete`), so that one client and fifty thousand get the same bits.
A row that cannot be read is refused with its reasons and leaves the others alone; whoever wants all or
nothing looks at `Aligned.refused`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from core.contents import Column
from core.encoding import (
    RATIOS,
    STANDS_FOR_MISSING,
    Reader,
    Unreadable,
    divide,
    read_category,
    read_number,
    reader_of,
)
from core.errors import Problem
from core.onehot import Groups
from core.records import Aligned, Flags, Floats, RepeatedNames, Row, State, States

ID = "SK_ID_CURR"
LARGEST_ID = 2**63 - 1
TOLERANCE = 0.001
KEPT_PROBLEMS = 1000
SAID = (1, "1", "1.0")
NEVER_SEEN = -1.0


class Refusals:
    """Collects what is wrong: keeps the first KEPT_PROBLEMS, counts them all."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.total = 0
        self.rows: set[int] = set()

    def add(self, code: str, row: int, column: str | None = None, **facts: str | int) -> None:
        """Notes one problem of the row at this position (first is 1)."""
        self.total += 1
        self.rows.add(row)
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(Problem(code, row, column, facts))


class Aligner:
    """Brings rows into the columns of one model; made once a model, shared and never changed."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        names = [column.name for column in columns]
        known = set(names)
        self._ratios = [column.name for column in columns if column.kind == "ratio"]
        extra = [part for ratio in self._ratios for part in RATIOS[ratio] if part not in known]
        self._inputs = (*names, *dict.fromkeys(extra))
        self._slot = {name: slot for slot, name in enumerate(self._inputs)}
        self._groups = Groups(self._columns)
        self._readers: dict[str, tuple[Reader, int]] = {
            column.name: (reader_of(column.name, column.kind), slot) for slot, column in enumerate(self._columns)
        }
        for name in extra:
            self._readers[name] = (read_number, self._slot[name])
        for position, (source, categories) in enumerate(self._groups.categories.items()):
            codes = {category: code for code, category in enumerate(categories)}
            self._readers[source] = (read_category(codes), len(self._inputs) + position)
        self._group_slots = [
            (f"{source}_", source, len(self._inputs) + position)
            for position, source in enumerate(self._groups.categories)
        ]
        self._width = len(self._inputs) + len(self._groups.categories)
        self._complete_columns = np.array([column.complete for column in columns], dtype=bool)
        self._fill = np.array([column.fill for column in columns])
        self._essential = [column.name for column in columns if column.essential]

    def align(self, rows: Sequence[object]) -> Aligned:
        """Aligned clients of rows (each a mapping of column to cell), in the order they came.

        Values are of shape (n_clients, n_columns) in the model's order. Never raises for bad input:
        rows that cannot be read are left out and listed in `refused`.
        """
        refusals = Refusals()
        unknown: dict[str, None] = {}
        seen: dict[int, list[int]] = defaultdict(list)
        ids: list[int] = []
        positions: list[int] = []
        cells: list[list[float]] = []
        for position, row in enumerate(rows, start=1):
            client, read = self._read_row(position, row, unknown, refusals)
            if client is not None:
                seen[client].append(position)
                if read is not None:
                    ids.append(client)
                    positions.append(position)
                    cells.append(read)
        refuse_twice(seen, refusals)
        table = np.array(cells, dtype=np.float64).reshape(len(cells), self._width)
        return self.finish(table, ids, positions, tuple(unknown), refusals)

    def finish(
        self, table: Floats, ids: Sequence[int], positions: Sequence[int], unknown: tuple[str, ...], refusals: Refusals
    ) -> Aligned:
        """The second step for clients whose cells were read one by one, or column by column (`core.columns`)."""
        values, states = self._complete(table, positions, refusals)
        keep = [index for index, position in enumerate(positions) if position not in refusals.rows]
        return Aligned(
            ids=tuple(ids[index] for index in keep),
            rows=tuple(positions[index] for index in keep),
            values=values[keep],
            states=states[keep],
            unknown=unknown,
            refused=tuple(sorted(refusals.problems, key=lambda problem: problem.row or 0)),
            refused_total=refusals.total,
        )

    def _read_row(
        self, position: int, row: object, unknown: dict[str, None], refusals: Refusals
    ) -> tuple[int | None, list[float] | None]:
        """The client's id, None where it cannot be read, and the cells, None where one of them cannot."""
        if not isinstance(row, dict):
            refusals.add("row_not_an_object", position)
            return None, None
        before = refusals.total
        if isinstance(row, RepeatedNames):
            refusals.add("column_twice", position, row.repeated)
        client = _read_id(position, row, refusals)
        cells = [math.nan] * self._width
        readers = self._readers
        anything = False
        lacking: list[str] = []
        for name, value in row.items():
            entry = readers.get(name)
            if entry is None:
                if name != ID:
                    unknown[name] = None
                    if isinstance(value, list | dict):
                        refusals.add("nested_value", position, name)
                    elif value in SAID:
                        lacking.append(name)
                continue
            anything = True
            try:
                cells[entry[1]] = entry[0](value)
            except Unreadable as reason:
                refusals.add(reason.code, position, name)
        self._read_lacking(lacking, cells, position, refusals)
        if not anything and refusals.total == before:
            refusals.add("no_known_column", position)
        return client, cells if refusals.total == before else None

    def _read_lacking(self, names: Sequence[str], cells: list[float], position: int, refusals: Refusals) -> None:
        """Encoded columns that say 1 for a category this model lacks: the same as that raw category, never seen."""
        for name in names:
            for start, source, slot in self._group_slots:
                if name.startswith(start):
                    if cells[slot] >= 0:
                        refusals.add("raw_and_encoded_differ", position, name, other=source)
                    cells[slot] = NEVER_SEEN

    def _complete(self, table: Floats, positions: Sequence[int], refusals: Refusals) -> tuple[Floats, States]:
        inputs = table[:, : len(self._inputs)]
        for name, sentinel in STANDS_FOR_MISSING.items():
            if name in self._slot:
                column = inputs[:, self._slot[name]]
                column[column == sentinel] = np.nan
        given = ~np.isnan(inputs)
        for index, column_name, source in self._groups.conflicts(inputs, table[:, len(self._inputs) :]):
            refusals.add("raw_and_encoded_differ", positions[index], column_name, other=source)
        derived = self._derive(inputs, positions, refusals)

        n_columns = len(self._columns)
        values = inputs[:, :n_columns].copy()
        states = np.where(given[:, :n_columns], State.GIVEN, State.MISSING).astype(np.int8)
        states[derived] = State.DERIVED
        self._groups.resolve(values, states, table[:, len(self._inputs) :])
        for name in self._essential:
            for index in np.flatnonzero(np.isnan(values[:, self._slot[name]])).tolist():
                refusals.add("essential_missing", positions[index], name)
        assume = np.isnan(values) & self._complete_columns
        values = np.where(assume, self._fill, values)
        states[assume] = State.ASSUMED
        self._keep_ratios_true(values, inputs, assume)
        return values, states

    def _keep_ratios_true(self, values: Floats, inputs: Floats, assume: Flags) -> None:
        """An assumed ratio follows its two columns in place, assumed ones too, so that no client contradicts itself."""
        for name in self._ratios:
            slot = self._slot[name]
            if assume[:, slot].any():
                filled = np.concatenate([values, inputs[:, values.shape[1] :]], axis=1)
                above, below = (filled[:, self._slot[part]] for part in RATIOS[name])
                ratio = divide(above, below)
                follows = assume[:, slot] & ~np.isnan(ratio)
                values[follows, slot] = ratio[follows]

    def _derive(self, inputs: Floats, positions: Sequence[int], refusals: Refusals) -> Flags:
        """Fills absent ratios in place; True where that was done. Refuses ratios that disagree."""
        derived: NDArray[np.bool_] = np.zeros((len(inputs), len(self._columns)), dtype=bool)
        for name in self._ratios:
            slot = self._slot[name]
            above, below = RATIOS[name]
            ratio = divide(inputs[:, self._slot[above]], inputs[:, self._slot[below]])
            absent = np.isnan(inputs[:, slot])
            differs = np.abs(inputs[:, slot] - ratio) > TOLERANCE * np.abs(ratio)
            for index in np.flatnonzero(differs).tolist():
                refusals.add("ratio_differs", positions[index], name, other=above, third=below)
            inputs[absent, slot] = ratio[absent]
            derived[:, slot] = absent & ~np.isnan(ratio)
        return derived


def _read_id(position: int, row: Row, refusals: Refusals) -> int | None:
    value = row.get(ID)
    client = whole_number(value)
    if client is None:
        missing = value is None or (isinstance(value, str) and not value.strip())
        refusals.add("id_missing" if missing else "id_not_whole", position, ID)
    return client


def whole_number(value: object) -> int | None:
    """The exact whole number that a cell holds, or None; a float is exact below 2**53 only."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        head, dot, tail = text.partition(".")
        if not (head.isascii() and head.isdigit()) or (dot and tail.strip("0")):
            return None
        value = int(head) if len(head) <= 19 else None
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < 2**53 else None
    return value if isinstance(value, int) and 0 <= value <= LARGEST_ID else None


def refuse_twice(seen: Mapping[int, Sequence[int]], refusals: Refusals) -> None:
    """Refuses every row of a client that was seen in more than one."""
    for places in seen.values():
        for position in places if len(places) > 1 else ():
            other = places[0] if position != places[0] else places[1]
            refusals.add("client_twice", position, ID, other_row=other)
