"""The banner of a public demonstration: on every screen from the first moment, with nothing to close it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.i18n.translations import Language, translate
from tests.browser.conftest import LOCALES, VISITOR
from tests.browser.screens import SECONDS, ready
from tests.browser.test_for_everyone import violations

pytestmark = pytest.mark.browser

WITHOUT = """() => {
    window.without = [];
    new MutationObserver(() => {
        const main = document.querySelector('[data-testid=stMainBlockContainer]');
        const banner = main?.querySelector('.st-key-demonstration');
        if (main?.innerText.trim() && !banner?.innerText) window.without.push(main.innerText);
    }).observe(document, {childList: true, subtree: true, characterData: true});
}"""
"""Notes each moment at which the page said something and the banner was not there."""


@pytest.fixture
def stranger(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """A visitor by an address that anybody can reach."""
    contexts: list[BrowserContext] = []

    def visit(path: str, language: Language, width: int) -> Page:
        visitor = {"locale": LOCALES[language], "viewport": {"width": width, "height": 844}}
        contexts.append(browser.new_context(**VISITOR | visitor))
        page = contexts[-1].new_page()
        page.add_init_script(f"({WITHOUT})()")
        page.goto(server.replace("127.0.0.1", "aval.example") + path)
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("path", "language", "width"),
    [("/client?id=900001", "en", 390), ("/portfolio", "fr", 390), ("/raw-data", "fr", 1280), ("/", "en", 1280)],
)
def test_the_banner_is_on_every_screen_and_stays(
    stranger: Callable[..., Page], path: str, language: Language, width: int
) -> None:
    page = stranger(path, language, width)
    banner = page.locator(".st-key-demonstration")
    expect(banner).to_contain_text(translate("demonstration.what", language), timeout=SECONDS)
    expect(banner).to_contain_text(translate("demonstration.where", language))
    ready(page)
    first = banner.bounding_box()
    assert first is not None
    header = page.get_by_test_id("stHeader").bounding_box()
    assert header is not None
    assert header["y"] + header["height"] <= first["y"] < 80
    assert first["height"] < (90 if width == 390 else 60)
    assert first["x"] >= 0 and first["x"] + first["width"] <= width
    assert banner.get_by_role("button").count() == 0
    assert page.evaluate("window.without") == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert violations(page) == []


def test_on_this_machine_there_is_none(visit: Callable[..., Page]) -> None:
    page = visit("/client?id=900001")
    expect(page.get_by_role("heading", name="Client 900001")).to_be_visible(timeout=SECONDS)
    expect(page.locator(".st-key-demonstration")).to_have_count(0)
