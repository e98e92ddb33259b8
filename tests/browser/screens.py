"""What a person does on the screens in a browser and sees there, found by role and label."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakKeyDictionary

from playwright.sync_api import Locator, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.i18n.translations import Language, percent, translate
from core.records import digits_to_distinguish

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
SECONDS = 180_000
"""Milliseconds after which something hangs; nothing that works depends on it, on however slow a machine."""
SETTLED = """() => new Promise(done => {
    const drawn = () => setTimeout(done, 20);
    requestIdleCallback(() => {
        const nothing_to_draw = setTimeout(drawn, 1000);
        requestAnimationFrame(() => { clearTimeout(nothing_to_draw); drawn(); });
    }, {timeout: 5000});
})"""
"""Waits until the page has drawn what it was sent; a page without anything to draw may be given no frame at all."""
NUMBER = re.compile(r"[+−-]?\d+(?:[.,]\d+)?")


def ready(page: Page) -> None:
    """Waits until the app has nothing more to do."""
    page.wait_for_selector(READY, timeout=SECONDS)


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Waits until something holds. Raises AssertionError where it does not come to that."""
    for _ in range(SECONDS // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to that")


_runs: WeakKeyDictionary[Page, list[None]] = WeakKeyDictionary()


def count_runs(page: Page) -> None:
    """Counts the runs of the script that end for this page, which is not opened yet."""
    runs = _runs.setdefault(page, [])

    def frame(sent: bytes | str) -> None:
        if isinstance(sent, bytes) and ForwardMsg.FromString(sent).WhichOneof("type") == "script_finished":
            runs.append(None)

    page.on("websocket", lambda socket: socket.on("framereceived", frame))


@contextmanager
def another_run(page: Page) -> Iterator[None]:
    """Waits until the script has run once more because of what is done inside, and all of it is on the screen."""
    before = len(_runs[page])
    yield
    until(page, lambda: len(_runs[page]) > before)
    page.evaluate(SETTLED)
    ready(page)


def shows_client(page: Page, client: str | int) -> None:
    """Waits until this client's file is on the screen, figures included."""
    expect(heading(page, client)).to_be_visible(timeout=SECONDS)
    expect(figure(page, "gauge").locator("svg text").first).to_be_visible(timeout=SECONDS)
    ready(page)


def open_part(page: Page, part: str, language: Language = "en") -> None:
    """Opens a part of the client's file, or a view of it, by the key of its name: part.known, why.columns…"""
    choice = page.get_by_role("radio", name=translate(part, language), exact=True)
    expect(choice).to_be_visible(timeout=SECONDS)
    if not choice.is_checked():
        with another_run(page):
            choice.click()
    expect(choice).to_be_checked(timeout=SECONDS)


def heading(page: Page, client: str | int) -> Locator:
    """The heading of a client's file."""
    return page.get_by_role("heading", name=f"Client {client}", exact=True)


def find_client(page: Page, client: str, language: Language = "en") -> None:
    """Types a whole id into the search, from the client screen, and waits for the file."""
    search(page, language).fill("")
    search(page, language).fill(client)
    shows_client(page, client)


def offered(page: Page) -> Locator:
    """The ids offered below a search."""
    return page.get_by_role("radio", name=re.compile(r"^\d+$"))


def search(page: Page, language: Language = "en") -> Locator:
    """The box in which an id is typed."""
    return page.get_by_role("searchbox", name=translate("picker.search", language))


def verdict(page: Page) -> Locator:
    """The verdict's heading, the first below the client's."""
    return page.get_by_role("heading", level=3).first


def figure(page: Page, name: str) -> Locator:
    """The gauge, the waterfall, or another figure by its key."""
    return page.locator(f".st-key-{name}").get_by_role("figure")


def gauge_number(page: Page) -> str:
    """The number in the middle of the dial, as it is written there."""
    return figure(page, "gauge").locator("svg .numbers text").first.text_content() or ""


def shows_gauge(page: Page, solvency: float, line: float, language: Language = "en") -> None:
    """Waits until the dial shows this solvency and its line is labelled so, with as many digits as tell them apart."""
    digits = digits_to_distinguish(100.0 * solvency, 100.0 * line)
    wanted, at = percent(solvency, language, digits), percent(line, language, digits)
    assert wanted != at
    dial = figure(page, "gauge")
    expect(dial.locator("svg .numbers text").first).to_have_text(wanted, timeout=SECONDS)
    expect(dial.locator("svg .annotation-text").first).to_have_text(translate("gauge.line", language, line=at))
    expect(dial).to_have_accessible_name(translate("gauge.alt", language, solvency=wanted, line=at))


def waterfall_numbers(page: Page) -> list[float]:
    """The numbers at the bars, from the average client to this one."""
    texts = figure(page, "waterfall").locator("svg .bars .point text").all_text_contents()
    return [as_number(text) for text in texts]


def as_number(text: str) -> float:
    """The first number in a text of either language; numbers of a thousand and more do not occur where it is used."""
    found = NUMBER.search(text)
    assert found, text
    return float(found[0].replace("−", "-").replace(",", "."))


def alert(page: Page, words: str) -> Locator:
    """What is said in red, when it holds these words."""
    return page.get_by_role("alert").filter(has_text=words).first


def upload_clients(page: Page, file: Path, then: Locator, language: Language = "en") -> None:
    """Chooses a file in the client screen's upload panel, and closes the panel once `then` is on the screen."""
    panel = page.get_by_role("button", name=translate("picker.upload", language))
    chooser = page.locator("input[type=file]")
    while chooser.count() == 0:
        # A page that was drawn again at that moment has swallowed the click.
        if panel.get_attribute("aria-expanded") != "true":
            panel.click()
        page.evaluate(SETTLED)
    chooser.set_input_files(file)
    expect(then).to_be_visible(timeout=SECONDS)
    ready(page)
    page.keyboard.press("Escape")
    expect(page.locator("input[type=file]")).to_have_count(0, timeout=SECONDS)


def show_raw_example(page: Page, language: Language = "en") -> None:
    """Puts the example on the raw-data screen and shows the answer."""
    page.get_by_role("button", name=translate("raw.example", language)).click()
    expect(page.get_by_role("heading", name=translate("raw.request", language), exact=True)).to_be_visible(
        timeout=SECONDS
    )
    ready(page)
    page.get_by_text(translate("raw.show_answer", language)).click()
    expect(page.get_by_test_id("stJson")).to_be_visible(timeout=SECONDS)
    ready(page)


def pick(page: Page, field: str, choice: str) -> None:
    """Picks a choice from a field's list, opened again where a page that was drawn at that moment has closed it."""
    box = page.get_by_role("combobox", name=field, exact=True)
    option = page.get_by_role("option", name=choice, exact=True)

    def is_open() -> bool:
        if box.get_attribute("aria-expanded") != "true":
            box.click()
        page.evaluate(SETTLED)
        return option.is_visible()

    until(page, is_open)
    with another_run(page):
        option.click()


def write(page: Page, field: str, text: str) -> None:
    """Types into a field and leaves it, so that the run that follows does not take the next click away."""
    box = page.get_by_role("textbox", name=field, exact=True)
    box.fill(text)
    with another_run(page):
        box.press("Tab")
