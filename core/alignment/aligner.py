"""Any client row in the model's columns, by the rules of the contract.

Reading happens in two steps. Cells become numbers (`core.alignment.row_parser`); then all clients together are
checked, derived and filled (`_complete`), so that one client and fifty thousand get the same bits.
A row that cannot be read is refused with its reasons and leaves the others alone; whoever wants all or
nothing looks at `Aligned.refused`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.alignment.client_id import ID
from core.alignment.names import Vocabulary
from core.alignment.number_text import read_number
from core.alignment.onehot import OneHotGroups
from core.alignment.parsers import (
    RATIOS,
    STANDS_FOR_MISSING,
    Reader,
    divide,
    is_missing_cell,
    is_number,
    read_category,
    reader_of,
)
from core.alignment.possible import Possible
from core.alignment.row_parser import RowParser
from core.alignment.table import Table
from core.alignment.table_parser import read_table
from core.errors import Refusals
from core.model.schema import Column
from core.records import Aligned, Flags, Floats, Impossible, NamedCells, Origins, ValueOrigin

TOLERANCE = 0.001

ESSENTIAL = {
    "age": "essential_age",
    "at_least": "essential_too_small",
    "at_most": "essential_too_large",
    "between": "essential_not_between",
    "whole": "essential_not_whole",
}
"""How an essential value that cannot be right is refused, by the code of its bound."""


class Aligner:
    """Brings rows into the columns of one model; made once a model, shared and never changed."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        names = [column.name for column in columns]
        known = set(names)
        self._ratios = [column.name for column in columns if column.kind == "ratio"]
        extra = [part for ratio in self._ratios for part in RATIOS[ratio] if part not in known]
        inputs = (*names, *dict.fromkeys(extra))
        self._n_inputs = len(inputs)
        slot = {name: place for place, name in enumerate(inputs)}
        self._groups = OneHotGroups(self._columns)
        numbers: dict[str, tuple[Reader, int]] = {name: (read_number, slot[name]) for name in extra}
        others: dict[str, tuple[Reader, int]] = {}
        for column in columns:
            readers = others if column.kind == "binary" else numbers
            readers[column.name] = (reader_of(column.name, column.kind), slot[column.name])
        groups: dict[str, int] = {}
        for source, categories in self._groups.categories.items():
            groups[source] = len(inputs) + len(groups)
            others[source] = (read_category({name: code for code, name in enumerate(categories)}), groups[source])
        self._cells = RowParser(len(inputs) + len(groups), numbers, others, groups)
        self._complete_columns = np.array([column.complete for column in columns], dtype=bool)
        self._fill = np.array([column.fill for column in columns])
        self._sentinels = [(slot[name], value) for name, value in STANDS_FOR_MISSING.items() if name in slot]
        self._essential = [column.name for column in columns if column.essential]
        self._essential_slots = np.array([slot[name] for name in self._essential], dtype=np.intp)
        self._ratio_slots = np.array([slot[name] for name in self._ratios], dtype=np.intp)
        parts = [[slot[part] for part in RATIOS[name]] for name in self._ratios]
        self._above, self._below = np.array(parts, dtype=np.intp).reshape(-1, 2).T
        self._possible = Possible(inputs)

    @property
    def vocabulary(self) -> Vocabulary:
        """The names that the model reads, raw and encoded."""
        names, groups = self._cells.readers.keys(), self._groups.categories.keys()
        return Vocabulary(frozenset({ID, *names}), frozenset(names - groups))

    def align(self, rows: Sequence[object] | Table) -> Aligned:
        """Aligned clients of rows (each a mapping of column to cell, or all as a table), in the order they came.

        Values are of shape (n_clients, n_columns) in the model's order. Never raises for bad input:
        rows that cannot be read are left out and listed in `refused`.
        """
        refusals = Refusals()
        reader = self._cells
        cells = read_table(reader, rows, refusals) if isinstance(rows, Table) else reader.read(rows, refusals)
        impossible = self._find_impossible(cells.table, cells.positions, refusals)
        numbers, words = self._kinds_of_categories(rows, cells.table[:, self._n_inputs :])
        values, states = self._complete(cells.table, cells.positions, refusals)
        ids, positions = cells.ids, cells.positions
        if refusals.rows:
            keep = [index for index, position in enumerate(positions) if position not in refusals.rows]
            impossible = {place: impossible[index] for place, index in enumerate(keep) if index in impossible}
            values, states = values[keep], states[keep]
            ids, positions = tuple(ids[index] for index in keep), tuple(positions[index] for index in keep)
        return Aligned(
            ids=ids,
            rows=positions,
            values=values,
            states=states,
            unknown=cells.unknown,
            refused=tuple(sorted(refusals.problems, key=lambda problem: problem.row or 0)),
            refused_total=refusals.total,
            impossible=impossible,
            categories_of_numbers=numbers,
            categories_of_words=words,
            missing_markers=cells.missing_markers,
        )

    def kind_of_category(self, rows: Sequence[object] | Table, source: str) -> Literal["words", "numbers", ""]:
        """Whether a raw category column of these clients holds words, or nothing but numbers; nothing if it is empty.

        A category that training knew is a word, whatever it looks like.
        """
        cells = [cell for cell in _cells_of(rows, source) if not is_missing_cell(cell)]
        known = self._groups.categories.get(source, ())
        if any(not is_number(cell) or str(cell).strip() in known for cell in cells):
            return "words"
        return "numbers" if cells else ""

    def _kinds_of_categories(
        self, rows: Sequence[object] | Table, codes: Floats
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The raw category columns of all these clients that hold nothing but numbers, and the others that hold any."""
        known, given = np.any(codes >= 0.0, axis=0).tolist(), np.any(~np.isnan(codes), axis=0).tolist()
        numbers: list[str] = []
        words: list[str] = []
        for source, is_known, is_given in zip(self._groups.categories, known, given, strict=True):
            if is_given:
                is_word = is_known or self.kind_of_category(rows, source) != "numbers"
                (words if is_word else numbers).append(source)
        return tuple(numbers), tuple(words)

    def _find_impossible(
        self, table: Floats, positions: Sequence[int], refusals: Refusals
    ) -> Mapping[int, tuple[Impossible, ...]]:
        """By client, what cannot be right of what was sent. Refuses the client where the column is an essential one."""
        inputs = table[:, : self._n_inputs]
        for slot, sentinel in self._sentinels:
            column = inputs[:, slot]
            column[column == sentinel] = np.nan
        found = self._possible.find(inputs)
        for index, wrong in found.items():
            for each in wrong:
                if len(each.columns) == 1 and each.columns[0] in self._essential:
                    low, high = f"{each.low:.0f}", f"{each.high:.0f}"
                    refusals.add(ESSENTIAL[each.code], positions[index], each.columns[0], low=low, high=high)
        return found

    def _complete(self, table: Floats, positions: Sequence[int], refusals: Refusals) -> tuple[Floats, Origins]:
        """Values and states of shape (n_clients, n_columns) of read cells, which may be changed on the way."""
        inputs, codes = table[:, : self._n_inputs], table[:, self._n_inputs :]
        n_columns = len(self._columns)
        states: Origins = np.where(np.isnan(inputs[:, :n_columns]), _MISSING, _GIVEN)
        for index, column_name, source in self._groups.conflicts(inputs, codes):
            refusals.add("raw_and_encoded_differ", positions[index], column_name, other=source)
        if self._ratios:
            self._derive(inputs, states, positions, refusals)
        values = inputs[:, :n_columns].copy()
        self._groups.resolve(values, states, codes)
        lacking = np.isnan(values[:, self._essential_slots])
        if lacking.any():
            for index, place in np.argwhere(lacking).tolist():
                if (positions[index], self._essential[place]) not in refusals.places:
                    refusals.add("essential_missing", positions[index], self._essential[place])
        assume = np.isnan(values) & self._complete_columns
        if assume.any():
            values = np.where(assume, self._fill, values)
            states[assume] = ValueOrigin.ASSUMED
            self._keep_ratios_true(values, inputs, assume)
        return values, states

    def _keep_ratios_true(self, values: Floats, inputs: Floats, assume: Flags) -> None:
        """An assumed ratio follows its two columns in place, assumed ones too, so that no client contradicts itself."""
        assumed: NDArray[np.bool_] = assume[:, self._ratio_slots]
        if assumed.any():
            filled = np.concatenate([values, inputs[:, values.shape[1] :]], axis=1)
            ratio = divide(filled[:, self._above], filled[:, self._below])
            values[:, self._ratio_slots] = np.where(assumed & ~np.isnan(ratio), ratio, values[:, self._ratio_slots])

    def _derive(self, inputs: Floats, states: Origins, positions: Sequence[int], refusals: Refusals) -> None:
        """Fills absent ratios in place, and marks their states. Refuses ratios that disagree with their columns."""
        ratio = divide(inputs[:, self._above], inputs[:, self._below])
        given = inputs[:, self._ratio_slots]
        absent = np.isnan(given)
        with np.errstate(over="ignore"):
            differs = np.abs(given - ratio) > TOLERANCE * np.abs(ratio)
        if differs.any():
            for index, place in np.argwhere(differs).tolist():
                name = self._ratios[place]
                above, below = RATIOS[name]
                refusals.add("ratio_differs", positions[index], name, other=above, third=below)
        inputs[:, self._ratio_slots] = np.where(absent, ratio, given)
        derived = np.where(absent & ~np.isnan(ratio), _DERIVED, states[:, self._ratio_slots])
        states[:, self._ratio_slots] = derived


_GIVEN, _DERIVED, _MISSING = (np.int8(state) for state in (ValueOrigin.GIVEN, ValueOrigin.DERIVED, ValueOrigin.MISSING))


def _cells_of(rows: Sequence[object] | Table, source: str) -> Iterable[object]:
    """The different cells of one column, or all of them."""
    if isinstance(rows, Table):
        column = rows.column(source)
        return column.unique().to_pylist() if isinstance(column, pa.Array) else column or ()
    return (_as_row(row).get(source) for row in rows)


def _as_row(row: object) -> Mapping[str, object]:
    if isinstance(row, NamedCells):
        return row.as_row()
    return row if isinstance(row, dict) else {}
