"""Reading an upload of each format beside how an earlier commit reads it; run by hand, not by pytest.

    python tests/benchmarks/reading_benchmark.py --rows 50000 --before a5fbd6d

Both sides read the same files, side by side in processes of their own, in turns; the earlier one from a checkout of
its commit in a scratch folder. What is counted is the processor time of the reading process and of the one that waits
for it, until every row was gone through once. The ratio is this side's time over the earlier one's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

COLUMNS = 40
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

READ = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
content = open(sys.argv[2], "rb").read()
size, rows = len(content), 10**6
try:
    from core.readers.upload import Limits, read_upload
    from core.scoring.assess import open_model
    from core.settings import Settings
    vocabulary = open_model(Settings().model_folder).aligner.vocabulary
    most = {"max_bytes": size, "max_rows": rows, "vocabulary": vocabulary}
except ImportError:
    from core.intake import Limits, read_upload
    most = {"most_bytes": size, "most_rows": rows}
limits = Limits(memory_mb=4096, processor_seconds=3600, seconds=7200, unpacked_mb=4096, answer_mb=4096)

def used():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)

start = used()
intake = read_upload(content, limits=limits, **most)
rows = sum(len(rows) for _, rows in intake.pieces())
print(json.dumps([rows, used() - start]))
"""


def write_files(folder: Path, n: int) -> list[Path]:
    """The same clients in every format, with COLUMNS columns of the application."""
    import pyarrow.csv as pa_csv
    import pyarrow.parquet as pa_parquet

    from core.alignment.client_id import ID
    from core.alignment.parsers import CATEGORICAL
    from core.alignment.possible import APPLICATION
    from core.batch.workbook import Sheet, write_workbook
    from core.scoring.assess import open_model
    from core.settings import Settings
    from tests.benchmarks.portfolio_files import draw

    table = draw(open_model(Settings().model_folder).bundle.population, n, 100_001, 1)
    known = [name for name in table.column_names if name in {ID, *APPLICATION, *CATEGORICAL}]
    table = table.select(known[:COLUMNS])
    pa_csv.write_csv(table, folder / "clients.csv")
    pa_parquet.write_table(table, folder / "clients.parquet")
    rows = table.to_pylist()
    (folder / "clients.json").write_text(json.dumps(rows))
    cells = (list(row.values()) for row in rows)
    (folder / "clients.xlsx").write_bytes(write_workbook([Sheet("Clients", table.column_names, cells)]))
    return sorted(folder.glob("clients.*"))


def seconds(project: Path, file: Path, n: int) -> float:
    """Processor seconds in which a project reads a file."""
    command = [sys.executable, "-c", READ, str(project), str(file)]
    rows, used = json.loads(subprocess.run(command, cwd=project, check=True, capture_output=True).stdout)
    assert rows == n
    return float(used)


def main() -> None:
    """Reads the options, measures, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000, help="clients in each file")
    parser.add_argument("--before", default="a5fbd6d", help="the earlier commit")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side reads each file")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        before = Path(name) / "before"
        subprocess.run(["git", "worktree", "add", "--detach", "-q", str(before), chosen.before], cwd=ROOT, check=True)
        try:
            folder = Path(name) / "files"
            folder.mkdir()
            files = write_files(folder, chosen.rows)
            load = os.getloadavg()[0]
            print(f"{chosen.rows:,} clients of {COLUMNS} columns, {os.cpu_count()} processors, load {load:.1f}")
            print(f"{'':12}{'MB':>8}{'before s':>10}{'here s':>10}{'ratio':>8}   n = {chosen.rounds} rounds, medians")
            for file in files:
                turns = [(seconds(before, file, chosen.rows), seconds(ROOT, file, chosen.rows))
                         for _ in range(chosen.rounds)]  # fmt: skip
                earlier, here = (statistics.median(side) for side in zip(*turns, strict=True))
                ratio = statistics.median(one / other for other, one in turns)
                size = file.stat().st_size / 1e6
                print(f"{file.suffix[1:]:12}{size:>8.0f}{earlier:>10.1f}{here:>10.1f}{ratio:>8.2f}", flush=True)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(before)], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
