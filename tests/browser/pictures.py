"""Takes every picture of the guides and the README's from the running app: python -m tests.browser.pictures

It needs Chromium (on the path, or in CHROMIUM) and the packages of requirements-dev.txt, and takes a minute or two.
The clients are the examples of the first screen, so the pictures follow the model and the clients that ship.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from core.i18n.translations import LANGUAGES, Language, translate
from core.settings import ROOT
from tests.browser import screens
from tests.browser.conftest import CHROMIUM, FLAGS, LOCALES, VISITOR
from tests.browser.serving import UVICORN, free_port, serving

PICTURES = ROOT / "docs" / "pictures"
SCREENSHOT = ROOT / "assets" / "screenshot.png"
NAMES = ("start", "client", "why", "known", "compared", "what_if", "offer", "letter", "portfolio", "raw_data", "model")
SETTINGS = {"OFFICER": "Camille Roux"}
WIDE, TALL = 1280, 900
HIGHEST = 3200
"""Of a window in which nothing scrolls, so that a whole part can be cut out of it."""
COLOURS = 256
CLIENTS = 1000
"""Clients that ship."""
SMALLER = 0.9
STRICTER = 5
"""Half points of solvency by which the threshold tried lies above the present one."""


def main() -> None:
    """Starts the app, visits it in each language and writes the pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port = free_port()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with serving(
            (*UVICORN, "--port", str(port)), port, Path(folder) / "log.txt", SETTINGS | {"DATA_DIR": folder}
        ) as address:
            for language in LANGUAGES:
                take(browser, address, language)
        browser.close()
    SCREENSHOT.write_bytes((PICTURES / "en" / "client.png").read_bytes())


def take(browser: Browser, address: str, language: Language) -> None:
    """All pictures in one language, on one visit."""
    with visiting(browser, language) as page:
        page.goto(address)
        screens.ready(page)
        save(page, language, "start", end=page.get_by_text(translate("about.title", language)))
        page.get_by_role("button", name=translate("welcome.unfavourable", language, client="")).click()
        expect(screens.figure(page, "gauge").locator("svg text").first).to_be_visible(timeout=screens.SECONDS)
        save(page, language, "client")
        for part in ("why", "known", "compared", "what_if", "offer"):
            page.get_by_role("radio", name=translate(f"part.{part}", language), exact=True).click()
            end = show(page, part, language)
            save(page, language, part, start=page.locator(".st-key-part"), end=end, most=1400)
        take_letter(page, language)
        page.goto(f"{address}/portfolio")
        loaded = translate("portfolio.score_loaded", language, n=CLIENTS)
        page.get_by_role("button", name=loaded).click()
        expect(page.locator("dl.tiles")).to_be_visible(timeout=3 * screens.SECONDS)
        save(page, language, "portfolio", most=1100)
        page.goto(f"{address}/raw-data")
        screens.ready(page)
        screens.show_raw_example(page, language)
        save(page, language, "raw_data", most=1100)
        take_model(page, address, language)


def take_model(page: Page, address: str, language: Language) -> None:
    """The threshold's tab of the model, with a stricter threshold tried."""
    page.goto(f"{address}/model")
    screens.ready(page)
    page.get_by_role("radio", name=translate("monitor.tab_threshold", language), exact=True).click()
    slider = page.get_by_role("slider").first
    expect(slider).to_be_visible(timeout=screens.SECONDS)
    for _ in range(STRICTER):
        slider.press("ArrowRight")
    tried = translate("threshold.mark_tried", language)
    expect(screens.figure(page, "loss_curve").get_by_text(tried)).to_be_visible(timeout=screens.SECONDS)
    save(page, language, "model", start=page.locator(".st-key-part"), end=screens.figure(page, "loss_curve"), most=1400)


def take_letter(page: Page, language: Language) -> None:
    """Refuses the open client and begins the letter."""
    for role, key in (("button", "decision.decide"), ("radio", "decision.refused"), ("button", "decision.save")):
        name = translate(key, language)
        found = page.get_by_role("radio", name=name) if role == "radio" else page.get_by_role("button", name=name)
        found.first.click()
        screens.ready(page)
    page.get_by_role("button", name=translate("letter.begin", language), exact=True).first.click()
    text = page.get_by_role("textbox", name=translate("letter.text", language), exact=True)
    expect(text).to_be_visible(timeout=screens.SECONDS)
    form = page.locator('[class*="st-key-writing_"]').first
    save(page, language, "letter", start=form, end=text, most=1200)


def show(page: Page, part: str, language: Language) -> Locator:
    """Brings a part to what the guide tells of it; the last thing of it that the picture shows."""
    figures = page.locator(".st-key-part").get_by_role("figure")
    ends: dict[str, Locator] = {
        "why": figures.last,
        "known": screens.figure(page, "near_the_line"),
        "compared": figures.last,
        "what_if": page.locator(".st-key-part").get_by_role("button", name=translate("simulation.keep", language)),
        "offer": screens.figure(page, "loan_map"),
    }
    expect(ends[part]).to_be_visible(timeout=screens.SECONDS)
    if part == "what_if":
        amount = page.locator(".st-key-what_if").get_by_role("textbox").first
        asked = float("".join(each for each in amount.input_value() if each.isdigit()))
        amount.fill(f"{SMALLER * asked:.0f}")
        amount.press("Enter")
        expect(page.get_by_text(translate("simulation.badge", language))).to_be_visible(timeout=screens.SECONDS)
    return ends[part]


@contextmanager
def visiting(browser: Browser, language: Language) -> Iterator[Page]:
    """A tab of an officer who speaks this language, with nothing that blinks."""
    context = browser.new_context(**VISITOR | {"locale": LOCALES[language]})
    yield context.new_page()
    context.close()


def save(
    page: Page,
    language: Language,
    name: str,
    *,
    start: Locator | None = None,
    end: Locator | None = None,
    most: int = TALL,
) -> None:
    """Writes what lies from one thing on the screen to another, no higher than `most`, in few colours."""
    page.set_viewport_size({"width": WIDE, "height": HIGHEST})
    page.mouse.move(WIDE - 1, HIGHEST - 1)
    screens.ready(page)
    page.wait_for_timeout(1000)
    box = start.bounding_box() if start else None
    last = end.bounding_box() if end else None
    left, top = (box["x"] - 24, box["y"] - 16) if box else (0.0, 0.0)
    width = box["width"] + 48 if box else WIDE
    height = min(last["y"] + last["height"] + 12 - top, most) if last else most
    taken = page.screenshot(clip={"x": left, "y": top, "width": width, "height": height}, animations="disabled")
    picture = Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE)
    (PICTURES / language).mkdir(parents=True, exist_ok=True)
    picture.save(PICTURES / language / f"{name}.png", optimize=True)
    page.set_viewport_size({"width": WIDE, "height": TALL})


if __name__ == "__main__":
    main()
