"""The app for an hour as a branch uses it: ten officers in a browser and programs that ask five times a second.

python tests/benchmarks/soak.py --minutes 60 --sessions 10 --rate 5

Starts the app as the Procfile does, on 127.0.0.1. Officers come, bring files of every kind and go; what they leave ends
after a few minutes, so that as many visits end as begin. Memory is that of the server and its children, the processes
that read uploads included, looked at every second; PSS counts a page that several share once. Anonymous memory, what
the server itself has asked for, depends on nothing else that runs. The browser's own memory is not the server's. Ends
with 1 when anything went wrong: an answer other than the one expected, a trouble in a browser, a line of the log that
is not JSON or tells of an error, a temporary file that stays.
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import urllib3

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from core.scoring.assess import Model, open_model  # noqa: E402
from core.settings import Settings  # noqa: E402
from tests.benchmarks.officers import Brought, Officers  # noqa: E402
from tests.benchmarks.portfolio_files import draw  # noqa: E402
from tests.browser.serving import environment, free_port, wait_until_ready  # noqa: E402
from tests.core.drawn import draw_rows  # noqa: E402

CLIENTS_A_FILE = 300
Asked = tuple[str, str, bytes | None, str, int]


def mixture(model: Model) -> list[Asked]:
    """What the programs ask: (verb, address, body, content type, the status that is right), valid and faulty."""
    rows = draw_rows(model, 60, seed=7)
    one, twenty = [json.dumps({"data": part}).encode() for part in (rows[:1], rows[20:40])]
    text = json.dumps({"data": [{**rows[1], "AMT_CREDIT": "a lot"}]}).encode()
    kind = "application/json"
    return [
        ("GET", "/", None, kind, 200),
        ("GET", "/features", None, kind, 200),
        ("GET", "/best_threshold", None, kind, 200),
        ("GET", "/health", None, kind, 200),
        *[("POST", "/predict", json.dumps({"data": [row]}).encode(), kind, 200) for row in rows[:4]],
        *[("POST", "/predict_proba", json.dumps({"data": [row]}).encode(), kind, 200) for row in rows[4:8]],
        ("POST", "/predict_proba", twenty, kind, 200),
        ("POST", "/explain", one, kind, 200),
        ("POST", "/data", one, kind, 200),
        ("POST", "/predict", text, kind, 422),
        ("POST", "/predict", b'{"data": []}', kind, 422),
        ("POST", "/predict_proba", b'{"data": [', kind, 400),
        ("POST", "/predict", one, "text/csv", 415),
        ("GET", "/predict", None, kind, 405),
        ("GET", "/nowhere", None, kind, 404),
    ]


class Programs(threading.Thread):
    """Other programs that ask at a steady rate, whether or not the last answer is there."""

    def __init__(self, address: str, asked: Sequence[Asked], rate: float) -> None:
        super().__init__(daemon=True)
        self._address, self._asked, self._rate = address, asked, rate
        self._pool = urllib3.PoolManager(maxsize=16, retries=False, timeout=60)
        self._ending = threading.Event()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.statuses: Counter[int] = Counter()
        self.troubles: list[str] = []

    def stop(self) -> None:
        """Asks no more."""
        self._ending.set()

    def run(self) -> None:
        """One request after another, each at its time."""
        begin = time.monotonic()
        with ThreadPoolExecutor(16) as hands:
            for place in range(sys.maxsize):
                if self._ending.wait(max(0.0, begin + place / self._rate - time.monotonic())):
                    break
                hands.submit(self._ask, *self._asked[place % len(self._asked)])

    def _ask(self, verb: str, path: str, body: bytes | None, kind: str, right: int) -> None:
        start = time.perf_counter()
        headers = {"Accept": "application/json", "Content-Type": kind}
        try:
            status = self._pool.request(verb, self._address + path, body=body, headers=headers).status
        except urllib3.exceptions.HTTPError as error:
            self.troubles.append(f"{verb} {path}: {type(error).__name__}")
            return
        self.seconds[f"{verb} {path}" if right == 200 else "refusals"].append(time.perf_counter() - start)
        self.statuses[status] += 1
        if status != right:
            self.troubles.append(f"{verb} {path}: {status}, not {right}")


class Memory(threading.Thread):
    """Megabytes of a process and its children, every second: (seconds, RSS, PSS of all, anonymous of itself alone)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(pid)
        self._ending = threading.Event()
        self._begin = time.monotonic()
        self.seen: list[tuple[float, float, float, float]] = []

    def stop(self) -> None:
        """Looks no more."""
        self._ending.set()

    def run(self) -> None:
        """Looks until told to stop."""
        while not self._ending.wait(1.0):
            # A child that is not yet its own program shows the server's whole memory as its own, a second time.
            born = [child for child in self._process.children(recursive=True) if self._is_itself(child)]
            everybody = [self._process, *born]
            found = [each for each in map(_of_process, everybody) if each]
            if found:
                rss, pss = (sum(each[place] for each in found) for place in (0, 1))
                self.seen.append((time.monotonic() - self._begin, rss, pss, found[0][2]))

    def _is_itself(self, child: psutil.Process) -> bool:
        try:
            return bool(child.cmdline() != self._process.cmdline())
        except psutil.Error:
            return False

    def at(self, seconds: float) -> tuple[float, float, float, float]:
        """What was seen first after so many seconds."""
        return next((each for each in self.seen if each[0] >= seconds), self.seen[-1])

    def growth(self) -> float:
        """Megabytes by which the server alone grows in the last half, by least squares."""
        half = self.seen[-1][0] / 2
        late = [each for each in self.seen if each[0] >= half]
        line = statistics.linear_regression([each[0] / half for each in late], [each[3] for each in late])
        return line.slope


