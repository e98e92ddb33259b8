"""Aggregation of a table's rows by key, shared by all tables. The rows of one key, contiguous, are a run.

    min, max   of the present values; missing if there are none
    mean       the same
    sum        a missing value counts as 0; 0 if no value is present
    var        sample variance (ddof 1); missing for fewer than two values
    size       number of rows, with or without a value
    nunique    number of different values, without the missing ones

Most tables have a few rows per application and there are hundreds of columns, so the cost of a group-by is
proportional to the groups, not to the rows: it accesses a hash table of all groups once per row and column. With
contiguous runs, each column is one pass over contiguous memory, block by block. A client's rows are added in the
file's order, so the same file gives the same bits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.features.categories import UNKNOWN
from core.records import Flags, Floats

Counts = NDArray[np.int64]
Rules = Mapping[str, str]
Columns = dict[str, Floats]

# The intermediate arrays of one block fit into a processor's cache.
BLOCK_ROWS = 1 << 16


class Runs:
    """Rows of shape (n_rows, n_columns), the rows of each key contiguous.

    among: the keys of the result, ascending; None for the keys of the rows. categories: the categories of each coded
    column. derived: columns computed from others of the same row, each only when it is aggregated.
    """

    def __init__(
        self,
        rows: pl.DataFrame,
        key: str,
        among: Counts | None,
        categories: Mapping[str, Sequence[str]],
        derived: Mapping[str, pl.Expr],
    ) -> None:
        self._rows = rows
        self._key = key
        self._categories = categories
        self._derived = derived
        self._starts = run_starts(rows[key])
        self._sizes: Counts = np.diff(self._starts, append=rows.height)
        own_keys = rows[key].gather(self._starts).to_numpy()
        self.keys: Counts = np.sort(own_keys) if among is None else among
        self._places = _places(own_keys, self.keys)

    @classmethod
    def of(
        cls,
        rows: pl.LazyFrame,
        key: str,
        among: pl.Series | None = None,
        *,
        categories: Mapping[str, Sequence[str]] | None = None,
        derived: Mapping[str, pl.Expr] | None = None,
    ) -> Runs:
        """Collect the rows, and sort them by key if the runs are not contiguous."""
        keys = None if among is None else among.to_numpy()
        return cls(contiguous(rows.collect(), key), key, keys, categories or {}, derived or {})

    def where(self, column: str, category: str) -> Runs:
        """The rows of one category of a column, for the same keys."""
        code = self._categories[column].index(category)
        rows = self._rows.filter(pl.col(column) == code)
        return Runs(rows, self._key, self.keys, self._categories, self._derived)

    def frame(self, *columns: Columns) -> pl.DataFrame:
        """One row per key: the key, then these columns, with null for NaN."""
        named = {name: values for part in columns for name, values in part.items()}
        return pl.DataFrame({self._key: self.keys, **named}, nan_to_null=True)

    def aggregated(self, prefix: str, rules: Rules) -> Columns:
        """`<PREFIX>_<column>_<AGGREGATION>` for each column and each of its aggregations, separated by blanks.

        With an empty prefix `<column>_<AGGREGATION>`. NaN for a key without rows, as in the methods below.
        """
        split = {column: aggregations.split() for column, aggregations in rules.items()}
        names = {column: [_joined(prefix, column, each.upper()) for each in all_] for column, all_ in split.items()}
        return self._fill(names, lambda column, out: self._aggregate(column, split[column], out))

    def flags(self, prefix: str, columns: Iterable[str], aggregations: str) -> Columns:
        """`<PREFIX>_<column>_<category>_<AGGREGATION>` of the flag that is 1 in the rows of the category, else 0."""
        split = aggregations.split()
        names = {
            column: [_joined(prefix, column, each, one.upper()) for each in self._categories[column] for one in split]
            for column in columns
        }
        return self._fill(names, lambda column, out: self._aggregate_flags(column, split, out))

    def count(self, name: str) -> Columns:
        """The number of rows of each key."""
        return self._fill({name: [name]}, lambda _, out: self._put(out[0], self._sizes))

    def _fill(self, names: Mapping[str, Sequence[str]], job: Callable[[str, Floats], None]) -> Columns:
        # One large array is returned to the system when it is freed; hundreds of medium ones are not. The last place
        # of each column collects the values of keys that are not in `self.keys`, and is cut off.
        every = [name for each in names.values() for name in each]
        values = np.full((len(every), len(self.keys) + 1), np.nan)
        ends = np.cumsum([len(each) for each in names.values()])
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(job, names, np.split(values, ends[:-1])))
        return dict(zip(every, values[:, :-1], strict=True))

    def _put(self, out: Floats, values: NDArray[Any]) -> None:
        out[self._places] = values

    def _aggregate(self, column: str, aggregations: Sequence[str], out: Floats) -> None:
        if "nunique" in aggregations:
            self._put(out[aggregations.index("nunique")], self._distinct(column))
        values = self._rows.select(self._derived.get(column, pl.col(column))).to_series()
        for runs, rows in blocks(self._starts, len(values)):
            starts = self._starts[runs] - rows.start
            made = aggregate(values[rows].to_numpy(), starts, self._sizes[runs])
            for row, aggregation in enumerate(aggregations):
                if aggregation in made:
                    out[row, self._places[runs]] = made[aggregation]()

    def _aggregate_flags(self, column: str, aggregations: Sequence[str], out: Floats) -> None:
        categories = len(self._categories[column])
        codes = self._rows[column].to_numpy()
        for runs, rows in blocks(self._starts, len(codes)):
            sizes = self._sizes[runs]
            made = aggregate_flags(count_codes(codes[rows], sizes, categories), sizes)
            values = np.stack([made[aggregation]() for aggregation in aggregations], axis=1)
            out[:, self._places[runs]] = values.reshape(len(out), -1)

    def _distinct(self, column: str) -> Floats:
        value = pl.col(column)
        different = value.n_unique() - value.has_nulls().cast(pl.UInt32)
        runs = self._rows.lazy().select(column, run=pl.col(self._key).rle_id()).set_sorted("run")
        return runs.group_by("run", maintain_order=True).agg(different.cast(pl.Float64)).collect()[column].to_numpy()


def run_starts(keys: pl.Series) -> Counts:
    """The positions of the rows whose key differs from that of the row before."""
    values = keys.to_numpy()
    first = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return np.flatnonzero(first)


def contiguous(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows with each key's rows contiguous and in their order; sorted by key only if they are not so already."""
    keys = rows[key].rechunk()
    order = _order(keys) if keys.gather(run_starts(keys)).is_duplicated().any() else None
    # A few columns at a time, so that each unsorted column is freed once it is sorted.
    step = os.cpu_count() or 1
    for start in range(0, rows.width, step):
        some = rows.select(rows.columns[start : start + step]).rechunk()
        rows = rows.with_columns(some if order is None else some.select(pl.all().gather(order)))
    return rows


