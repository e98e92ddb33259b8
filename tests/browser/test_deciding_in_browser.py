"""Deciding, as an officer does it in a browser, on a wide and a narrow screen, light and dark, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.i18n.translations import Language, translate
from core.records import Verdict
from tests.browser import screens
from tests.browser.conftest import LOCALES, Visit
from tests.browser.test_for_everyone import PHONE, fits, violations
from tests.pages.people import People

pytestmark = pytest.mark.browser

WORDS = "Moves abroad; <b>not</b> www.aval.example"


def button(page: Page, key: str, language: Language) -> Locator:
    return page.get_by_role("button", name=translate(key, language), exact=True)


@pytest.mark.parametrize(
    ("language", "visitor"),
    [("en", {}), ("fr", {"viewport": PHONE, "color_scheme": "dark"})],
    ids=["wide light English", "narrow dark French"],
)
def test_a_departure_is_explained_saved_and_found_in_the_journal(
    visit: Visit, people: People, language: Language, visitor: dict[str, Any]
) -> None:
    client = people.with_verdict(Verdict.FAVOURABLE)
    page = visit(f"/client?id={client}", locale=LOCALES[language], **visitor)
    screens.shows_client(page, client)
    with screens.another_run(page):
        button(page, "decision.decide", language).click()
    choices = page.locator('[class*="st-key-outcome_"]').get_by_role("radio")
    expect(choices).to_have_count(3, timeout=screens.SECONDS)
    for choice in choices.all():
        expect(choice).not_to_be_checked()
    with screens.another_run(page):
        button(page, "decision.save", language).press("Enter")
    expect(screens.alert(page, translate("problem.decision_without_outcome", language))).to_be_visible(
        timeout=screens.SECONDS
    )
    assert violations(page) == []
    fits(page)
    refused = page.get_by_role("radio", name=translate("decision.refused", language), exact=True)
    with screens.another_run(page):
        refused.press("Space")
    expect(refused).to_be_checked()
    expect(page.get_by_text(translate("decision.departing", language))).to_be_visible(timeout=screens.SECONDS)
    screens.write(page, translate("decision.who", language), f"Camille {language}")
    screens.write(page, translate("decision.words", language), WORDS)
    button(page, "decision.save", language).click()
    expect(screens.alert(page, translate("problem.decision_without_reason", language))).to_be_visible(
        timeout=screens.SECONDS
    )
    assert violations(page) == []
    fits(page)
    screens.pick(page, translate("decision.reason", language), translate("decision.reason_policy", language))
    screens.ready(page)
    expect(page.get_by_role("textbox", name=translate("decision.words", language))).to_have_value(WORDS)
    button(page, "decision.save", language).click()
    expect(page.get_by_text(translate("decision.saved", language))).to_be_visible(timeout=screens.SECONDS)
    expect(page.get_by_role("textbox", name=translate("decision.words", language))).to_have_count(0)
    expect(page.get_by_text(WORDS, exact=True).first).to_be_visible(timeout=screens.SECONDS)
    page.goto(page.url.partition("/client")[0] + f"/journal?client={client}")
    screens.ready(page)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=screens.SECONDS)
    with screens.another_run(page):
        button(page, "journal.check", language).click()
    expect(page.get_by_text(re.compile(r"^\d+ entr"))).to_be_visible(timeout=screens.SECONDS)
    assert violations(page) == []
    fits(page)
