"""The rows of one key together, aggregated run by run: the arithmetic that every table file shares.

    min, max   of the values that are there; missing when none is
    mean       the same
    sum        a missing value counts as 0; 0 when none is there
    var        sample variance (ddof 1); missing for fewer than two values
    size       rows, whether or not the column has a value
    nunique    different values, a missing one not counted

Every application has a few rows in most tables and there are hundreds of columns, so what a group-by costs is the
groups, not the rows: a hash table of all groups is touched once per row and column. Once the rows of a key stand
together, each column is one pass over contiguous memory, block by block. It also adds a client's rows in the file's
order, so the same file gives the same bits.
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

# Small enough for a processor's cache to hold what one column needs on the way.
BLOCK_ROWS = 1 << 16


class Runs:
    """Rows of shape (n_rows, n_columns) in which the rows of one value of the key, a run, stand together.

    among: the keys to answer for, ascending; the rows' own where None. categories: of each column of codes that will
    be asked for. derived: columns made of a row's others, one by one when they are asked for.
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
        found = rows[key].gather(self._starts).to_numpy()
        self.keys: Counts = np.sort(found) if among is None else among
        self._places = _places(found, self.keys)

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
        """Collects the rows, and sorts them where the runs do not stand together yet."""
        wanted = None if among is None else among.to_numpy()
        return cls(together(rows.collect(), key), key, wanted, categories or {}, derived or {})

    def where(self, column: str, category: str) -> Runs:
        """Only the rows of one category."""
        code = self._categories[column].index(category)
        rows = self._rows.filter(pl.col(column) == code)
        return Runs(rows, self._key, self.keys, self._categories, self._derived)

    def frame(self, *columns: Columns) -> pl.DataFrame:
        """One row per key: the key, then these columns, missing where NaN."""
        named = {name: values for part in columns for name, values in part.items()}
        return pl.DataFrame({self._key: self.keys, **named}, nan_to_null=True)

    def aggregated(self, prefix: str, rules: Rules) -> Columns:
        """`<PREFIX>_<column>_<AGGREGATION>` for each column and each of its aggregations, separated by blanks.

        Without a prefix `<column>_<AGGREGATION>`. Missing for a key without rows, as in the methods below.
        """
        wanted = {column: aggregations.split() for column, aggregations in rules.items()}
        names = {column: [_joined(prefix, column, each.upper()) for each in all_] for column, all_ in wanted.items()}
        return self._fill(names, lambda column, out: self._aggregate(column, wanted[column], out))

    def flags(self, prefix: str, columns: Iterable[str], aggregations: str) -> Columns:
        """`<PREFIX>_<column>_<category>_<AGGREGATION>` of the column that is 1 in the rows of the category, else 0."""
        wanted = aggregations.split()
        names = {
            column: [_joined(prefix, column, each, one.upper()) for each in self._categories[column] for one in wanted]
            for column in columns
        }
        return self._fill(names, lambda column, out: self._aggregate_flags(column, wanted, out))

    def count(self, name: str) -> Columns:
        """How many rows each key has."""
        return self._fill({name: [name]}, lambda _, out: self._put(out[0], self._sizes))

    def _fill(self, names: Mapping[str, Sequence[str]], job: Callable[[str, Floats], None]) -> Columns:
        # One large piece of memory goes back to the system when it is freed; hundreds of middling ones do not. What
        # belongs to no key among the wanted ones lands in a last place, which is not given back.
        every = [name for each in names.values() for name in each]
        found = np.full((len(every), len(self.keys) + 1), np.nan)
        ends = np.cumsum([len(each) for each in names.values()])
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(job, names, np.split(found, ends[:-1])))
        return dict(zip(every, found[:, :-1], strict=True))

    def _put(self, out: Floats, values: NDArray[Any]) -> None:
        out[self._places] = values

    def _aggregate(self, column: str, wanted: Sequence[str], out: Floats) -> None:
        if "nunique" in wanted:
            self._put(out[wanted.index("nunique")], self._distinct(column))
        values = self._rows.select(self._derived.get(column, pl.col(column))).to_series()
        for runs, rows in blocks(self._starts, len(values)):
            starts = self._starts[runs] - rows.start
            made = aggregate(values[rows].to_numpy(), starts, self._sizes[runs])
            for row, aggregation in enumerate(wanted):
                if aggregation in made:
                    out[row, self._places[runs]] = made[aggregation]()

    def _aggregate_flags(self, column: str, wanted: Sequence[str], out: Floats) -> None:
        categories = len(self._categories[column])
        codes = self._rows[column].to_numpy()
        for runs, rows in blocks(self._starts, len(codes)):
            sizes = self._sizes[runs]
            made = aggregate_flags(count_codes(codes[rows], sizes, categories), sizes)
            values = np.stack([made[aggregation]() for aggregation in wanted], axis=1)
            out[:, self._places[runs]] = values.reshape(len(out), -1)

    def _distinct(self, column: str) -> Floats:
        value = pl.col(column)
        different = value.n_unique() - value.has_nulls().cast(pl.UInt32)
        runs = self._rows.lazy().select(column, run=pl.col(self._key).rle_id()).set_sorted("run")
        return runs.group_by("run", maintain_order=True).agg(different.cast(pl.Float64)).collect()[column].to_numpy()


