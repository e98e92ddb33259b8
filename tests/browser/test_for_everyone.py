"""Every screen for every visitor: language, theme, narrow screen, keyboard; axe-core on each screen in both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.i18n.translations import Language, translate
from core.records import Verdict
from core.scoring.assess import Model
from pages.components.charts.palette import DARK, LIGHT
from tests.browser import screens
from tests.browser.conftest import LOCALES, Visit
from tests.core.drawn import unused_history
from tests.pages import files
from tests.pages.people import People

pytestmark = pytest.mark.browser

PARTS = {
    "part.why": ("why.themes", "why.columns", "why.usual", "why.all"),
    "part.known": (),
    "part.compared": ("compared.among", "compared.features", "compared.clients"),
}
AA = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
PHONE = {"width": 390, "height": 844}
TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll(
    '[data-testid=stAppViewContainer], [data-testid=stMain], [data-testid=stMainBlockContainer]')]
    .filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.dataset.testid || part.tagName)"""
CUT_OFF = """() => [...document.querySelectorAll('[data-testid=stMain] :is(p, h1, h2, h3, h4, dd, dt, label, button)')]
    .filter(part => part.offsetParent && part.getBoundingClientRect().right > window.innerWidth + 1)
    .filter(part => !part.closest('.st-key-open_part'))
    .map(part => part.innerText)"""
"""Texts that a telephone cuts off; the parts of a file stand in one row that scrolls."""


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "fr")])
def test_every_screen_is_accessible(
    visit: Visit, model: Model, people: People, tmp_path: Path, theme: str, language: Language
) -> None:
    page = visit("/client?id=123", color_scheme=theme, locale=LOCALES[language])
    screens.search(page, language).fill(people.clients.search("", 1)[0][:2])
    expect(screens.offered(page)).to_have_count(8, timeout=screens.SECONDS)
    found = {"welcome with a refusal": violations(page)}

    screens.find_client(page, people.with_verdict(Verdict.TO_REVIEW), language)
    for name in parts_and_views(page, people, language):
        open_folds(page)
        found[name] = violations(page)

    row = people.row(people.with_verdict(Verdict.FAVOURABLE)) | {unused_history(model, 1)[0]: "0.5"}
    bad = files.renamed(row, 700001) | {"AMT_CREDIT": ""}
    (tmp_path / "two.csv").write_bytes(files.as_csv(files.renamed(row, 700000), bad))
    screens.upload_clients(page, tmp_path / "two.csv", screens.heading(page, 700000), language)
    found["uploaded"] = violations(page)
    page.get_by_role("button", name=translate("picker.upload", language)).click()
    expect(page.locator("input[type=file]")).to_have_count(1)
    found["upload panel"] = violations(page)
    page.keyboard.press("Escape")

    go_to_raw_data(page, language)
    screens.show_raw_example(page, language)
    open_folds(page)
    found["raw data"] = violations(page)
    assert not any(found.values()), found


@pytest.mark.parametrize(("theme", "language", "width"), [("light", "fr", 320), ("dark", "en", 390)])
def test_nothing_is_wider_than_a_telephone(
    visit: Visit, people: People, theme: str, language: Language, width: int
) -> None:
    small = {"width": width, "height": 844}
    page = visit("/", color_scheme=theme, locale=LOCALES[language], viewport=small)
    fits(page)
    screens.find_client(page, people.with_verdict(Verdict.UNFAVOURABLE), language)
    for _ in parts_and_views(page, people, language):
        open_folds(page)
        fits(page)
    visited = visit("/raw-data", color_scheme=theme, locale=LOCALES[language], viewport=small)
    screens.show_raw_example(visited, language)
    open_folds(visited)
    fits(visited)