def _of_process(process: psutil.Process) -> tuple[float, float, float] | None:
    try:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    except OSError:
        return None
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1e3 for line in rollup.splitlines()[1:]}
    return sizes["Rss"] * 1.024, sizes["Pss"] * 1.024, sizes["Anonymous"] * 1.024


def files_of_every_kind(model: Model, folder: Path) -> list[Brought]:
    """Clients as CSV with each sign between its columns, Excel, JSON and Parquet, and a file that is no use."""
    clients = draw(model.bundle.population, CLIENTS_A_FILE, 100_001, 1)
    table = clients.to_pandas()
    excel, parquet = folder / "clients.xlsx", folder / "clients.parquet"
    table.to_excel(excel, index=False, engine="xlsxwriter")
    table.to_parquet(parquet)
    return [
        *(Brought(".csv", table.to_csv(index=False, sep=sign).encode(), is_read=True) for sign in ",;\t"),
        Brought(".xlsx", excel.read_bytes(), is_read=True),
        Brought(".json", json.dumps({"data": clients.to_pylist()}).encode(), is_read=True),
        Brought(".parquet", parquet.read_bytes(), is_read=True),
        Brought(".csv", b"AMT_CREDIT,AMT_ANNUITY\n500000,25000\n", is_read=False),
    ]


@contextmanager
def served(folder: Path, visit_minutes: int) -> Iterator[tuple[str, int]]:
    """The address and the process of the app, started as the Procfile says and ended by its id.

    Its temporary files are in `temporary` below the folder.
    """
    (folder / "temporary").mkdir()
    settings = {"VISIT_MINUTES": str(visit_minutes), "DATA_DIR": str(folder / "data")}
    settings |= {"TMPDIR": str(folder / "temporary")}
    port = free_port()
    words = (ROOT / "Procfile").read_text().removeprefix("web:").replace("$PORT", str(port))
    command = [word.replace("0.0.0.0", "127.0.0.1") for word in shlex.split(words)]
    with (folder / "out.txt").open("wb") as out, (folder / "err.txt").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment(**settings), stdout=out, stderr=err
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, folder / "err.txt")
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def wrong_lines(folder: Path) -> list[str]:
    """Lines of the server that are not JSON, or tell of an error."""
    found = []
    for line in [*(folder / "out.txt").read_text().splitlines(), *(folder / "err.txt").read_text().splitlines()]:
        try:
            if json.loads(line)["level"].upper() in ("ERROR", "CRITICAL"):
                found.append(line)
        except (ValueError, TypeError, KeyError):
            found.append(line)
    return found


