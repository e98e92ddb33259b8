"""A file of clients scored, and clients explained, beside the plain way; run by hand, not by pytest.

    python tests/benchmarks/portfolio_benchmark.py --rows 307511 --explained 20000

Scored: the command line beside pandas, each in a process of its own, from raw CSV to CSV. The pandas way reads the
file, maps letters to codes, makes the one-hot columns, derives the ratios, fills what was complete in training, puts
the columns in order and asks LightGBM with all processors; it checks nothing and lists nothing. The same solvencies
must come of both. Explained: reasons as the portfolio makes them beside `shap.TreeExplainer`, side by side in one
process. Wall and CPU time; on a computer with other work, CPU time is the one to read.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.processes import Cost, measure


def run_here(clients: Path, out: Path) -> None:
    """The project's side."""
    from core.__main__ import main

    if main(["score", str(clients), "--out", str(out)]):
        raise SystemExit("rows were refused")


def run_pandas(clients: Path, out: Path) -> None:
    """The pandas side, as a data scientist would write it in an afternoon."""
    import lightgbm as lgb
    import pandas as pd
    from scipy.special import expit

    from core.alignment.parsers import BINARY, CATEGORICAL, RATIOS
    from core.model.bundle import load_bundle
    from core.settings import Settings

    bundle = load_bundle(Settings().model_folder)
    booster = lgb.Booster(model_file=str(Settings().model_folder / "model.txt"))
    rows = pd.read_csv(clients)
    for name, codes in BINARY.items():
        if name in rows:
            rows[name] = rows[name].map(codes)
    rows["DAYS_EMPLOYED"] = rows["DAYS_EMPLOYED"].replace(365243, np.nan)
    ids = rows["SK_ID_CURR"]
    rows = pd.get_dummies(rows, columns=[name for name in CATEGORICAL if name in rows], dtype=float)
    for name, (above, below) in RATIOS.items():
        rows[name] = rows[above] / rows[below]
    fill = {column.name: column.fill for column in bundle.columns if column.complete and column.kind != "one_hot"}
    frame = rows.reindex(columns=list(bundle.names)).replace([np.inf, -np.inf], np.nan)
    one_hot = [column.name for column in bundle.columns if column.kind == "one_hot"]
    frame = frame.fillna(fill | dict.fromkeys(one_hot, 0.0))
    raw = np.asarray(booster.predict(frame, raw_score=True))
    risk = expit(bundle.policy.intercept + bundle.policy.slope * raw)
    result = pd.DataFrame({"SK_ID_CURR": ids, "solvency": 1.0 - risk, "threshold": bundle.policy.threshold})
    result["verdict"] = np.where(risk > bundle.policy.threshold, "unfavourable", "favourable")
    result.to_csv(out, index=False)


def compare_scoring(n: int) -> None:
    """Makes the file, measures both sides, prints the table."""
    import pandas as pd

    from core.scoring.assess import open_model
    from core.settings import Settings
    from tests.benchmarks.portfolio_files import write

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clients = folder / "clients.csv"
        write(open_model(Settings().model_folder).bundle.population, n, clients)
        size = clients.stat().st_size / 1e6
        print(f"{n:,} raw clients, {size:.0f} MB of CSV, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
        here = measure("here", __file__, "--clients", str(clients), "--out", str(folder / "here.csv"), quiet=True)
        plain = measure("pandas", __file__, "--clients", str(clients), "--out", str(folder / "pandas.csv"), quiet=True)
        table(("here", here), ("pandas", plain))
        one, other = (pd.read_csv(folder / f"{side}.csv")["solvency"].to_numpy() for side in ("here", "pandas"))
        print(f"largest difference of the solvency: {np.abs(one - other).max():.1e}; n = 1 run each")


def compare_explaining(n: int) -> None:
    """Explains the same clients three ways, prints the table."""
    import shap

    from core.model.estimator import LightGBMEstimator
    from core.scoring.assess import open_model
    from core.settings import Settings
    from tests.core.drawn import draw_rows

    model = open_model(Settings().model_folder)
    trees = model.bundle.estimator
    assert isinstance(trees, LightGBMEstimator)
    values = model.aligner.align(draw_rows(model, n, seed=1)).values
    explainer = shap.TreeExplainer(trees.booster)
    here, found = timed(lambda: trees.shap_values(values)[0])
    tree, wanted = timed(lambda: np.asarray(explainer.shap_values(values)))
    contributions, _ = timed(lambda: np.asarray(trees.booster.predict(values, pred_contrib=True, num_threads=1)))
    print(f"\n{n:,} clients explained, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    table(("here", here), ("TreeExplainer", tree), ("pred_contrib", contributions))
    print(f"largest difference from TreeExplainer: {np.abs(found - wanted).max():.1e} in log-odds; n = 1 run each")


def timed(work: Callable[[], np.ndarray]) -> tuple[Cost, np.ndarray]:
    """What a piece of work took in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu, 0.0), result


def table(first: tuple[str, Cost], *others: tuple[str, Cost]) -> None:
    """Prints costs, and how many times the first one's the others are."""
    print(f"{'':16}{'wall s':>10}{'CPU s':>10}{'peak GB':>10}")
    for side, cost in (first, *others):
        print(f"{side:16}{cost.wall:>10.1f}{cost.cpu:>10.1f}{cost.memory or float('nan'):>10.2f}")
    for side, cost in others:
        wall, cpu = cost.wall / first[1].wall, cost.cpu / first[1].cpu
        print(f"{f'{side}/{first[0]}':24}{wall:>.2f} times the wall time, {cpu:.2f} times the CPU time")


def main() -> None:
    """Reads the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=30_000, help="clients to score; 0: none")
    parser.add_argument("--explained", type=int, default=5_000, help="clients to explain; 0: none")
    parser.add_argument("--side", choices=("here", "pandas"), help=argparse.SUPPRESS)
    parser.add_argument("--clients", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.side:
        {"here": run_here, "pandas": run_pandas}[chosen.side](chosen.clients, chosen.out)
        return
    if chosen.rows:
        compare_scoring(chosen.rows)
    if chosen.explained:
        compare_explaining(chosen.explained)


if __name__ == "__main__":
    main()
