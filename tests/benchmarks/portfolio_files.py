"""Raw clients of any number, drawn column by column from the bundle's statistics: they exist nowhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from core.alignment.parsers import BINARY, RATIOS, decode_binary
from core.model.schema import Population

CHUNK = 20_000


def draw(population: Population, n: int, first: int, seed: int) -> pa.Table:
    """n clients with ids from `first` on, in raw columns."""
    chance = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {"SK_ID_CURR": pa.array(np.arange(first, first + n))}
    for name, groups in population.numbers.items():
        shares = groups["all"]
        if "/" in name or name in columns or name in RATIOS:
            continue
        quantiles = np.array(shares.quantiles)
        numbers = np.interp(chance.uniform(0.001, 0.999, n), population.grid, quantiles)
        if name in BINARY:
            codes = (numbers > 0.5).astype(float)
            columns[name] = pa.array([decode_binary(name, code) for code in codes])
            continue
        numbers = np.round(numbers) if (quantiles == np.round(quantiles)).all() else np.round(numbers, 6)
        columns[name] = pa.array(numbers, mask=chance.random(n) < shares.missing)
    for name, kinds in population.categories.items():
        if name in columns:
            continue
        found = kinds["all"]
        weights = np.array(list(found.shares.values()))
        picked = chance.choice(list(found.shares), n, p=weights / weights.sum())
        columns[name] = pa.array(picked.tolist(), mask=chance.random(n) < found.missing)
    return pa.table(columns)


def write(population: Population, n: int, file: Path) -> None:
    """A CSV or Parquet file of n clients."""
    parts = [(first, min(CHUNK, n - first)) for first in range(0, n, CHUNK)]
    tables = (draw(population, size, 100_001 + first, first) for first, size in parts)
    if file.suffix == ".parquet":
        first = next(tables)
        with pa_parquet.ParquetWriter(file, first.schema) as parquet:
            parquet.write_table(first)
            for table in tables:
                parquet.write_table(table)
        return
    first = next(tables)
    with pa_csv.CSVWriter(file, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)
