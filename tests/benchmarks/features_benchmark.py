"""The feature engine beside the pandas way, on tables of the real row counts; run by hand, not by pytest.

    python tests/benchmarks/features_benchmark.py --scale 0.1

Both sides read the same CSV files and write one Parquet file, each in a process of its own; wall and CPU time and
peak memory are the whole process', from its start to its end. The pandas way is the oracle of the tests: one-hot
frames, group-by, a lambda a row for days late. The files are read once before, so that neither side finds them cold.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.processes import measure


class OnDemand(Mapping[str, "pd.DataFrame"]):
    """The tables of a folder, each read when it is asked for, so that no more than one is in memory."""

    def __init__(self, folder: Path) -> None:
        self._files = {file.stem: file for file in sorted(folder.glob("*.csv"))}

    def __getitem__(self, table: str) -> pd.DataFrame:
        import pandas as pd

        return pd.read_csv(self._files[table])

    def __contains__(self, table: object) -> bool:
        return table in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def run_engine(folder: Path, out: Path) -> None:
    """The engine's side."""
    from core.features.build import build_features

    build_features(folder, out, lambda words: print(f"  {words}", file=sys.stderr))


def run_pandas(folder: Path, out: Path) -> None:
    """The pandas side."""
    from core.features.categories import COLUMNS
    from tests.core.features import oracle

    oracle.features(OnDemand(folder), COLUMNS).to_parquet(out)


def largest_difference(one: Path, other: Path) -> float:
    """The largest relative difference between two files of features, column by column; NaN must meet NaN."""
    import numpy as np
    import pyarrow.parquet as pq

    largest = 0.0
    names = pq.read_schema(one).names
    for name in names:
        a, b = (pq.read_table(file, columns=[name])[name].to_numpy().astype(float) for file in (one, other))
        if not np.array_equal(np.isnan(a), np.isnan(b)):
            raise SystemExit(f"{name}: not the same values are missing")
        scale = np.maximum(np.abs(a), np.abs(b))
        relative = np.divide(np.abs(a - b), scale, out=np.zeros_like(a), where=scale > 0)
        largest = max(largest, float(np.nanmax(relative, initial=0.0)))
    return largest


def compare(scale: float) -> None:
    """Makes the tables, measures both sides, prints the table."""
    from tests.benchmarks.features_tables import Tables

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = Tables(folder, scale).write()
        files = [folder / f"{table}.csv" for table in rows]
        size = sum(len(file.read_bytes()) for file in files) / 1e9
        print(
            f"scale {scale:g} of the real row counts, {size:.2f} GB of CSV, {os.cpu_count()} processors, load before "
            f"{os.getloadavg()[0]:.1f}"
        )
        print("rows: " + ", ".join(f"{table} {count:,}" for table, count in rows.items()))
        engine = measure("engine", __file__, "--folder", name, "--out", str(folder / "engine.parquet"))
        plain = measure("pandas", __file__, "--folder", name, "--out", str(folder / "pandas.parquet"))
        print(f"{'':14}{'wall s':>10}{'CPU s':>10}{'peak GB':>10}")
        for side, cost in (("engine", engine), ("pandas", plain)):
            print(f"{side:14}{cost.wall:>10.1f}{cost.cpu:>10.1f}{cost.memory:>10.2f}")
        ratios = (plain.wall / engine.wall, plain.cpu / engine.cpu, plain.memory / engine.memory)
        print(f"{'pandas/engine':14}" + "".join(f"{ratio:>10.2f}" for ratio in ratios))
        difference = largest_difference(folder / "engine.parquet", folder / "pandas.parquet")
        print(f"largest relative difference between the two: {difference:.1e}; n = 1 run each")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.1, help="share of the real row counts (1 is the full size)")
    parser.add_argument("--side", choices=("engine", "pandas"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.side:
        {"engine": run_engine, "pandas": run_pandas}[chosen.side](chosen.folder, chosen.out)
    else:
        compare(chosen.scale)


if __name__ == "__main__":
    main()
