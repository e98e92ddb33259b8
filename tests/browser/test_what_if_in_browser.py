"""What if, what would flip it and the paper, as an officer uses them in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from core.dictionary.lookup import label
from core.i18n.translations import Language, percent, translate
from core.records import Decision, Verdict
from core.scoring.assess import Model
from core.settings import Settings
from core.what_if.loan_offer import map_loans
from core.what_if.loan_terms import Term, with_term
from core.what_if.simulation import simulate
from tests.browser import screens
from tests.browser.conftest import LOCALES, Visit
from tests.browser.test_for_everyone import PHONE, fits, open_folds, violations
from tests.pages.people import People

pytestmark = pytest.mark.browser

AMOUNT = 150000.0
TITLES = {"what_if": "simulation.title", "offer": "offer.title"}


def open_part(page: Page, part: str, language: Language = "en") -> None:
    """Opens a part and waits for the last that it draws."""
    page.get_by_role("radio", name=translate(f"part.{part}", language), exact=True).click()
    last = {"what_if": page.get_by_role("button", name=translate("simulation.keep", language))}
    last["offer"] = page.get_by_text(translate("table.open", language), exact=True).last
    expect(page.get_by_role("heading", name=translate(TITLES[part], language))).to_be_visible(timeout=screens.SECONDS)
    expect(last[part]).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)


def amount(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Loan amount")


def simulated(page: Page) -> Locator:
    return screens.figure(page, "what_if_bar").locator("svg .scatterlayer .textpoint text").last


def test_an_amount_typed_with_the_keyboard_moves_the_mark_and_is_there_after_another_page(
    visit: Visit, people: People, model: Model
) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    edits = with_term(people.row(client), {}, Term.AMOUNT, AMOUNT)
    found = simulate(model, people.row(client), edits, review_band=Settings().review_band)
    decision = found.after.decisions[0]
    wanted = f"{translate('simulation.simulated', 'en')} {percent(decision.solvency, 'en', 1)}"
    page = visit(f"/client?id={client}")
    open_part(page, "what_if")
    amount(page).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(f"{AMOUNT:.0f}")
    page.keyboard.press("Enter")
    expect(simulated(page)).to_have_text(wanted, timeout=screens.SECONDS)
    expect(page.get_by_text(translate("simulation.badge", "en"))).to_be_visible()
    page.get_by_role("link", name=translate("page.raw_data", "en")).click()
    expect(page.get_by_role("heading", name=translate("raw.title", "en"))).to_be_visible(timeout=screens.SECONDS)
    page.get_by_role("link", name=translate("page.client", "en")).click()
    expect(simulated(page)).to_have_text(wanted, timeout=screens.SECONDS)
    expect(amount(page)).to_have_value(f"{AMOUNT:,.0f}")


def test_the_map_is_drawn_with_its_line_and_both_loans(visit: Visit, people: People, model: Model) -> None:
    def has_offer(row: dict[str, Any], decision: Decision) -> bool:
        if decision.verdict is not Verdict.UNFAVOURABLE:
            return False
        loans = map_loans(model, row, review_band=Settings().review_band)
        return loans is not None and loans.nearest is not None

    page = visit(f"/client?id={people.first(has_offer)}")
    open_part(page, "offer")
    drawn = screens.figure(page, "loan_map")
    expect(drawn.locator("svg .heatmaplayer image")).to_have_count(1, timeout=screens.SECONDS)
    expect(drawn.locator("svg .contourlayer .contourlines path").first).to_be_attached()
    expect(drawn.locator("svg .scatterlayer .points path").first).to_be_visible()
    for loan in ("offer.asked", "offer.nearest_mark"):
        expect(drawn.locator("svg .legend").get_by_text(translate(loan, "en"))).to_be_visible()


@pytest.mark.parametrize("language", list(LOCALES))
def test_the_file_comes_as_a_pdf(visit: Visit, people: People, tmp_path: Path, language: Language) -> None:
    client = people.with_verdict(Verdict.TO_REVIEW)
    page = visit(f"/client?id={client}", locale=LOCALES[language])
    screens.shows_client(page, client)
    with page.expect_download(timeout=screens.SECONDS) as download:
        page.get_by_role("button", name=translate("paper.button", language)).click()
    assert download.value.suggested_filename == f"client-{client}.pdf"
    download.value.save_as(tmp_path / "file.pdf")
    assert (tmp_path / "file.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(("theme", "language"), [("light", "fr"), ("dark", "en")])
@pytest.mark.parametrize("part", ["what_if", "offer"])
def test_both_parts_are_accessible_and_fit_a_telephone(
    visit: Visit, people: People, part: str, theme: str, language: Language
) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    page = visit(f"/client?id={client}", color_scheme=theme, locale=LOCALES[language], viewport=PHONE)
    open_part(page, part, language)
    open_folds(page)
    assert violations(page) == []
    fits(page)


def test_what_is_chosen_stays_chosen_in_the_other_language_and_back(visit: Visit, people: People) -> None:
    page = visit(f"/client?id={people.with_verdict(Verdict.UNFAVOURABLE)}")
    screens.open_part(page, "part.compared")
    box = page.get_by_role("combobox").first
    box.fill(label("EXT_SOURCE_3", "en"))
    page.keyboard.press("Enter")
    expect(page.get_by_text(label("EXT_SOURCE_3", "en")).first).to_be_visible(timeout=screens.SECONDS)
    languages: tuple[tuple[str, Language], ...] = (("Français", "fr"), ("English", "en"), ("Français", "fr"))
    for name, language in languages:
        page.get_by_role("radio", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=translate("compared.title", language))).to_be_visible(
            timeout=screens.SECONDS
        )
        expect(box).to_have_value(label("EXT_SOURCE_3", language), timeout=screens.SECONDS)
        assert not page.locator('[data-testid="stException"]').count()
    open_part(page, "what_if", "fr")
    for name, language in (("English", "en"), ("Français", "fr"), ("English", "en")):
        page.get_by_role("radio", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=translate("simulation.title", language))).to_be_visible(
            timeout=screens.SECONDS
        )
        expect(page.get_by_text(translate("simulation.unchanged", language))).to_be_visible(timeout=screens.SECONDS)
