"""A file of clients in a real browser: uploaded, filtered, worked through, two clients compared, downloads."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pa_parquet
import pytest
from playwright.sync_api import Locator, Page, expect

from core.i18n.translations import Language, translate
from core.records import Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings
from core.synthetic.constraints import history_of
from tests.browser import screens
from tests.browser.conftest import LOCALES, Visit
from tests.browser.test_for_everyone import PHONE, fits, open_folds, violations
from tests.core.drawn import draw_rows
from tests.pages import files

pytestmark = pytest.mark.browser

N = 60
SCROLLED = "document.querySelector('.stMain').scrollTop"


@pytest.fixture(scope="module")
def rows(model: Model) -> list[dict[str, object]]:
    drawn = draw_rows(model, N, seed=22, missing=0.0)
    return [{name: row.get(name) for name in drawn[0]} for row in drawn]


@pytest.fixture(scope="module")
def file(rows: list[dict[str, object]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty clients, one of them without an amount."""
    written = tmp_path_factory.mktemp("portfolio") / "branch.csv"
    written.write_bytes(files.as_csv(*rows[:5], {**rows[5], "AMT_CREDIT": ""}, *rows[6:]))
    return written


def score(page: Page, file: Path) -> None:
    """Uploads the file and waits for its clients."""
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(re.compile(r"^(File in use: branch|Fichier utilisé.*branch)"))).to_be_visible(
        timeout=screens.SECONDS
    )
    expect(page.locator("dl.tiles")).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)


def link(page: Page, client: object) -> Locator:
    """The link to a client's file."""
    return page.locator(".st-key-queue_rows").get_by_role("link", name=str(client), exact=True)


def test_the_queue_is_worked_through_with_the_keyboard_and_keeps_its_filter(
    visit: Visit, file: Path, rows: list[dict[str, object]], model: Model
) -> None:
    page = visit("/portfolio")
    score(page, file)
    found = assess(model, [*rows[:5], *rows[6:]], review_band=Settings().review_band)
    refused = [index for index, each in enumerate(found.decisions) if each.verdict is Verdict.UNFAVOURABLE]
    order = sorted(refused, key=lambda index: found.decisions[index].solvency)
    first, second = (found.aligned.ids[index] for index in order[:2])
    with screens.another_run(page):
        page.get_by_role("button", name=re.compile(translate("verdict.unfavourable", "en"))).click()
    with screens.another_run(page):
        page.get_by_role("combobox", name=translate("portfolio.sort", "en")).click()
        page.get_by_role("option", name=translate("portfolio.sort_solvency", "en"), exact=True).click()
    expect(page).to_have_url(re.compile(r"only=unfavourable&sort=solvency$"))
    page.get_by_role("checkbox", name=translate("portfolio.tick", "en", client=str(first))).focus()
    page.keyboard.press("Tab")
    expect(link(page, first)).to_be_focused()
    page.keyboard.press("Enter")
    screens.shows_client(page, first)
    decision = found.decisions[order[0]]
    screens.shows_gauge(page, decision.solvency, decision.solvency_line)
    position = translate("queue.position", "en", place="1", total=str(len(refused)))
    expect(page.get_by_text(position)).to_be_visible()
    expect(page.get_by_role("button", name=translate("queue.previous", "en"))).to_be_disabled()
    page.reload()
    expect(page.get_by_text(position)).to_be_visible(timeout=screens.SECONDS)
    with screens.another_run(page):
        page.get_by_role("button", name=translate("decision.decide", "en"), exact=True).click()
    with screens.another_run(page):
        page.get_by_role("radio", name=translate("decision.refused", "en"), exact=True).click()
    page.get_by_role("textbox", name=translate("decision.who", "en")).fill("Camille")
    page.get_by_role("button", name=translate("decision.save", "en"), exact=True).click()
    next_file = page.get_by_role("button", name=translate("queue.next_file", "en"), exact=True)
    expect(next_file).to_be_visible(timeout=screens.SECONDS)
    page.evaluate("document.querySelector('.stMain').scrollTo(0, 500)")
    assert page.evaluate(SCROLLED) > 0
    next_file.press("Enter")
    screens.shows_client(page, second)
    screens.until(page, lambda: page.evaluate(SCROLLED) == 0)
    page.get_by_role("button", name=translate("queue.previous", "en"), exact=True).click()
    screens.shows_client(page, first)
    page.get_by_role("button", name=translate("queue.next", "en"), exact=True).click()
    screens.shows_client(page, second)
    expect(page.get_by_text(f"{N - 1} clients read from")).to_be_visible()
    page.get_by_role("link", name=translate("queue.back", "en")).click()
    expect(link(page, first)).to_be_visible(timeout=screens.SECONDS)
    expect(page.locator(".queue-line")).to_have_count(min(len(refused), 25))
    expect(page).to_have_url(re.compile(r"only=unfavourable&sort=solvency$"))