def _order(keys: pl.Series) -> pl.Series:
    """The positions of the rows sorted by key; equal keys keep their order."""
    room = 1 << len(keys).bit_length()
    lowest, highest = (int(keys.to_numpy()[place]) for place in (keys.arg_min() or 0, keys.arg_max() or 0))
    if (highest - lowest + 1) * room >= 1 << 63:
        return pl.Series(np.argsort(keys.to_numpy(), kind="stable"), dtype=pl.get_index_type())
    # Sorting numbers that contain key and position is faster than a stable argsort of the keys.
    packed = (pl.col(keys.name) - lowest) * room + pl.int_range(pl.len())
    position = packed.sort() & (room - 1)
    return keys.to_frame().select(position.cast(pl.get_index_type())).to_series()


def blocks(starts: Counts, rows: int) -> Iterator[tuple[slice, slice]]:
    """The runs and the rows of each block; a block holds whole runs, at least one."""
    first = 0
    while first < len(starts):
        last = int(np.searchsorted(starts, starts[first] + BLOCK_ROWS, side="right"))
        last = len(starts) if last == len(starts) else max(last - 1, first + 1)
        end = rows if last == len(starts) else int(starts[last])
        yield slice(first, last), slice(int(starts[first]), end)
        first = last


def aggregate(values: Floats, starts: Counts, sizes: Counts) -> Mapping[str, Callable[[], NDArray[Any]]]:
    """Functions that compute each aggregation of a column but nunique, of shape (n_runs,).

    values: of shape (n_rows,), NaN where missing. starts, sizes: of shape (n_runs,), the first row of each run and its
    number of rows, at least 1.
    """
    missing = np.isnan(values)
    any_missing = bool(missing.any())
    present = np.add.reduceat(~missing, starts, dtype=np.int64) if any_missing else sizes
    total = np.add.reduceat(np.where(missing, 0.0, values) if any_missing else values, starts)
    return {
        "min": lambda: np.fmin.reduceat(values, starts),
        "max": lambda: np.fmax.reduceat(values, starts),
        "mean": lambda: _divided(total, present),
        "sum": lambda: total,
        "size": lambda: sizes,
        "var": lambda: _variance(values, missing if any_missing else None, starts, sizes, present),
    }


def count_codes(codes: Counts, sizes: Counts, categories: int) -> Counts:
    """The number of rows of each run with each code, of shape (n_categories, n_runs)."""
    width = categories + 1
    places = np.repeat(np.arange(0, len(sizes) * width, width), sizes)
    places += np.where(codes == UNKNOWN, categories, codes)
    return np.bincount(places, minlength=len(sizes) * width).reshape(-1, width).T[:categories]


def aggregate_flags(ones: Counts, sizes: Counts) -> Mapping[str, Callable[[], NDArray[Any]]]:
    """Functions that compute each aggregation of a 0/1 column from its numbers of ones and rows, (n_runs,) each."""
    return {
        "min": lambda: ones == sizes,
        "max": lambda: ones > 0,
        "mean": lambda: ones / sizes,
        "sum": lambda: ones,
        "var": lambda: _divided(ones * (sizes - ones) / sizes, sizes - 1),
    }


def _divided(values: Floats, counts: Counts) -> Floats:
    divided: Floats = np.divide(values, counts, out=np.full(values.shape, np.nan), where=counts > 0)
    return divided


def _variance(values: Floats, missing: Flags | None, starts: Counts, sizes: Counts, present: Counts) -> Floats:
    # Shift by the run's minimum before squaring: equal values give exactly 0, and because the shift is one of the
    # run's values, the difference of the two sums loses at most n roundings.
    above = values - np.repeat(np.fmin.reduceat(values, starts), sizes)
    if missing is not None:
        above[missing] = 0.0
    total = np.add.reduceat(above, starts)
    above *= above
    squares = np.add.reduceat(above, starts)
    return _divided(squares - _divided(total * total, present), present - 1)


def _places(keys: Counts, among: Counts) -> Counts:
    places = np.searchsorted(among, keys)
    known = places < len(among)
    known[known] = among[places[known]] == keys[known]
    return np.where(known, places, len(among))


def _joined(*words: str) -> str:
    return "_".join(word for word in words if word)
