"""First screens, refusals, the menu, an address without a screen: each accessible, and in the visitor's language."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator, Page, expect

from core.i18n.translations import Language, translate
from core.records import Verdict
from tests.browser import screens
from tests.browser.conftest import LOCALES, Visit
from tests.browser.test_for_everyone import fits, open_folds, violations
from tests.pages.people import People

pytestmark = pytest.mark.browser

TABLET = {"width": 820, "height": 1180}
SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
"""The spacing of text that WCAG 1.4.12 lets a reader set; 2em below paragraphs cut nothing off."""
CUT_SHORT = """() => [...document.querySelectorAll('[data-testid=stApp] :is(p, h1, h2, h3, dd, dt, label, button, li)')]
    .filter(part => part.offsetParent && getComputedStyle(part).overflowX !== 'visible'
        && (part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 4))
    .map(part => part.innerText)"""


@pytest.mark.parametrize(("theme", "language"), [("light", "fr"), ("dark", "en")])
def test_every_beginning_and_every_refusal_is_accessible(
    visit: Visit, tmp_path: Path, theme: str, language: Language
) -> None:
    page = visit("/", color_scheme=theme, locale=LOCALES[language])
    expect(page.get_by_role("heading", name=translate("welcome.title", language))).to_be_visible()
    open_folds(page)
    found = {"first screen": violations(page)}
    page.get_by_test_id("stMainMenuButton").click()
    expect(page.get_by_role("menuitemradio")).to_have_count(3)
    found["menu"] = violations(page)
    page.get_by_role("menuitem").click()
    expect(page.get_by_role("dialog")).to_contain_text("Aval")
    found["about"] = violations(page)

    go(page, "/portfolio")
    (tmp_path / "no_clients.csv").write_text("A,B\n1,2\n")
    page.locator("input[type=file]").set_input_files(tmp_path / "no_clients.csv")
    expect(page.get_by_role("alert")).to_be_visible(timeout=screens.SECONDS)
    found["portfolio refused"] = violations(page)

    go(page, "/raw-data")
    found["raw data empty"] = violations(page)
    page.get_by_test_id("stMain").get_by_role("textbox").fill('{"data": [{"SK_ID_CURR": 1}]}')
    page.get_by_role("button", name=translate("raw.read", language), exact=True).click()
    expect(page.get_by_role("alert").first).to_be_visible(timeout=screens.SECONDS)
    found["raw data refused"] = violations(page)

    go(page, "/nowhere")
    found["no screen"] = violations(page)
    assert not any(found.values()), found


@pytest.mark.parametrize(("address", "language"), [("/nowhere", "en"), ("/client/900001", "fr")])
def test_an_address_without_a_screen_says_so_and_leads_to_the_screens(
    visit: Visit, address: str, language: Language
) -> None:
    page = visit(address, locale=LOCALES[language])
    expect(page).to_have_title(f"{translate('nowhere.title', language)} · Aval")
    expect(page.get_by_role("heading", name=translate("nowhere.title", language))).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_test_id("stMain").get_by_role("link", name=translate("page.portfolio", language)).click()
    expect(page).to_have_url(re.compile(r":\d+/portfolio$"), timeout=screens.SECONDS)
    expect(page).to_have_title(f"{translate('page.portfolio', language)} · Aval", timeout=screens.SECONDS)


def test_the_words_around_an_upload_and_in_the_menu_are_french_for_the_french(visit: Visit) -> None:
    page = visit("/portfolio", locale="fr-FR")
    words = {"frame.upload": page.get_by_role("button", name=translate("frame.upload", "fr"))}
    page.get_by_test_id("stMainMenuButton").click()
    for theme in ("frame.system", "frame.light", "frame.dark"):
        words[theme] = page.get_by_role("menuitemradio", name=translate(theme, "fr"))
    words["frame.about"] = page.get_by_role("menuitem", name=translate("frame.about", "fr"))
    for each in words.values():
        expect(each).to_be_visible()
    assert (
        page.evaluate(
            "() => getComputedStyle(document.querySelector('[data-testid=stFileUploaderDropzone] button p')).fontSize"
        )
        == "0px"
    )
    words["frame.dark"].click()
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(13, 17, 22)")


def test_the_words_around_a_table_are_french_for_the_french(visit: Visit, people: People) -> None:
    page = visit(f"/client?id={people.with_verdict(Verdict.FAVOURABLE)}", locale="fr-FR")
    screens.open_part(page, "why.all", "fr")
    skip = page.get_by_test_id("stSkipToContent")
    skip.focus()
    expect(skip).to_have_css("font-size", "0px")
    assert written_after(skip) == translate("frame.skip", "fr")
    table = page.get_by_test_id("stDataFrame").first
    table.hover()
    buttons = page.get_by_test_id("stElementToolbarButton").get_by_role("button")
    for name, key in (("Show/hide columns", "frame.columns"), ("Search", "frame.search")):
        buttons.and_(page.get_by_label(name)).first.hover()
        tooltip = page.get_by_role("tooltip").get_by_text(name)
        expect(tooltip).to_have_css("font-size", "0px")
        assert written_after(tooltip) == translate(key, "fr")
    buttons.and_(page.get_by_label("Show/hide columns")).first.click()
    every = page.get_by_test_id("stDataFrameColumnVisibilityMenu").get_by_text("Select all")
    assert written_after(every) == translate("frame.select_all", "fr")


def written_after(place: Locator) -> str:
    """What CSS writes after the text of an element."""
    content: str = place.evaluate("each => getComputedStyle(each, '::after').content")
    return content.strip('" ')


def test_an_answer_is_one_click_away(visit: Visit, people: People) -> None:
    page = visit("/")
    page.get_by_role("button", name=translate("welcome.unfavourable", "en", client="")).click()
    expect(screens.verdict(page)).to_contain_text(translate("verdict.unfavourable", "en"), timeout=screens.SECONDS)


def test_tables_offer_no_csv_that_a_spreadsheet_would_run(visit: Visit, people: People) -> None:
    page = visit(f"/client?id={people.with_verdict(Verdict.FAVOURABLE)}")
    screens.open_part(page, "why.all")
    table = page.get_by_test_id("stDataFrame").first
    table.hover()
    expect(page.get_by_role("button", name="Fullscreen").first).to_be_visible()
    expect(page.get_by_role("button", name="Download as CSV")).to_have_count(0)


def test_no_word_is_cut_off_on_a_tablet_nor_by_a_reader_s_own_spacing(visit: Visit, people: People) -> None:
    page = visit("/", viewport=TABLET, locale="fr-FR")
    for address in ("/", f"/client?id={people.with_verdict(Verdict.TO_REVIEW)}", "/portfolio", "/raw-data"):
        go(page, address)
        open_folds(page)
        nothing_is_cut_short(page)
        page.add_style_tag(content=SPACED)
        nothing_is_cut_short(page)
        fits(page)


def nothing_is_cut_short(page: Page) -> None:
    """Once the page is drawn: on a slow machine a fold is still opening when it counts as open."""
    page.evaluate(screens.SETTLED)
    try:
        screens.until(page, lambda: page.evaluate(CUT_SHORT) == [])
    except AssertionError:
        assert page.evaluate(CUT_SHORT) == []


def go(page: Page, path: str) -> None:
    """Opens another address in the same tab."""
    page.goto(urljoin(page.url, path))
    screens.ready(page)
