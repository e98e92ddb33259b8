"""Files that an officer brings: read at once, or told by row and column while the client on the screen stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.i18n.translations import Language, translate
from core.records import Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings
from tests.browser import screens
from tests.browser.conftest import LOCALES, Desk, Visit
from tests.pages import files
from tests.pages.people import People

pytestmark = pytest.mark.browser

NEW = 700001
BAND = Settings().review_band


@pytest.fixture
def row(people: People) -> files.Row:
    """A loaded client, to be brought along under another id."""
    return files.renamed(people.row(people.with_verdict(Verdict.FAVOURABLE)), NEW)


@pytest.mark.parametrize("kind", ["raw.csv", "encoded.csv", "raw.json", "encoded.json"])
def test_one_client_of_a_file_is_shown_with_the_answer_of_its_row(
    desk: Desk, people: People, model: Model, row: files.Row, tmp_path: Path, kind: str
) -> None:
    sent = files.encoded(model, row) if kind.startswith("encoded") else row
    file = tmp_path / kind
    file.write_bytes(files.as_json(files.numbers(sent)) if kind.endswith("json") else files.as_csv(sent))
    page = desk(people.with_verdict(Verdict.UNFAVOURABLE))
    screens.upload_clients(page, file, screens.heading(page, NEW))
    screens.shows_client(page, NEW)
    wanted = assess(model, [row], review_band=BAND).decisions[0]
    expect(screens.verdict(page)).to_contain_text(translate(f"verdict.{wanted.verdict}", "en"))
    screens.shows_gauge(page, wanted.solvency, wanted.solvency_line)
    expect(page.get_by_text(translate("first_look.synthetic", "en"))).to_have_count(0)


def test_the_good_rows_of_a_file_are_usable_and_the_bad_one_is_named(
    visit: Visit, row: files.Row, tmp_path: Path
) -> None:
    file = tmp_path / "three.csv"
    bad = {**files.renamed(row, NEW + 1), "AMT_CREDIT": "much"}
    file.write_bytes(files.as_csv(row, bad, files.renamed(row, NEW + 2)))
    page = visit("/client")
    screens.upload_clients(page, file, screens.heading(page, NEW))
    screens.shows_client(page, NEW)
    said = "Row 3, column AMT_CREDIT: a number is expected here, not text"
    expect(screens.alert(page, said)).to_be_visible()
    expect(screens.offered(page)).to_have_text([str(NEW), str(NEW + 2)])
    screens.offered(page).filter(has_text=str(NEW + 2)).click()
    screens.shows_client(page, NEW + 2)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b" \n", "The file is empty; choose a file"),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0", "The file is neither CSV, Excel"),
        ("book.xlsx", b"PK\x03\x04\x14\0\0", "The file is damaged"),
        ("no_id.csv", b"AMT_CREDIT\n1000\n", "The column SK_ID_CURR is not in the first line"),
        ("cut.json", b'{"data": [', "What was sent is not JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_the_client_stays(
    desk: Desk, people: People, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    page = desk(client)
    (tmp_path / name).write_bytes(content)
    screens.upload_clients(page, tmp_path / name, screens.alert(page, said))
    screens.shows_client(page, client)
    expect(screens.verdict(page)).to_contain_text(translate("verdict.unfavourable", "en"))


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("AMT_ANNUITY", "a lot", "Row 2, column AMT_ANNUITY: a number is expected here, not text"),
        ("DAYS_BIRTH", "", "Row 2, column DAYS_BIRTH: it is missing, and without it the client cannot be scored"),
        ("SK_ID_CURR", "12.5", "Row 2, column SK_ID_CURR: the client’s id must be a whole number"),
        ("FLAG_OWN_REALTY", "maybe", "Row 2, column FLAG_OWN_REALTY: this code is not one of those"),
    ],
)
def test_a_cell_that_cannot_be_used_is_told_by_row_and_column_and_the_client_stays(
    desk: Desk, people: People, row: files.Row, tmp_path: Path, column: str, cell: str, said: str
) -> None:
    client = people.with_verdict(Verdict.UNFAVOURABLE)
    page = desk(client)
    file = tmp_path / "bad.csv"
    file.write_bytes(files.as_csv({**row, column: cell}))
    screens.upload_clients(page, file, screens.alert(page, said))
    screens.shows_client(page, client)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_file_that_is_not_taken_is_told_of_in_a_sentence(visit: Visit, tmp_path: Path, language: Language) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"0" * (Settings().max_upload_mb * 2**20 + 1))
    page = visit("/portfolio", locale=LOCALES[language])
    page.locator("input[type=file]").set_input_files(large)
    refused = page.get_by_test_id("stFileChips").filter(has=page.locator("[aria-invalid=true]"))
    expect(refused).to_be_visible(timeout=screens.SECONDS)
    said = json.loads(refused.evaluate("chips => getComputedStyle(chips, '::after').content"))
    assert said == translate("frame.upload_failed", language, limit=Settings().max_upload_mb)
    refused.locator("[aria-invalid=true]").hover()
    why = page.get_by_test_id("stTooltipErrorContent")
    expect(why).to_have_count(1)
    expect(why).to_be_hidden()
