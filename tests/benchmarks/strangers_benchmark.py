"""What an officer and a program wait for beside strangers who hold the server up; run by hand, not by pytest.

    python tests/benchmarks/strangers_benchmark.py --blocks 4 --seconds 30

In turns, alone and beside strangers: an officer opens one client's file after another (a session of Streamlit's
protocol, for a browser would need the processors itself) and a program asks for a solvency five times a second. The
strangers are a process of their own: 1,100 connections that say nothing, opened anew as the server closes them, and
every five seconds a request whose head goes on for 200 MB, or as far as the server lets it.
"""

from __future__ import annotations

import argparse
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import urllib3
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: E402
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: E402
from websockets.typing import Origin  # noqa: E402

from core.scoring.assess import open_model  # noqa: E402
from core.settings import Settings  # noqa: E402
from tests.benchmarks.visitors import PROTOCOLS  # noqa: E402
from tests.browser.serving import UVICORN, free_port, serving  # noqa: E402
from tests.core.drawn import draw_rows  # noqa: E402

SILENT, HEAD_MB, HEAD_EVERY = 1100, 200, 5.0
PAGES_A_SECOND, REQUESTS_A_SECOND = 1.5, 5.0
CLIENTS = [str(900_001 + place) for place in range(300)]


def _say_nothing(port: int) -> None:
    """Holds so many silent connections until the process is ended."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4 * SILENT) if most > 0 else 4 * SILENT, most))
    threading.Thread(target=_send_long_heads, args=(port,), daemon=True).start()
    held: list[socket.socket] = []
    while True:
        with suppress(OSError):
            while len(held) < SILENT:
                held.append(socket.create_connection(("127.0.0.1", port), timeout=5))
        time.sleep(1.0)
        held = [each for each in held if _is_open(each)]


def _is_open(silent: socket.socket) -> bool:
    try:
        silent.setblocking(False)
        if silent.recv(4096):
            return True
    except BlockingIOError:
        return True
    except OSError:
        pass
    silent.close()
    return False


def _send_long_heads(port: int) -> None:
    piece = b"a" * 2**20
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as sender:
            sender.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\nx: ")
            for _ in range(HEAD_MB):
                sender.sendall(piece)
        time.sleep(HEAD_EVERY)


@contextmanager
def strangers(port: int) -> Iterator[None]:
    """All of them, for as long as this lasts."""
    process = subprocess.Popen([sys.executable, __file__, "--strangers", str(port)], cwd=ROOT)
    time.sleep(3.0)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
        time.sleep(3.0)


def open_files(port: int, seconds: float, waits: list[float], failed: list[str]) -> None:
    """An officer who opens a client's file at a steady pace; seconds from asking to the whole page."""
    origin = Origin(f"http://127.0.0.1:{port}")
    end = time.monotonic() + seconds
    try:
        with connect(
            f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=PROTOCOLS, max_size=None, origin=origin
        ) as session:
            while time.monotonic() < end:
                ask, start = BackMsg(), time.perf_counter()
                ask.rerun_script.query_string = f"id={CLIENTS[len(waits) % len(CLIENTS)]}"
                ask.rerun_script.page_name = "client"
                session.send(ask.SerializeToString())
                told = ForwardMsg()
                while told.WhichOneof("type") != "script_finished":
                    told.ParseFromString(session.recv(timeout=60))
                waits.append(time.perf_counter() - start)
                time.sleep(max(0.0, start + 1 / PAGES_A_SECOND - time.perf_counter()))
    except Exception as error:
        failed.append(f"officer: {type(error).__name__}")


def ask_steadily(port: int, seconds: float, body: bytes, waits: list[float], failed: list[str]) -> None:
    """A program that asks on a connection that it keeps."""
    pool = urllib3.PoolManager(retries=False, timeout=60)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter()
        try:
            answer = pool.request(
                "POST",
                f"http://127.0.0.1:{port}/predict_proba",
                body=body,
                headers={"Content-Type": "application/json"},
            )
            if answer.status != 200:
                failed.append(f"program: {answer.status}")
            waits.append(time.perf_counter() - start)
        except urllib3.exceptions.HTTPError as error:
            failed.append(f"program: {type(error).__name__}")
        time.sleep(max(0.0, start + 1 / REQUESTS_A_SECOND - time.perf_counter()))


def work(port: int, seconds: float, body: bytes, found: dict[str, list[float]], failed: list[str]) -> None:
    """Both at once for one block."""
    officer = threading.Thread(target=open_files, args=(port, seconds, found["page"], failed))
    officer.start()
    ask_steadily(port, seconds, body, found["program"], failed)
    officer.join()


def told(waits: list[float]) -> str:
    """n, median and 95 %, in milliseconds."""
    return f"n {len(waits):5}  median {1e3 * statistics.median(waits):7.1f}  95 % {1e3 * late(waits):7.1f}"


def late(waits: list[float]) -> float:
    """The 95th percentile, in seconds."""
    return statistics.quantiles(waits, n=20, method="inclusive")[18]


def main() -> None:
    """Prints a line for each, and how many times as long the later 5 % wait."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--strangers", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.strangers:
        _say_nothing(chosen.strangers)
    body = json.dumps({"data": draw_rows(open_model(Settings().model_folder), 1, seed=7)}).encode()
    port, log = free_port(), Path(tempfile.mkdtemp()) / "log.txt"
    alone: dict[str, list[float]] = {"page": [], "program": []}
    beside: dict[str, list[float]] = {"page": [], "program": []}
    failed: dict[str, list[str]] = {"alone": [], "beside": []}
    with serving((*UVICORN, "--port", str(port)), port, log, {}):
        work(port, 10.0, body, {"page": [], "program": []}, [])
        for _ in range(chosen.blocks):
            work(port, chosen.seconds, body, alone, failed["alone"])
            with strangers(port):
                work(port, chosen.seconds, body, beside, failed["beside"])
        refused = sum("connection" in line for line in log.read_text().splitlines())
    for what in ("page", "program"):
        print(f"{what:8} alone   {told(alone[what])}")
        print(f"{what:8} beside  {told(beside[what])}   95 %: {late(beside[what]) / late(alone[what]):.2f} times")
    print(f"failed: {failed}; lines of the log on connections: {refused}")


if __name__ == "__main__":
    main()