def test_a_french_browser_gets_french_and_the_switch_turns_it(visit: Visit, people: People) -> None:
    client = people.with_verdict(Verdict.TO_REVIEW)
    page = visit(f"/client?id={client}", locale="fr-FR")
    screens.shows_client(page, client)
    expect(screens.verdict(page)).to_contain_text(translate("verdict.to_review", "fr"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page).to_have_title(f"Client {client} · Aval")
    expect(page.get_by_role("link", name=translate("page.raw_data", "fr"))).to_be_visible()
    page.get_by_role("radio", name="English").click()
    expect(screens.verdict(page)).to_contain_text(translate("verdict.to_review", "en"), timeout=screens.SECONDS)
    expect(page.get_by_role("link", name=translate("page.raw_data", "en"))).to_be_visible()
    expect(page.get_by_role("heading", name=translate("why.title", "en"), exact=True)).to_be_visible()
    expect(page.get_by_text(translate("why.title", "fr"), exact=True)).to_have_count(0)


def test_the_theme_of_the_visitor_is_taken_by_page_and_figures(visit: Visit, people: People) -> None:
    client = people.with_verdict(Verdict.FAVOURABLE)
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        page = visit(f"/client?id={client}", color_scheme=theme)
        screens.shows_client(page, client)
        number = screens.figure(page, "gauge").locator("svg .numbers text").first
        expect(number).to_have_css("fill", rgb(colours.favourable), timeout=screens.SECONDS)
        background = page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
        assert (max(channels(background)) < 128) == (theme == "dark")


def test_a_part_is_opened_with_the_keyboard_and_stays_for_the_next_client_in_the_other_language(
    visit: Visit, people: People
) -> None:
    page = visit(f"/client?id={people.with_verdict(Verdict.UNFAVOURABLE)}")
    page.get_by_role("radio", name=translate("part.why", "en"), exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name=translate("known.title", "en"), exact=True)).to_be_visible(
        timeout=screens.SECONDS
    )
    screens.find_client(page, people.with_verdict(Verdict.FAVOURABLE))
    expect(page.get_by_role("heading", name=translate("known.title", "en"), exact=True)).to_be_visible()
    page.get_by_role("radio", name="Français").click()
    expect(page.get_by_role("heading", name=translate("known.title", "fr"), exact=True)).to_be_visible(
        timeout=screens.SECONDS
    )


def test_a_client_is_found_and_read_with_the_keyboard_alone(visit: Visit, people: People) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    page = visit("/client")
    for _ in range(20):
        page.keyboard.press("Tab")
        if screens.search(page).evaluate("box => box === document.activeElement"):
            break
    expect(screens.search(page)).to_be_focused()
    page.keyboard.type(client)
    screens.shows_client(page, client)
    expect(screens.verdict(page)).to_contain_text(translate("verdict.unfavourable", "en"))
    expect(screens.search(page)).to_be_focused()


def parts_and_views(page: Page, people: People, language: Language) -> Iterator[str]:
    """Opens each part of the client's file on the screen, and each of its views, and says which one is open."""
    for part, views in PARTS.items():
        screens.open_part(page, part, language)
        for view in views:
            screens.open_part(page, view, language)
            if view == "compared.clients":
                page.get_by_role("searchbox", name=translate("compared.other", language)).fill(
                    people.with_verdict(Verdict.FAVOURABLE)
                )
                expect(screens.figure(page, "differences")).to_be_visible(timeout=screens.SECONDS)
            yield view
        if not views:
            yield part


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA, as "rule: node"."""
    screens.ready(page)
    found: list[dict[str, Any]] = Axe().run(page, options=AA).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def open_folds(page: Page) -> None:
    """Unfolds all that is folded; once more where a page that was still being drawn lost the click."""
    folded = page.locator("[data-testid=stMain] details:not([open])")
    for _ in range(4):
        page.evaluate(screens.SETTLED)
        folded.locator("> summary").evaluate_all("folds => folds.forEach(fold => fold.click())")
        try:
            expect(folded).to_have_count(0, timeout=screens.SECONDS / 4)
        except AssertionError:
            continue
        return
    expect(folded).to_have_count(0)


def go_to_raw_data(page: Page, language: Language) -> None:
    """Opens the raw-data screen from the sidebar."""
    page.get_by_role("link", name=translate("page.raw_data", language)).click()
    expect(page).to_have_title(f"{translate('page.raw_data', language)} · Aval", timeout=screens.SECONDS)
    expect(page.get_by_role("heading", name=translate("raw.title", language))).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)


def fits(page: Page) -> None:
    """Nothing scrolls sideways but tables within their own frame, and no text is cut off at the edge."""
    screens.ready(page)
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(CUT_OFF) == []


def rgb(colour: str) -> str:
    """A hexadecimal colour as a browser tells it."""
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"


def channels(colour: str) -> list[int]:
    """Red, green and blue of rgb(…)."""
    return [int(channel) for channel in re.findall(r"\d+", colour)[:3]]
