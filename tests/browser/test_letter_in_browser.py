"""From a refusal in the journal to what the client receives, and from a contest to its answer, in one officer's tab."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.i18n.translations import Language, translate
from core.records import Verdict
from tests.browser import screens
from tests.browser.conftest import LOCALES, Visit
from tests.browser.test_deciding_in_browser import button
from tests.browser.test_for_everyone import fits, violations
from tests.core.letters.test_letter import squeezed
from tests.core.reports.test_pdf import text_of
from tests.pages.people import People

pytestmark = pytest.mark.browser

LANGUAGE: Language = "fr"
OWN = "Votre employeur ne confirme pas votre contrat."
SAYS = "Mon contrat a été confirmé le 3 juin."
ROW = 35
"""Pixels of a row of the journal's table, its head included."""


def say(key: str, **facts: object) -> str:
    return translate(key, LANGUAGE, **facts)


def field(page: Page, key: str) -> Locator:
    return page.get_by_role("textbox", name=say(key), exact=True)


def press(page: Page, key: str, then: Locator) -> None:
    with screens.another_run(page):
        button(page, key, LANGUAGE).first.click()
    expect(then).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)


def choose_row(page: Page, place: int, then: Locator) -> None:
    """Marks a row of the journal's table, the first is 1."""
    for _ in range(4):
        page.evaluate(screens.SETTLED)
        page.get_by_test_id("stDataFrame").locator(".dvn-scroller").click(position={"x": 18, "y": (place + 0.5) * ROW})
        try:
            expect(then).to_be_visible(timeout=screens.SECONDS / 4)
        except AssertionError:
            # A table that was drawn again at that moment has lost the click.
            continue
        break
    expect(then).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)


def write(page: Page, key: str, text: str) -> None:
    screens.write(page, say(key), text)


def is_for_everyone(page: Page) -> None:
    """No violation of accessibility, wide; nothing cut off, narrow."""
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(screens.SETTLED)
    fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate(screens.SETTLED)


def downloaded(page: Page, key: str, to: Path) -> bytes:
    with page.expect_download(timeout=screens.SECONDS) as got:
        button(page, key, LANGUAGE).click()
    got.value.save_as(to / got.value.suggested_filename)
    return (to / got.value.suggested_filename).read_bytes()


def test_a_refusal_becomes_a_letter_and_its_contest_is_answered(visit: Visit, people: People, tmp_path: Path) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    page = visit(f"/client?id={client}", locale=LOCALES[LANGUAGE], color_scheme="dark")
    screens.shows_client(page, client)
    press(page, "decision.decide", button(page, "decision.save", LANGUAGE))
    with screens.another_run(page):
        page.get_by_role("radio", name=say("decision.refused"), exact=True).click()
    write(page, "decision.who", "Camille Roux")
    press(page, "decision.save", page.get_by_text(say("decision.saved")))

    page.goto(page.url.partition("/client")[0] + f"/journal?client={client}")
    screens.ready(page)
    choose_row(page, 1, button(page, "letter.begin", LANGUAGE))
    text = field(page, "letter.text")
    press(page, "letter.begin", text)
    field(page, "letter.own").fill(OWN)
    with screens.another_run(page):
        field(page, "letter.own").press("Control+Enter")
    assert f"1. {OWN}" in text.input_value()
    edited = text.input_value().replace("Madame, Monsieur,", "Madame Roux,", 1)
    write(page, "letter.text", edited)
    is_for_everyone(page)
    press(page, "letter.keep", page.get_by_text(say("letter.saved")))

    assert downloaded(page, "letter.plain", tmp_path).decode() == edited.strip()
    # Each page of a specimen begins with its watermark.
    pdf, mark = text_of(downloaded(page, "letter.pdf", tmp_path)), say("letter.watermark")
    assert squeezed(pdf.replace(mark, "")) == squeezed(edited.replace(mark, ""))
    expect(page.get_by_text("Madame Roux,")).to_be_visible()
    is_for_everyone(page)

    press(page, "contest.begin", field(page, "contest.words"))
    write(page, "contest.words", SAYS)
    is_for_everyone(page)
    press(page, "contest.save", page.get_by_text(say("contest.waits_today")))
    expect(page.get_by_text(SAYS, exact=True)).to_be_visible()

    press(page, "contest.answer", button(page, "decision.save", LANGUAGE))
    with screens.another_run(page):
        page.get_by_role("radio", name=say("decision.granted"), exact=True).click()
    screens.pick(page, say("decision.reason"), say("decision.reason_income"))
    write(page, "decision.words", "Contrat confirmé par téléphone")
    button(page, "decision.save", LANGUAGE).click()
    expect(field(page, "decision.words")).to_have_count(0, timeout=screens.SECONDS)
    screens.ready(page)
    choose_row(page, 2, page.get_by_text(say("contest.answered_by", entry="").strip()))