def row(what: str, seconds: Sequence[float], unit: float) -> str:
    """n, median, 95 %, 99 % and most, as a line of a table."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [seconds[0]] * 99
    figures = (statistics.median(seconds), cuts[94], cuts[98], max(seconds))
    return (
        f"| {what} | {len(seconds)} | "
        + " | ".join(f"{unit * each:.{1 if unit > 1 else 2}f}" for each in figures)
        + " |"
    )


def main() -> int:
    """Prints the tables; returns 1 when anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--sessions", type=int, default=10, help="officers, each in a tab")
    parser.add_argument("--rate", type=float, default=5.0, help="requests of the JSON routes a second")
    parser.add_argument("--visit-minutes", type=int, default=5, help="how long what an officer left is kept")
    chosen = parser.parse_args()
    model = open_model(Settings().model_folder)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        files = files_of_every_kind(model, folder)
        with served(folder, chosen.visit_minutes) as (address, pid):
            memory = Memory(pid)
            officers = Officers(address, chosen.sessions, [str(900_001 + place) for place in range(300)], files)
            programs = Programs(address, mixture(model), chosen.rate)
            memory.start()
            time.sleep(3.0)
            for each in (officers, programs):
                each.start()
            time.sleep(60.0 * chosen.minutes)
            for each in (officers, programs):
                each.stop()
            for each in (officers, programs):
                each.join(timeout=1800)
            memory.stop()
            memory.join()
            stayed = [f"stayed: {path.name}" for path in (folder / "temporary").rglob("*")]
        lines = [f"log: {line}" for line in wrong_lines(folder)]
        troubles = [*officers.troubles, *programs.troubles, *stayed, *lines]
    report(chosen, officers, programs, memory)
    print(f"\n{len(troubles)} troubles")
    for trouble, times in Counter(troubles).most_common(20):
        print(f"  {times} × {trouble[:300]}")
    return 1 if troubles or not officers.rounds else 0


def report(chosen: argparse.Namespace, officers: Officers, programs: Programs, memory: Memory) -> None:
    """The tables of requests, latencies and memory."""
    asked = sum(programs.statuses.values())
    print(f"{chosen.minutes:g} minutes, {chosen.sessions} sessions, {officers.rounds} rounds; ", end="")
    print(
        f"{asked} requests: " + ", ".join(f"{times} × {status}" for status, times in sorted(programs.statuses.items()))
    )
    print("\n| route, ms | n | median | 95 % | 99 % | most |\n|---|---|---|---|---|---|")
    for what, seconds in sorted(programs.seconds.items()):
        print(row(what, seconds, 1e3))
    print(row("all", [each for seconds in programs.seconds.values() for each in seconds], 1e3))
    print("\n| screen, s | n | median | 95 % | 99 % | most |\n|---|---|---|---|---|---|")
    for what, seconds in officers.seconds.items():
        print(row(what, seconds, 1.0))
    print("\n| memory, MB | at start | after a half | most | end |\n|---|---|---|---|---|")
    first, warm, last = memory.seen[0], memory.at(memory.seen[-1][0] / 2), memory.seen[-1]
    for name, place in (("RSS, with children", 1), ("PSS, with children", 2), ("anonymous, server alone", 3)):
        cells = (first[place], warm[place], max(each[place] for each in memory.seen), last[place])
        print(f"| {name} | " + " | ".join(f"{cell:.0f}" for cell in cells) + " |")
    print(f"server alone, in the last half: {memory.growth():+.1f} MB (n = {len(memory.seen)} looks)")
    for minute in range(0, int(memory.seen[-1][0] / 60), 5):
        within = [each[3] for each in memory.seen if 60 * minute <= each[0] < 60 * (minute + 5)]
        print(f"  minutes {minute} to {minute + 5}: {statistics.median(within):.0f} MB in the median")


if __name__ == "__main__":
    sys.exit(main())
