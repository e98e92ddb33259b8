"""How long an officer waits for a client's file, beside a bare Streamlit app; run by hand, not by pytest.

    CHROMIUM=/usr/bin/chromium python tests/benchmarks/screens_benchmark.py --times 20

Seconds from what is done to the first frame in which the gauge says the new number, measured inside the page, and in
the bare app until its one line of text does: the page by its address, a client typed, a client picked, an amount of
the what-if entered. Both servers and one browser run side by side and take turns. Beside it the CPU time of each
server for it, and how much was moved about on the screen (cumulative layout shift, all of it, whoever caused it).
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from core.i18n.translations import percent  # noqa: E402
from core.records import Decision, Verdict  # noqa: E402
from core.scoring.assess import Model, open_model  # noqa: E402
from core.settings import Settings  # noqa: E402
from core.what_if.loan_terms import Term, with_term  # noqa: E402
from core.what_if.simulation import simulate  # noqa: E402
from tests.browser.conftest import CHROMIUM, FLAGS, VISITOR  # noqa: E402
from tests.browser.screens import READY, count_runs, open_part, search  # noqa: E402
from tests.browser.serving import UVICORN, free_port, serving  # noqa: E402
from tests.pages.people import People, load_people  # noqa: E402

BARE = Path(__file__).with_name("bare_app.py")
BARE_SERVER = ("-m", "streamlit", "run", str(BARE), "--server.headless=true", "--server.address=127.0.0.1")
GAUGE = ".st-key-gauge svg .numbers text"
SIMULATED = ".st-key-what_if_bar svg .scatterlayer .trace:last-child .textpoint text"
TEXT = '[data-testid="stText"]'
QUIET = 0.4
"""Seconds of rest between two measurements, in which a late run comes to its end."""
WATCH = """
window.shift = 0;
new PerformanceObserver(list => { for (const each of list.getEntries()) window.shift += each.value; })
    .observe({type: "layout-shift", buffered: true});
window.stands = (selector, wanted) => new Promise((done, fail) => {
    const look = () => {
        const found = document.querySelector(selector);
        if (found && found.textContent.trim() === wanted) return done(performance.now());
        if (performance.now() > window.latest) return fail(`${selector}: ${found && found.textContent}, not ${wanted}`);
        requestAnimationFrame(look);
    };
    window.latest = performance.now() + 20000;
    look();
});
"""
ENTER = """async ([selector, value, key, shown, wanted]) => {
    const box = document.querySelector(selector);
    box.focus();
    const start = performance.now();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box, value);
    box.dispatchEvent(new Event("input", {bubbles: true}));
    if (key) box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", code: "Enter", keyCode: 13, bubbles: true}));
    return (await window.stands(shown, wanted) - start) / 1000;
}"""
PRESS = """async ([name, shown, wanted]) => {
    const start = performance.now();
    [...document.querySelectorAll('[role="radio"]')].find(each => each.textContent.trim() === name).click();
    return (await window.stands(shown, wanted) - start) / 1000;
}"""
ARRIVE = "async ([shown, wanted]) => await window.stands(shown, wanted) / 1000"


@dataclass
class Waits:
    """What was waited, of server time used, and moved about, each time one thing was done."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    shifts: list[float] = field(default_factory=list)

    def told(self) -> str:
        """Median and 95th percentile of the seconds, medians of the rest, the largest shift."""
        late = sorted(self.seconds)[round(0.95 * (len(self.seconds) - 1))]
        cpu = 1000 * statistics.median(self.cpu)
        return f"{statistics.median(self.seconds):6.3f} {late:6.3f} {cpu:6.0f} {max(self.shifts):6.3f}"


@dataclass(frozen=True)
class Side:
    """One of the two apps: its page in the browser, its address, and its server's process."""

    page: Page
    address: str
    process: int

    def time(self, waits: Waits, script: str, facts: Sequence[object]) -> None:
        """Does one thing and notes what it cost."""
        self.page.bring_to_front()
        time.sleep(QUIET)
        before = _cpu(self.process)
        self.page.evaluate("window.shift = 0")
        waits.seconds.append(self.page.evaluate(script, list(facts)))
        self._settle(waits, before)

    def arrive(self, waits: Waits, path: str, shown: str, wanted: str) -> None:
        """Opens an address and notes what it cost."""
        self.page.bring_to_front()
        time.sleep(QUIET)
        before = _cpu(self.process)
        self.page.goto(self.address + path, wait_until="commit")
        waits.seconds.append(self.page.evaluate(ARRIVE, [shown, wanted]))
        self._settle(waits, before)

    def _settle(self, waits: Waits, before: float) -> None:
        self.page.wait_for_selector(READY)
        time.sleep(QUIET)
        waits.cpu.append(_cpu(self.process) - before)
        waits.shifts.append(self.page.evaluate("window.shift"))


