"""A file of clients in a real browser: uploaded, sorted out, a client opened by a click, two compared, downloads."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow.parquet as pa_parquet
import pytest
from playwright.sync_api import Page, expect

from core.i18n.translations import Language, translate
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
    """Uploads the file and waits for its pictures."""
    page.locator("input[type=file]").set_input_files(file)
    expect(screens.figure(page, "portfolio_distribution").locator("svg .bars").first).to_be_visible(
        timeout=screens.SECONDS
    )
    screens.ready(page)


def cell(page: Page, row: int, column: int) -> tuple[float, float]:
    """The middle of a cell of the table; rows and columns count from 0, the ticks being column −1."""
    box = page.locator("[class*=st-key-portfolio_table]").get_by_test_id("stDataFrame").bounding_box()
    assert box
    left = 20 if column < 0 else 34 + 45 + 90 * column
    return box["x"] + left, box["y"] + 35 * (row + 1.5)


def test_a_click_on_a_row_opens_that_client_with_the_others_of_the_file_at_hand(
    visit: Visit, file: Path, rows: list[dict[str, object]], model: Model
) -> None:
    page = visit("/portfolio")
    score(page, file)
    table = page.locator("[class*=st-key-portfolio_table]")
    table.scroll_into_view_if_needed()
    page.mouse.click(*cell(page, 2, 0))
    client = rows[2]["SK_ID_CURR"]
    screens.shows_client(page, str(client))
    wanted = assess(model, [rows[2]], review_band=Settings().review_band).decisions[0]
    screens.shows_gauge(page, wanted.solvency, wanted.solvency_line)
    expect(page.get_by_text(f"{N - 1} clients read from")).to_be_visible()
    page.get_by_role("link", name=translate("page.portfolio", "en")).click()
    expect(screens.figure(page, "portfolio_distribution").locator("svg .bars").first).to_be_visible(
        timeout=screens.SECONDS
    )
    screens.ready(page)
    expect(page).to_have_url(re.compile("/portfolio$"))


def test_two_ticked_rows_are_compared(visit: Visit, file: Path, rows: list[dict[str, object]]) -> None:
    page = visit("/portfolio")
    score(page, file)
    page.locator("[class*=st-key-portfolio_table]").scroll_into_view_if_needed()
    for row in (3, 4):
        page.mouse.click(*cell(page, row, -1))
        screens.ready(page)
    first, second = (str(rows[row]["SK_ID_CURR"]) for row in (3, 4))
    page.get_by_role("button", name=translate("portfolio.compare", "en", first=first, second=second)).click()
    expect(screens.heading(page, first)).to_be_visible(timeout=screens.SECONDS)
    expect(screens.figure(page, "differences")).to_be_visible(timeout=screens.SECONDS)
    expect(page.get_by_role("searchbox", name=translate("compared.other", "en"))).to_have_value(second)


def test_results_and_refused_rows_are_downloaded(visit: Visit, file: Path, tmp_path: Path) -> None:
    page = visit("/portfolio")
    score(page, file)
    with page.expect_download() as got:
        page.get_by_role("button", name=translate("portfolio.parquet", "en"), exact=True).click()
    got.value.save_as(tmp_path / "portfolio.parquet")
    assert pa_parquet.read_table(tmp_path / "portfolio.parquet").num_rows == N - 1
    with page.expect_download() as got:
        page.get_by_role("button", name=translate("portfolio.mend", "en")).click()
    got.value.save_as(tmp_path / "rejects.csv")
    assert "AMT_CREDIT: it is missing" in (tmp_path / "rejects.csv").read_text()


@pytest.mark.parametrize(("theme", "language"), [("light", "fr"), ("dark", "en")])
def test_portfolio_is_accessible_and_fits_a_telephone(visit: Visit, file: Path, theme: str, language: Language) -> None:
    page = visit("/portfolio", color_scheme=theme, locale=LOCALES[language])
    assert violations(page) == []
    score(page, file)
    open_folds(page)
    assert violations(page) == []
    small = visit("/portfolio", color_scheme=theme, locale=LOCALES[language], viewport=PHONE)
    score(small, file)
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
    expect(page.get_by_text(f"{N - 1} clients scored out of {N} rows")).to_be_visible(timeout=screens.SECONDS)
