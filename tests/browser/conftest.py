"""The running dashboard and Debian's Chromium; without a browser this folder is left out.

Every visit is watched to its end: a console error or warning, a violation of the page's policy, a failed request, an
answer of 400 or more, or a request to anywhere but 127.0.0.1 fails the test in which it happened.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from core.i18n.translations import Language
from core.scoring.assess import Model
from tests.browser.screens import SECONDS, count_runs, find_client, ready
from tests.browser.serving import UVICORN, free_port, serving
from tests.pages.people import People, load_people

NAMES = (
    os.environ.get("CHROMIUM", ""),
    # The same engine without a browser's own windows, which cost as much as the pages.
    *("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
)
CHROMIUM = next((path for name in NAMES if name and (path := shutil.which(name))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # So that a visitor can come by an address that strangers could reach.
    "--host-resolver-rules=MAP aval.example 127.0.0.1",
]
expect.set_options(timeout=SECONDS)
LEFT_OUT = (
    "no Chromium here (set CHROMIUM to its path): left out are the tests of the running dashboard in a browser, "
    "of uploads, figures, languages, themes, narrow screens, keyboard, console, network and accessibility"
)
LOCALES: dict[Language, str] = {"en": "en-GB", "fr": "fr-FR"}
VISITOR: dict[str, Any] = {
    "locale": "en-GB",
    "viewport": {"width": 1280, "height": 900},
    "reduced_motion": "reduce",
    "color_scheme": "light",
}

VIOLATIONS = """document.addEventListener('securitypolicyviolation',
    found => console.error(`policy: ${found.effectiveDirective} ${found.blockedURI} ${found.sourceFile}`))"""

Visit = Callable[..., Page]
Desk = Callable[..., Page]


class LeftOut(pytest.Module):
    """A file of tests that need a browser, where there is none."""

    def collect(self) -> Iterator[pytest.Item]:
        """Says so once for all files."""
        pytest.skip(LEFT_OUT, allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Leaves the files of this folder out where there is no browser."""
    return LeftOut.from_parent(parent, path=module_path) if CHROMIUM is None else None


@pytest.fixture(scope="session")
def people(model: Model) -> People:
    """The loaded clients, with what core.assess says of them."""
    return load_people(model)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the dashboard, started once with the settings that ship, and a name that strangers could reach."""
    port, log = free_port(), tmp_path_factory.mktemp("server") / "log.txt"
    with serving((*UVICORN, "--port", str(port)), port, log, {"ALLOWED_HOSTS": "aval.example"}) as address:
        yield address


class Chromium:
    """Started for the first test of this folder and ended after the last in a row.

    It outlives a file, and does not outlive the folder: its driver's event loop would be in the way of other tests.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._started: Browser | None = None

    def started(self) -> Browser:
        """The browser."""
        if self._started is None:
            playwright = self._open.enter_context(sync_playwright())
            self._started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            self._open.callback(self._started.close)
        return self._started

    def end(self) -> None:
        """Ends it if it was started."""
        self._started = None
        self._open.close()


CHROMIUM_HERE = Chromium()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Ends Chromium where no test of this folder comes next."""
    try:
        return (yield)
    finally:
        if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
            CHROMIUM_HERE.end()


@pytest.fixture(scope="module")
def browser() -> Browser:
    """Chromium, one for all files that follow each other."""
    return CHROMIUM_HERE.started()


@pytest.fixture(scope="session")
def troubles() -> list[str]:
    """What went wrong behind the screens; whatever a test adds to it fails that test."""
    return []


@pytest.fixture(scope="module")
def desks(browser: Browser, server: str, troubles: list[str]) -> Iterator[Callable[[Language], Page]]:
    """The client screen of an officer who works all day in one tab, in English or in French."""
    opened: dict[Language, Page] = {}

    def desk(language: Language) -> Page:
        if language not in opened:
            context = browser.new_context(**VISITOR | {"locale": LOCALES[language]})
            opened[language] = open_page(context, server + "/client", troubles)
        return opened[language]

    yield desk
    for page in opened.values():
        page.context.close()


@pytest.fixture
def desk(desks: Callable[[Language], Page], troubles: list[str]) -> Iterator[Desk]:
    """The officer's tab with a client's file open, found by typing the id: desk("900001", "fr")."""

    def desk(client: str, language: Language = "en") -> Page:
        page = desks(language)
        find_client(page, client, language)
        return page

    troubles.clear()
    yield desk
    assert troubles == []


@pytest.fixture
def visit(browser: Browser, server: str, troubles: list[str]) -> Iterator[Visit]:
    """A visitor of her own who opens an address: visit("/client?id=900001", locale="fr-FR", color_scheme="dark")."""
    contexts: list[BrowserContext] = []

    def visit(path: str = "/", *, at: str = server, **visitor: Any) -> Page:
        contexts.append(browser.new_context(**VISITOR | visitor))
        return open_page(contexts[-1], at + path, troubles)

    troubles.clear()
    yield visit
    found = list(troubles)
    for context in contexts:
        context.close()
    assert found == []


def open_page(context: BrowserContext, address: str, troubles: list[str]) -> Page:
    """A watched page at this address, once it has nothing more to do."""
    context.set_default_timeout(SECONDS)
    page = context.new_page()
    watch(page, troubles)
    count_runs(page)
    page.goto(address)
    ready(page)
    return page


def watch(page: Page, troubles: list[str]) -> None:
    """Notes whatever a careful developer would see in the browser's console and network panels."""

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            troubles.append(f"console {message.type}: {message.text}")

    def request(sent: Request) -> None:
        address = urlsplit(sent.url)
        if address.scheme not in ("data", "blob") and address.hostname != "127.0.0.1":
            troubles.append(f"went elsewhere: {sent.url}")

    def response(got: Response) -> None:
        if got.status >= 400:
            troubles.append(f"answered {got.status}: {got.url}")

    def failure(failed: Request) -> None:
        # Whoever goes to another page while a script of this one is on its way breaks it off.
        if not (failed.failure == "net::ERR_ABORTED" and urlsplit(failed.url).path.startswith("/static/")):
            troubles.append(f"failed: {failed.url} ({failed.failure})")

    page.add_init_script(VIOLATIONS)
    page.on("console", console)
    page.on("pageerror", lambda error: troubles.append(f"error in the page: {error}"))
    page.on("request", request)
    page.on("requestfailed", failure)
    page.on("response", response)