def run_starts(keys: pl.Series) -> Counts:
    """The positions of the rows whose key is not that of the row before."""
    values = keys.to_numpy()
    first = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return np.flatnonzero(first)


def together(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows, each key's together and in the order they had; sorted only where they do not stand so already."""
    keys = rows[key].rechunk()
    order = _order(keys) if keys.gather(run_starts(keys)).is_duplicated().any() else None
    # A few columns at a time, so that the unsorted ones go as the sorted ones come.
    step = os.cpu_count() or 1
    for start in range(0, rows.width, step):
        some = rows.select(rows.columns[start : start + step]).rechunk()
        rows = rows.with_columns(some if order is None else some.select(pl.all().gather(order)))
    return rows


def _order(keys: pl.Series) -> pl.Series:
    """The positions of the rows by key, and of equal keys in the order they had."""
    room = 1 << len(keys).bit_length()
    lowest, highest = (int(keys.to_numpy()[place]) for place in (keys.arg_min() or 0, keys.arg_max() or 0))
    if (highest - lowest + 1) * room >= 1 << 63:
        return pl.Series(np.argsort(keys.to_numpy(), kind="stable"), dtype=pl.get_index_type())
    # Key and position in one number sort faster than positions by key, and no two are equal.
    packed = (pl.col(keys.name) - lowest) * room + pl.int_range(pl.len())
    position = packed.sort() & (room - 1)
    return keys.to_frame().select(position.cast(pl.get_index_type())).to_series()


def blocks(starts: Counts, rows: int) -> Iterator[tuple[slice, slice]]:
    """The runs and the rows of one block after the other; a block holds whole runs, at least one."""
    first = 0
    while first < len(starts):
        last = int(np.searchsorted(starts, starts[first] + BLOCK_ROWS, side="right"))
        last = len(starts) if last == len(starts) else max(last - 1, first + 1)
        end = rows if last == len(starts) else int(starts[last])
        yield slice(first, last), slice(int(starts[first]), end)
        first = last


def aggregate(values: Floats, starts: Counts, sizes: Counts) -> Mapping[str, Callable[[], NDArray[Any]]]:
    """Each aggregation but nunique of a column, of shape (n_runs,), made when it is called.

    values: of shape (n_rows,), NaN where missing. starts, sizes: where each run begins and how many rows it has, at
    least one.
    """
    missing = np.isnan(values)
    some = bool(missing.any())
    there = np.add.reduceat(~missing, starts, dtype=np.int64) if some else sizes
    total = np.add.reduceat(np.where(missing, 0.0, values) if some else values, starts)
    return {
        "min": lambda: np.fmin.reduceat(values, starts),
        "max": lambda: np.fmax.reduceat(values, starts),
        "mean": lambda: _divided(total, there),
        "sum": lambda: total,
        "size": lambda: sizes,
        "var": lambda: _variance(values, missing if some else None, starts, sizes, there),
    }


def count_codes(codes: Counts, sizes: Counts, categories: int) -> Counts:
    """How often each code from 0 stands in each run, of shape (n_categories, n_runs)."""
    width = categories + 1
    places = np.repeat(np.arange(0, len(sizes) * width, width), sizes)
    places += np.where(codes == UNKNOWN, categories, codes)
    return np.bincount(places, minlength=len(sizes) * width).reshape(-1, width).T[:categories]


def aggregate_flags(ones: Counts, sizes: Counts) -> Mapping[str, Callable[[], NDArray[Any]]]:
    """Each aggregation of a column of 0 and 1, which follow from the number of ones and rows; made when called."""
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


def _variance(values: Floats, missing: Flags | None, starts: Counts, sizes: Counts, there: Counts) -> Floats:
    # Squares of what lies above the run's smallest value: equal values give exactly 0, and as that value is one of
    # the run's own, the difference of the two sums loses no more than n roundings.
    above = values - np.repeat(np.fmin.reduceat(values, starts), sizes)
    if missing is not None:
        above[missing] = 0.0
    total = np.add.reduceat(above, starts)
    above *= above
    squares = np.add.reduceat(above, starts)
    return _divided(squares - _divided(total * total, there), there - 1)


def _places(keys: Counts, among: Counts) -> Counts:
    places = np.searchsorted(among, keys)
    known = places < len(among)
    known[known] = among[places[known]] == keys[known]
    return np.where(known, places, len(among))


def _joined(*words: str) -> str:
    return "_".join(word for word in words if word)
