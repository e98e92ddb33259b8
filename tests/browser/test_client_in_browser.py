"""The client screen in a browser: what the figures show is what core.assess says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from core.i18n.translations import LANGUAGES, Language, percent, translate
from core.records import Verdict
from core.scoring.assess import Model, assess, explain_clients
from core.settings import Settings
from tests.browser import screens
from tests.browser.conftest import Desk, Visit
from tests.pages.people import People

pytestmark = pytest.mark.browser

BAND = Settings().review_band
GOOD_SHIFT = 0.1
"""Cumulative Layout Shift up to which web.dev calls a page steady."""
SHIFTS = """() => new Promise(done => {
  new PerformanceObserver(seen => done(seen.getEntries().map(each => each.value)))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done([]), 2000);
})"""


def test_a_client_is_found_by_typing_digits(visit: Visit, people: People) -> None:
    client = people.with_verdict(Verdict.FAVOURABLE)
    page = visit("/")
    expect(page).to_have_url(re.compile(r"/client$"))
    screens.search(page).press_sequentially(client[:4])
    expect(screens.offered(page)).to_have_text(people.clients.search(client[:4], 8), timeout=screens.SECONDS)
    screens.search(page).press_sequentially(client[4:])
    screens.shows_client(page, client)
    expect(page).to_have_url(re.compile(rf"/client\?id={client}$"))


def test_one_of_the_ids_offered_opens_with_a_click(desk: Desk, people: People) -> None:
    page = desk(people.with_verdict(Verdict.FAVOURABLE))
    start = people.clients.search("", 1)[0][:-1]
    screens.search(page).fill(start)
    client = people.clients.search(start, 8)[-1]
    screens.offered(page).filter(has_text=client).click()
    screens.shows_client(page, client)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_the_gauge_shows_the_solvency_and_the_line_that_were_assessed(
    desk: Desk, people: People, verdict: Verdict, language: Language
) -> None:
    client = people.with_verdict(verdict)
    decision = people.decision(client)
    page = desk(client, language)
    screens.shows_gauge(page, decision.solvency, decision.solvency_line, language)
    expect(screens.verdict(page)).to_contain_text(translate(f"verdict.{verdict}", language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_number_of_many_digits_of_a_client_nearest_the_line_fits_into_the_dial(
    desk: Desk, people: People, language: Language
) -> None:
    near = min(people.found.decisions, key=lambda decision: abs(decision.probability - decision.threshold))
    page = desk(people.first(lambda _, decision: decision is near), language)
    screens.shows_gauge(page, near.solvency, near.solvency_line, language)
    number, dial = (
        screens.figure(page, "gauge").locator(f"svg {part}").first.bounding_box()
        for part in (".numbers text", ".bg-arc path")
    )
    assert number and dial
    assert number["width"] < 0.63 * dial["width"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_waterfall_s_numbers_add_up_to_the_client_s_solvency(
    desk: Desk, people: People, language: Language
) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    page = desk(client, language)
    screens.open_part(page, "why.columns", language)
    solvency = 100.0 * people.decision(client).solvency
    last = screens.figure(page, "waterfall").locator("svg .bars .point text").last
    expect(last).to_have_text(percent(solvency / 100.0, language, 1).rstrip("% \u202f"), timeout=screens.SECONDS)
    shown = screens.waterfall_numbers(page)
    assert len(shown) == 11
    assert shown[-1] == screens.as_number(screens.gauge_number(page))
    assert sum(shown[:-1]) == pytest.approx(shown[-1], abs=1e-9)


def test_the_waterfall_turns_to_log_odds_and_back(desk: Desk, people: People, model: Model) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    explanation = explain_clients(model, assess(model, [people.row(client)], review_band=BAND))[0]
    page = desk(client)
    screens.open_part(page, "why.columns")
    last = screens.figure(page, "waterfall").locator("svg .bars .point text").last
    page.get_by_text(translate("why.log_odds", "en"), exact=True).click()
    expect(last).to_have_text(f"{explanation.log_odds:.3f}", timeout=screens.SECONDS)
    shown = screens.waterfall_numbers(page)
    assert sum(shown[:-1]) == pytest.approx(shown[-1], abs=1e-9)
    page.get_by_text(translate("why.log_odds", "en"), exact=True).click()
    expect(last).to_have_text(f"{100.0 * explanation.solvency:.1f}", timeout=screens.SECONDS)


@pytest.mark.parametrize("verdict", [Verdict.FAVOURABLE, Verdict.UNFAVOURABLE], ids=str)
def test_nothing_jumps_while_a_file_opens_by_its_address(visit: Visit, people: People, verdict: Verdict) -> None:
    client = people.with_verdict(verdict)
    page = visit(f"/client?id={client}")
    screens.shows_client(page, client)
    assert sum(page.evaluate(SHIFTS)) < GOOD_SHIFT


def test_an_unknown_id_is_said_and_the_page_goes_on(visit: Visit, people: People) -> None:
    page = visit("/client?id=123")
    said = screens.alert(page, "There is no client 123 among the loaded clients")
    expect(said).to_be_visible(timeout=screens.SECONDS)
    screens.find_client(page, people.with_verdict(Verdict.FAVOURABLE))
    expect(page.get_by_role("alert")).to_have_count(0)


def test_the_back_button_shows_the_client_before_and_the_search_names_no_other(visit: Visit, people: People) -> None:
    before, after = people.with_verdict(Verdict.FAVOURABLE), people.with_verdict(Verdict.UNFAVOURABLE)
    page = visit(f"/client?id={before}")
    screens.find_client(page, after)
    page.go_back()
    screens.shows_client(page, before)
    expect(screens.search(page)).to_have_value("")
    page.go_forward()
    screens.shows_client(page, after)


def test_searching_the_features_keeps_the_letters_that_were_typed(desk: Desk, people: People) -> None:
    page = desk(people.with_verdict(Verdict.FAVOURABLE))
    screens.open_part(page, "why.all")
    box = page.get_by_role("searchbox", name=translate("features.search", "en"))
    box.press_sequentially("zzz")
    expect(page.get_by_text(translate("features.none", "en"))).to_be_visible(timeout=screens.SECONDS)
    expect(box).to_have_value("zzz")
    box.fill("")
    expect(page.get_by_text(translate("features.none", "en"))).to_have_count(0, timeout=screens.SECONDS)


def test_the_client_is_there_after_another_screen(desk: Desk, people: People) -> None:
    client = people.with_verdict(Verdict.TO_REVIEW)
    page = desk(client)
    page.get_by_role("link", name=translate("page.raw_data", "en")).click()
    expect(page.get_by_role("heading", name=translate("raw.title", "en"))).to_be_visible(timeout=screens.SECONDS)
    page.get_by_role("link", name=translate("page.client", "en"), exact=True).click()
    screens.shows_client(page, client)
    expect(page).to_have_url(re.compile(rf"/client\?id={client}$"))
