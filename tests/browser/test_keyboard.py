"""The keyboard all the way: every stop of the Tab key shows, none is a trap, and each part has its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from core.i18n.translations import translate
from core.records import Verdict
from tests.browser import screens
from tests.browser.conftest import Visit
from tests.pages.people import People

pytestmark = pytest.mark.browser

STOP = """() => {
  const look = part => {
    const style = getComputedStyle(part);
    return [style.outline, style.boxShadow, style.borderColor, style.backgroundColor, style.color].join();
  };
  const around = part => {
    const parts = [part];
    for (let up = part.parentElement; up && parts.length < 5; up = up.parentElement) parts.push(up);
    if (part.nextElementSibling) parts.push(part.nextElementSibling);
    return parts.map(look).join();
  };
  const stop = document.activeElement, last = window.lastStop;
  const unseen = last && last.part.isConnected && last.part !== stop && around(last.part) === last.look;
  window.lastStop = {part: stop, look: around(stop)};
  const name = stop.getAttribute('aria-label') || stop.innerText || stop.tagName;
  return {name, left: stop === document.body, unseen: unseen ? last.part.outerHTML.slice(0, 200) : ''};
}"""
"""The stop of the Tab key, and the one before if nothing on or around it looked different while it was one."""
MAX_STOPS = 60


def test_every_stop_of_the_tab_key_shows_in_every_part(visit: Visit, people: People) -> None:
    page = visit("/", color_scheme="dark")
    expect(page.get_by_text(translate("about.title", "en")).first).to_be_visible(timeout=screens.SECONDS)
    expect(screens.search(page)).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)
    # On a slow machine the page is still being drawn when the script has ended, and a stop that is drawn anew is lost.
    page.evaluate(screens.SETTLED)
    names = walk(page)
    assert translate("picker.search", "en") in names, names
    assert any(translate("about.title", "en") in name for name in names), names
    screens.find_client(page, people.with_verdict(Verdict.UNFAVOURABLE))
    wanted = {
        "part.why": "why.themes",
        "part.known": "table.open",
        "part.compared": "compared.choose",
        "part.what_if": "simulation.name",
        "part.offer": "table.open",
    }
    for part, stop in wanted.items():
        screens.open_part(page, part)
        expect(page.locator(".st-key-part").get_by_text(translate(stop, "en")).first).to_be_visible(
            timeout=screens.SECONDS
        )
        page.get_by_role("radio", name=translate(part, "en"), exact=True).focus()
        assert any(translate(stop, "en") in name for name in walk(page)), part


def test_the_first_stop_leads_past_the_menu_and_every_stop_of_raw_data_shows(visit: Visit) -> None:
    page = visit("/raw-data")
    expect(page.get_by_role("radio", name=translate("raw.paste", "en"))).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name=translate("raw.paste", "en"))).to_be_focused()
    screens.show_raw_example(page)
    page.evaluate("() => { document.activeElement.blur(); delete window.lastStop; }")
    assert any(translate("raw.download", "en") in name for name in walk(page))


def walk(page: Page) -> list[str]:
    """Presses Tab until the page is left; the names of all stops on the way, each of which must show."""
    page.evaluate("() => { delete window.lastStop; }")
    page.add_style_tag(content="* { transition: none !important; }")
    names: list[str] = []
    for _ in range(MAX_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        assert not stop["unseen"]
        if stop["left"]:
            return names
        names.append(stop["name"])
    raise AssertionError(f"no way out: {names[-5:]}")