def _cpu(process: int) -> float:
    used = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def _process(port: int) -> int:
    """The process of the server that was started on a port, among this one's children."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return next(int(each) for each in children if str(port) in Path(f"/proc/{each}/cmdline").read_text())


def _shown(decision: Decision) -> str:
    return percent(decision.solvency, "en", decision.digits)


def _clients(people: People, times: int) -> list[tuple[str, str]]:
    """So many ids, each with the number its gauge shows, no two in a row the same."""
    step = max(1, len(people.found) // (3 * times))
    every = zip(people.found.aligned.ids[::step], people.found.decisions[::step], strict=True)
    told = [(str(client), _shown(decision)) for client, decision in every]
    return [pair for before, pair in itertools.pairwise(told) if before[1] != pair[1]][:times]


def by_address(ours: Side, bare: Side, people: People, times: int) -> tuple[Waits, Waits]:
    """The page opened by its address, everything it needs in the browser's cache."""
    mine, theirs = Waits(), Waits()
    for client, wanted in _clients(people, times):
        ours.arrive(mine, f"/client?id={client}", GAUGE, wanted)
        bare.arrive(theirs, "/", TEXT, "1 0")
    return mine, theirs


def typed(ours: Side, bare: Side, people: People, times: int) -> tuple[Waits, Waits]:
    """A whole id in the search."""
    mine, theirs = Waits(), Waits()
    for place, (client, wanted) in enumerate(_clients(people, times)):
        ours.time(mine, ENTER, ["input[type=search]", client, False, GAUGE, wanted])
        bare.time(theirs, ENTER, ["input[type=text]", f"x{place}", False, TEXT, f"x{place} 1 0"])
    return mine, theirs


def picked(ours: Side, bare: Side, people: People, times: int) -> tuple[Waits, Waits]:
    """One of the ids offered."""
    search(ours.page).fill(str(people.found.aligned.ids[0])[:-1])
    ours.page.get_by_role("radio", name=str(people.found.aligned.ids[1]), exact=True).wait_for()
    said = bare.page.locator(TEXT).inner_text().split()[0]
    everybody = zip(people.found.aligned.ids, people.found.decisions, strict=True)
    shown = {str(client): _shown(decision) for client, decision in everybody}
    offered = people.clients.search(str(people.found.aligned.ids[0])[:-1], 8)
    mine, theirs = Waits(), Waits()
    for place in range(times):
        client = offered[place % len(offered)]
        ours.time(mine, PRESS, [client, GAUGE, shown[client]])
        bare.time(theirs, PRESS, [str(2 - place % 2), TEXT, f"{said} {2 - place % 2} 0"])
    return mine, theirs


def what_if(ours: Side, bare: Side, people: People, model: Model, times: int) -> tuple[Waits, Waits]:
    """Another loan amount."""
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    ours.page.goto(f"{ours.address}/client?id={client}")
    open_part(ours.page, "part.what_if")
    ours.page.wait_for_selector(SIMULATED)
    before = bare.page.locator(TEXT).inner_text().rsplit(" ", 1)[0]
    asked = float(str(people.row(client)["AMT_CREDIT"]))
    mine, theirs = Waits(), Waits()
    for place in range(times):
        amount = round(asked * (0.9 if place % 2 else 0.6) + 1000 * place)
        edits = with_term(people.row(client), {}, Term.AMOUNT, float(amount))
        after = simulate(model, people.row(client), edits, review_band=Settings().review_band)
        box = 'input[type=text][aria-label="Loan amount"]'
        ours.time(mine, ENTER, [box, str(amount), True, SIMULATED, f"Simulation {_shown(after.after.decisions[0])}"])
        bare.time(theirs, ENTER, ["input[type=number]", str(place + 1), True, TEXT, f"{before} {place + 1}"])
    return mine, theirs


def main() -> None:
    """Starts both servers and the browser, and prints a line for each thing that is done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    times: int = parser.parse_args().times
    model = open_model(Settings().model_folder, Settings().trusted_digests)
    people = load_people(model)
    ports, logs = (free_port(), free_port()), Path(tempfile.mkdtemp())
    with (
        serving((*UVICORN, "--port", str(ports[0])), ports[0], logs / "ours.txt", {}) as ours_at,
        serving((*BARE_SERVER, f"--server.port={ports[1]}"), ports[1], logs / "bare.txt", {}) as bare_at,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(**VISITOR)
        context.add_init_script(WATCH)
        ours, bare = (
            Side(context.new_page(), at, _process(port)) for at, port in zip((ours_at, bare_at), ports, strict=True)
        )
        count_runs(ours.page)
        done: dict[str, Callable[[], tuple[Waits, Waits]]] = {
            "page by address": lambda: by_address(ours, bare, people, times),
            "client typed": lambda: typed(ours, bare, people, times),
            "client picked": lambda: picked(ours, bare, people, times),
            "amount entered": lambda: what_if(ours, bare, people, model, times),
        }
        by_address(ours, bare, people, 2)
        print(f"n = {times}; seconds (median, 95 %), server CPU in ms, largest layout shift")
        for name, measure in done.items():
            mine, theirs = measure()
            ratio = statistics.median(mine.seconds) / statistics.median(theirs.seconds)
            print(f"{name:16} ours {mine.told()}   bare {theirs.told()}   {ratio:.2f} times as long", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
