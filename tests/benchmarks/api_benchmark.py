"""The routes beside the old way, all in one run on one machine; run by hand, not by pytest.

    python tests/benchmarks/api_benchmark.py [--requests 2000] [--memory 10000]

Rows vary, and have the shape that programs of the old API send: 795 keys, 246 or more NaN, one-hots as true and false.
CPU time is that of the server's processes; the asking process is not counted. Blocks of both sides take turns.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import psutil  # noqa: E402
import shap  # noqa: E402

from core.scoring.assess import Model, assess, explain_clients, open_model  # noqa: E402
from core.settings import Settings  # noqa: E402
from tests.benchmarks import old_way  # noqa: E402
from tests.benchmarks.visitors import visiting  # noqa: E402
from tests.browser.serving import free_port, serving  # noqa: E402
from tests.core.drawn import draw_rows, encoded_row  # noqa: E402

VOCABULARY = ROOT / "core" / "features" / "columns.json"
MISSING, VARIED, MANY, BLOCKS = 246, 200, 1000, 5
Given = TypeVar("Given")
HEADERS = {"Content-Type": "application/json"}


def old_bodies(model: Model, n: int) -> list[dict[str, object]]:
    """n clients as programs of the old API send them."""
    chance = random.Random(1)
    names = [name for name in json.loads(VOCABULARY.read_text(encoding="utf-8")) if name != "SK_ID_CURR"]
    kinds = {column.name: column.kind for column in model.bundle.columns}
    clients = []
    for row in draw_rows(model, n, seed=11):
        cells = encoded_row(model, row)
        client: dict[str, object] = {"SK_ID_CURR": row["SK_ID_CURR"]}
        others = [name for name in names if name not in kinds]
        more = MISSING - sum(np.isnan(float(cast(float, cells[name]))) for name in kinds)
        lacking = set(chance.sample(others, min(max(0, more), len(others))))
        for name in [*names, *(name for name in kinds if name not in names)]:
            if name in kinds:
                client[name] = bool(cells[name]) if kinds[name] == "one_hot" else cells[name]
            else:
                client[name] = float("nan") if name in lacking else chance.uniform(0, 1e5)
        clients.append(client)
    return clients


def in_turns(sides: Sequence[Callable[[], object]], n: int) -> list[tuple[float, float]]:
    """(CPU, wall) seconds a call of each side in this process: the least of BLOCKS blocks of n calls, in turns."""
    found: list[list[tuple[float, float]]] = [[] for _ in sides]
    for _ in range(BLOCKS):
        for side, times in zip(sides, found, strict=True):
            side()
            cpu, wall = time.process_time(), time.perf_counter()
            for _ in range(n):
                side()
            times.append(((time.process_time() - cpu) / n, (time.perf_counter() - wall) / n))
    return [min(times) for times in found]


def cycling(clients: Sequence[Given], act: Callable[[Given], object]) -> Callable[[], object]:
    """Acts on the next client at each call."""
    place = _forever(len(clients))
    return lambda: act(clients[next(place)])


def _forever(n: int) -> Iterator[int]:
    while True:
        yield from range(n)


class Asked:
    """A server that is asked over one connection; cpu() is what its processes have used."""

    def __init__(self, address: str, pid: int) -> None:
        self._connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=120)
        self._process = psutil.Process(pid)

    def connect(self) -> None:
        """A fresh connection, for a server closes one that has been quiet."""
        self._connection.close()

    def ask(self, content: bytes) -> bytes:
        """One POST /predict_proba."""
        self._connection.request("POST", "/predict_proba", content, HEADERS)
        answer = self._connection.getresponse()
        told = answer.read()
        assert answer.status == 200, told
        return told

    def cpu(self) -> float:
        """Seconds of user and system time, those of all its processes."""
        all_of_them = [self._process, *self._process.children(recursive=True)]
        return sum(sum(each.cpu_times()[:2]) for each in all_of_them)

    def memory(self) -> float:
        """Megabytes resident."""
        all_of_them = [self._process, *self._process.children(recursive=True)]
        return float(sum(each.memory_info().rss for each in all_of_them)) / 1e6


def over_http(sides: Sequence[Asked], bodies: Sequence[bytes], n: int) -> list[tuple[float, float]]:
    """(CPU, wall) seconds a request of each server: the least of BLOCKS blocks of n requests, in turns."""
    found: list[list[tuple[float, float]]] = [[] for _ in sides]
    for _ in range(BLOCKS):
        for side, times in zip(sides, found, strict=True):
            side.connect()
            side.ask(bodies[0])
            cpu, wall = side.cpu(), time.perf_counter()
            for place in range(n):
                side.ask(bodies[place % len(bodies)])
            times.append(((side.cpu() - cpu) / n, (time.perf_counter() - wall) / n))
    return [min(times) for times in found]


@contextmanager
def servers(folder: Path) -> Iterator[tuple[Asked, Asked, int]]:
    """Ours and the old one, both ready, and our port."""
    port, old_port = free_port(), free_port()
    command = ("-m", "uvicorn", "dashboard:app", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning")
    gunicorn = ("-m", "gunicorn", "--bind", f"127.0.0.1:{old_port}", "--threads", "2", "tests.benchmarks.old_way:app")
    with serving(command, port, folder / "ours.txt", {}) as address:
        with (folder / "old.txt").open("wb") as lines:
            old = subprocess.Popen([sys.executable, *gunicorn], cwd=ROOT, stdout=lines, stderr=subprocess.STDOUT)
        try:
            for _ in range(300):
                if any(each.laddr.port == old_port for each in psutil.Process(old.pid).net_connections()):
                    break
                time.sleep(0.1)
            ours = next(each for each in psutil.Process().children() if str(port) in each.cmdline())
            yield Asked(address, ours.pid), Asked(f"http://127.0.0.1:{old_port}", old.pid), port
        finally:
            for each in [*psutil.Process(old.pid).children(recursive=True), psutil.Process(old.pid)]:
                each.kill()
            old.wait(timeout=20)


def line(what: str, n: int, sides: Sequence[tuple[float, float]], goal: str) -> None:
    """One line of the table: milliseconds of both, CPU and wall, and how many times less CPU ours takes."""
    ours, old = sides
    cells = (1e3 * ours[0], 1e3 * old[0], old[0] / ours[0], 1e3 * ours[1], 1e3 * old[1], old[1] / ours[1])
    print(f"| {what} | {n} | " + " | ".join(f"{cell:.2f}" for cell in cells) + f" | {goal} |", flush=True)


def latencies(side: Asked, bodies: Sequence[bytes], n: int) -> list[float]:
    """Milliseconds of n single predictions, twenty a second, sorted."""
    found = []
    side.connect()
    for place in range(n):
        start = time.perf_counter()
        side.ask(bodies[place % len(bodies)])
        found.append(1e3 * (time.perf_counter() - start))
        time.sleep(max(0.0, 0.05 - (time.perf_counter() - start)))
    return sorted(found)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400, help="single requests in each of five blocks a side")
    parser.add_argument("--memory", type=int, default=10_000, help="requests before memory is looked at again")
    parser.add_argument("--predictions", type=int, default=400, help="predictions whose latency is taken")
    chosen = parser.parse_args()
    model = open_model(Settings().model_folder)
    clients = old_bodies(model, VARIED)
    bundle = model.bundle
    print(
        f"{len(clients[0])} keys a client, {len(bundle.columns)} columns, {bundle.card.trees} trees; least of {BLOCKS}"
    )
    print("| what | n a block | ours, CPU ms | old, CPU ms | × | ours, wall ms | old, wall ms | × | goal × |")
    print("|---|---|---|---|---|---|---|---|---|")

    ours = cycling(clients, lambda client: assess(model, [client], review_band=0.02))
    old = cycling(clients, lambda client: old_way.predict_proba([client]))
    line("one client, in process", 200, in_turns([ours, old], 200), "15")

    found = assess(model, clients, review_band=0.02)
    singles = [assess(model, [client], review_band=0.02) for client in clients[:50]]
    explainer = shap.TreeExplainer(bundle.estimator.booster)  # type: ignore[attr-defined]
    difference = np.abs(
        bundle.estimator.shap_values(found.aligned.values)[0] - explainer.shap_values(found.aligned.values)
    ).max()
    ours = cycling(singles, lambda one: explain_clients(model, one))
    old = cycling(singles, lambda one: explainer.shap_values(one.aligned.values))
    line(f"one client's explanation (difference {difference:.0e})", 50, in_turns([ours, old], 50), "1.8")

    bodies = [json.dumps({"data": [client]}).encode() for client in clients]
    many = old_bodies(model, MANY)
    large = [json.dumps({"data": many}).encode(), json.dumps({"data": many[::-1]}).encode()]
    with tempfile.TemporaryDirectory() as scratch, servers(Path(scratch)) as (here, there, port):
        line(
            "POST /predict_proba, one client", chosen.requests, over_http([here, there], bodies, chosen.requests), "12"
        )
        before = here.memory()
        here.connect()
        for place in range(chosen.memory):
            here.ask(bodies[place % len(bodies)])
        after = here.memory()
        idle = latencies(here, bodies, chosen.predictions)
        ids = [str(client) for client in range(900001, 900301)]
        with visiting(port, 3, ids) as visitors:
            time.sleep(3)
            busy = latencies(here, bodies, chosen.predictions)
        line(f"the same, {MANY} clients", 3, over_http([here, there], large, 3), "1.5")
        print(f"\nmemory: {before:.0f} MB, after {chosen.memory} single requests {after:.0f} MB; ", end="")
        print(f"with three visitors and bodies of {len(large[0]) / 1e6:.0f} MB besides {here.memory():.0f} MB")
    pages = sum(visitor.pages for visitor in visitors)
    print(f"a prediction's latency, n = {chosen.predictions}, ms: median, 95 %, 99 %, most")
    for name, times in (("idle", idle), (f"three pages compute ({pages} pages meanwhile)", busy)):
        cuts = statistics.quantiles(times, n=100)
        print(f"  {name}: {statistics.median(times):.1f}, {cuts[94]:.1f}, {cuts[98]:.1f}, {times[-1]:.1f}")


if __name__ == "__main__":
    main()
