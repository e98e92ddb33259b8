"""What a visit costs on the wire, plain and compressed side by side in one run; run by hand, not by pytest.

    python tests/benchmarks/wire_benchmark.py [--visits 5]

Chromium opens a client's file with its gauge, twice: first with nothing kept, then again as a visitor who comes back.
Half of the visitors accept no compression, and the two halves take turns. Each visit is made on an open line, and on
one of 10 Mbit/s and 40 ms. Bytes are those of HTTP as the browser received them, headers included; what the page then
says over its WebSocket is counted by itself. The time ends when the gauge shows its number.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402
from playwright.sync_api import Browser, BrowserContext, sync_playwright  # noqa: E402

from tests.browser.conftest import CHROMIUM, FLAGS, VISITOR  # noqa: E402
from tests.browser.screens import shows_client  # noqa: E402
from tests.browser.serving import UVICORN, free_port, serving  # noqa: E402

CLIENT = 900001
LINE = {"offline": False, "latency": 40, "downloadThroughput": 10e6 / 8, "uploadThroughput": 10e6 / 8}
WAYS = {"plain": False, "compressed": True}
LINES = {"open line": False, "10 Mbit/s, 40 ms": True}


@dataclass(frozen=True)
class Visit:
    """One page opened: requests that reached the server, bytes of HTTP and of the WebSocket, seconds."""

    requests: int
    received: int
    told: int
    seconds: float


def visit(context: BrowserContext, address: str, *, slow: bool) -> Visit:
    """Opens the client's file in a new tab of this visitor and counts until it is drawn."""
    page = context.new_page()
    network = context.new_cdp_session(page)
    received: list[int] = []
    told: list[int] = []

    def finished(event: dict[str, Any]) -> None:
        if event["encodedDataLength"]:
            received.append(int(event["encodedDataLength"]))

    network.on("Network.loadingFinished", finished)
    network.on("Network.webSocketFrameReceived", lambda event: told.append(len(event["response"]["payloadData"])))
    network.send("Network.enable")
    if slow:
        network.send("Network.emulateNetworkConditions", LINE)
    start = time.perf_counter()
    page.goto(f"{address}/client?id={CLIENT}")
    shows_client(page, CLIENT)
    seconds = time.perf_counter() - start
    page.close()
    # Frames of a WebSocket are binary, and the browser tells them in base64.
    return Visit(len(received), sum(received), sum(told) * 3 // 4, seconds)


def both_visits(browser: Browser, address: str, *, compressed: bool, slow: bool) -> tuple[Visit, Visit]:
    """A new visitor's first visit and the one after it."""
    context = browser.new_context(**VISITOR, extra_http_headers={} if compressed else {"Accept-Encoding": "identity"})
    first, second = visit(context, address, slow=slow), visit(context, address, slow=slow)
    context.close()
    return first, second


def spread(values: list[float], unit: str) -> str:
    """Median, with the least and the most."""
    return f"{statistics.median(values):8.2f} {unit} ({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--visits", type=int, default=5)
    n = parser.parse_args().visits
    port = free_port()
    log = Path(tempfile.mkdtemp()) / "log.txt"
    with serving((*UVICORN, "--port", str(port)), port, log, {}) as address, sync_playwright() as playwright:
        server = next(process for process in psutil.Process().children() if str(port) in " ".join(process.cmdline()))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        cost = {}
        for way, compressed in WAYS.items():
            before = sum(server.cpu_times()[:2])
            both_visits(browser, address, compressed=compressed, slow=False)
            cost[way] = sum(server.cpu_times()[:2]) - before
        for line, slow in LINES.items():
            found: dict[tuple[str, int], list[Visit]] = {}
            for _ in range(n):
                for way, compressed in WAYS.items():
                    pair = both_visits(browser, address, compressed=compressed, slow=slow)
                    for place, each in enumerate(pair):
                        found.setdefault((way, place), []).append(each)
            print(f"{line}, n = {n} each: median (least to most)", flush=True)
            for (way, place), visits in sorted(found.items(), key=lambda item: (item[0][1], item[0][0])):
                print(
                    f"  {('first', 'second')[place]:6} visit, {way:10}"
                    f" {spread([each.received / 1e6 for each in visits], 'MB')} in {visits[0].requests:3} answers,"
                    f" {spread([each.seconds for each in visits], 's')};"
                    f" WebSocket {statistics.median(each.told for each in visits) / 1e6:.2f} MB"
                )
        browser.close()
        print("server's CPU for its very first visitor's two visits, the model's first use included:")
        print("  " + ", ".join(f"{way} {seconds:.2f} s" for way, seconds in cost.items()))
        print(f"server's memory after all that: {server.memory_info().rss / 2**20:.0f} MB")


if __name__ == "__main__":
    main()