def test_two_ticked_clients_are_compared(visit: Visit, file: Path, rows: list[dict[str, object]]) -> None:
    page = visit("/portfolio")
    score(page, file)
    first, second = (str(rows[row]["SK_ID_CURR"]) for row in (3, 4))
    for client in (first, second):
        box = page.get_by_role("checkbox", name=translate("portfolio.tick", "en", client=client))
        with screens.another_run(page):
            box.focus()
            page.keyboard.press("Space")
    page.get_by_role("button", name=translate("portfolio.compare", "en", first=first, second=second)).click()
    expect(screens.heading(page, first)).to_be_visible(timeout=screens.SECONDS)
    expect(screens.figure(page, "differences")).to_be_visible(timeout=screens.SECONDS)
    expect(page.get_by_role("searchbox", name=translate("compared.other", "en"))).to_have_value(second)


def test_results_and_refused_rows_are_downloaded(visit: Visit, file: Path, tmp_path: Path) -> None:
    page = visit("/portfolio")
    score(page, file)
    page.get_by_role("button", name=translate("portfolio.download", "en")).click()
    with page.expect_download() as got:
        page.get_by_role("button", name=translate("portfolio.parquet", "en"), exact=True).click()
    got.value.save_as(tmp_path / "portfolio.parquet")
    assert pa_parquet.read_table(tmp_path / "portfolio.parquet").num_rows == N - 1
    page.keyboard.press("Escape")
    view(page, "refused")
    with page.expect_download() as got:
        page.get_by_role("button", name=translate("portfolio.mend", "en")).click()
    got.value.save_as(tmp_path / "rejects.csv")
    assert "AMT_CREDIT: it is missing" in (tmp_path / "rejects.csv").read_text()


def view(page: Page, name: str, language: Language = "en") -> None:
    """Shows the list, the charts or the refused rows."""
    with screens.another_run(page):
        page.get_by_role("radio", name=re.compile(f"^{translate(f'portfolio.view_{name}', language)}")).click()
    screens.ready(page)


@pytest.mark.parametrize(("theme", "language"), [("light", "fr"), ("dark", "en")])
def test_portfolio_is_accessible_and_fits_a_telephone(visit: Visit, file: Path, theme: str, language: Language) -> None:
    page = visit("/portfolio", color_scheme=theme, locale=LOCALES[language])
    assert violations(page) == []
    score(page, file)
    assert violations(page) == []
    for name in ("charts", "refused"):
        view(page, name, language)
        open_folds(page)
        assert violations(page) == []
    small = visit("/portfolio", color_scheme=theme, locale=LOCALES[language], viewport=PHONE)
    fits(small)
    score(small, file)
    fits(small)
    for name in ("charts", "refused"):
        view(small, name, language)
        open_folds(small)
        fits(small)


def test_stop_ends_a_run_that_goes_on_behind_other_screens_and_another_can_begin(
    visit: Visit, file: Path, model: Model, tmp_path: Path
) -> None:
    large = tmp_path / "large.csv"
    drawn = draw_rows(model, 200, seed=23, missing=0.0)
    # With histories so many clients would be too large a file.
    names = [name for name in drawn[0] if history_of(name) is None]
    first = [{name: row.get(name) for name in names} for row in drawn]
    large.write_bytes(files.as_csv(*({**first[place % 200], "SK_ID_CURR": place + 1} for place in range(30_000))))
    page = visit("/portfolio")
    page.locator("input[type=file]").set_input_files(large)
    expect(page.get_by_text(re.compile(r"of 30,000 clients"))).to_be_visible(timeout=screens.SECONDS)
    page.get_by_role("link", name=translate("page.client", "en")).click()
    screens.ready(page)
    page.get_by_role("link", name=translate("page.portfolio", "en")).click()
    page.get_by_role("button", name=translate("portfolio.stop", "en"), exact=True).click()
    stopped = page.get_by_text(re.compile(r"^Stopped: [\d,]+ rows of 30,000 done"))
    expect(stopped).to_be_visible(timeout=screens.SECONDS)
    expect(stopped).not_to_contain_text("30,000 rows")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    score(page, file)
    expect(page.get_by_text(translate("portfolio.of_rows", "en", n=N))).to_be_visible(timeout=screens.SECONDS)
