"""What one visitor brings: no other sees it, no disk holds it, and nothing written in it is more than text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from core.i18n.translations import translate
from core.records import Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings
from tests.browser import screens
from tests.browser.conftest import Visit, open_page
from tests.browser.serving import free_port, serving
from tests.pages import files
from tests.pages.people import People

pytestmark = pytest.mark.browser

BAND = Settings().review_band
NEW = 700001
MARK = "Visitor's own file"
MB = 2**20
NO_FILES = (
    "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20)); from uvicorn.main import main; main()"
)
HOSTILE = (
    '<img src=x onerror="window.ran=1"><script>window.ran=1</script>**loud** [go](javascript:window.ran=1) '
    ":material/bolt: :red[red] $x^2$ ![p](x) https://evil.example/x www.evil.example me@evil.example <http://evil.example>"
)
SIGNS_OF_LIFE = """() => [
    window.ran,
    ...[...document.querySelectorAll('a[href*="evil.example"]')].map(e => e.outerHTML),
    ...[...document.querySelectorAll('.katex, [src="x"], a[href^="javascript"], svg a')].map(e => e.outerHTML),
    ...[...document.querySelectorAll('strong, b, em')].map(e => e.textContent).filter(t => t.includes('loud')),
    ...[...document.querySelectorAll('[data-testid=stIconMaterial]')].map(e => e.textContent).filter(t => t == 'bolt'),
].filter(Boolean)"""
TEXTS = ("NAME_CONTRACT_TYPE", "NAME_INCOME_TYPE", "NAME_EDUCATION_TYPE", "NAME_HOUSING_TYPE", "OCCUPATION_TYPE")


@pytest.fixture
def row(people: People) -> files.Row:
    """A loaded client, to be brought along under another id."""
    return files.renamed(people.row(people.with_verdict(Verdict.FAVOURABLE)), NEW)


def upload_portfolio(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("dl.tiles")).to_be_visible(timeout=3 * screens.SECONDS)
    screens.ready(page)


def heard(page: Page) -> list[bytes]:
    """All that comes to this page by WebSocket from its next address on."""
    got: list[bytes] = []

    def take(frame: Any) -> None:
        got.append(frame if isinstance(frame, bytes) else str(frame).encode())

    page.on("websocket", lambda socket: socket.on("framereceived", take))
    return got


def test_a_visitor_never_sees_what_another_brought(visit: Visit, row: files.Row, tmp_path: Path) -> None:
    file = tmp_path / "branch.csv"
    file.write_bytes(files.as_csv({**row, MARK: "1"}, {**files.renamed(row, NEW + 1), MARK: "1"}))
    first, second = visit("/client"), visit("/portfolio")
    told, shown = heard(second), heard(first)
    first.reload()
    screens.upload_clients(first, file, screens.heading(first, NEW))
    screens.shows_client(first, NEW)
    screens.open_part(first, "part.known")
    second.goto(f"{second.url.removesuffix('/portfolio')}/client?id={NEW}")
    expect(screens.alert(second, str(NEW))).to_be_visible(timeout=screens.SECONDS)
    screens.search(second).fill(str(NEW))
    expect(second.get_by_text(translate("picker.none", "en"))).to_be_visible(timeout=screens.SECONDS)
    assert screens.offered(second).count() == 0
    assert MARK.split("'")[1].encode() in b"".join(shown)
    assert MARK.split("'")[1].encode() not in b"".join(told)


def test_the_same_id_of_two_visitors_stays_two_clients(
    visit: Visit, people: People, model: Model, tmp_path: Path
) -> None:
    pages = []
    for number, verdict in enumerate((Verdict.FAVOURABLE, Verdict.UNFAVOURABLE)):
        brought = files.renamed(people.row(people.with_verdict(verdict)), NEW)
        file = tmp_path / f"{number}.csv"
        file.write_bytes(files.as_csv(brought))
        page = visit("/client")
        screens.upload_clients(page, file, screens.heading(page, NEW))
        screens.open_part(page, "part.offer")
        pages.append((page, assess(model, [brought], review_band=BAND).decisions[0]))
    for page, decision in pages:
        screens.shows_gauge(page, decision.solvency, decision.solvency_line)
        page.get_by_role("radio", name="Français").click()
        expect(page.get_by_role("radio", name=translate("part.offer", "fr"))).to_be_visible(timeout=screens.SECONDS)
        screens.shows_gauge(page, decision.solvency, decision.solvency_line, "fr")


@pytest.fixture(scope="module")
def without_files(people: People, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that can write no file longer than a megabyte, not even one without a name; nor can its children."""
    port, folder = free_port(), tmp_path_factory.mktemp("without")
    loaded = folder / "loaded.csv"
    loaded.write_bytes(files.as_csv(people.row(people.with_verdict(Verdict.FAVOURABLE))))
    command = ("-c", NO_FILES, "dashboard:app", "--host", "127.0.0.1", "--port", str(port))
    with serving(command, port, folder / "log.txt", {"CLIENTS": str(loaded)}) as address:
        yield address


def test_an_upload_is_in_memory_from_the_first_byte_to_the_last(
    visit: Visit, row: files.Row, tmp_path: Path, without_files: str
) -> None:
    file = tmp_path / "many.csv"
    file.write_bytes(files.as_csv(*({**files.renamed(row, NEW + n), "NOTE": "n" * 4000} for n in range(1500))))
    assert file.stat().st_size > 5 * MB
    page = visit("/client", at=without_files)
    screens.upload_clients(page, file, screens.heading(page, NEW))
    page = visit("/portfolio", at=without_files)
    upload_portfolio(page, file)
    expect(page.get_by_text(translate("portfolio.of_rows", "en", n=1500))).to_be_visible()


def test_what_is_written_in_a_client_s_file_is_shown_as_it_is_and_never_runs(
    visit: Visit, row: files.Row, tmp_path: Path
) -> None:
    brought = {**row, **dict.fromkeys(TEXTS, HOSTILE), HOSTILE: HOSTILE}
    file = tmp_path / "<img src=x onerror=window.ran=1> **loud** $x^2$ www.evil.example me@evil.example.csv"
    bad = {**brought, "SK_ID_CURR": NEW + 1, "AMT_CREDIT": HOSTILE}
    file.write_bytes(files.as_csv(brought, bad, files.renamed(brought, NEW + 2)))
    page = visit("/client")
    screens.upload_clients(page, file, screens.heading(page, NEW))
    looked: list[str] = []
    for part in ("part.why", "part.known", "part.compared", "part.what_if", "part.offer"):
        screens.open_part(page, part)
        for folded in page.get_by_test_id("stExpander").all():
            if folded.locator("details:not([open]) > summary").count():
                folded.locator("summary").first.click()
                expect(folded.locator("details[open]").first).to_be_visible(timeout=screens.SECONDS)
        page.evaluate(screens.SETTLED)
        screens.ready(page)
        assert page.evaluate(SIGNS_OF_LIFE) == []
        looked.append(page.inner_text("body"))
    assert "<img src=x onerror" in looked[1]
    assert "**loud**" in looked[1]

    page = visit("/portfolio")
    upload_portfolio(page, file)
    assert page.evaluate(SIGNS_OF_LIFE) == []
    assert "<img src=x onerror" in page.inner_text("body")

    page = visit("/raw-data")
    page.get_by_role("textbox").first.fill(json.dumps({"data": [brought]}))
    page.get_by_role("button", name=translate("raw.read", "en")).click()
    expect(page.get_by_role("heading", name=translate("raw.request", "en"), exact=True)).to_be_visible(
        timeout=screens.SECONDS
    )
    page.get_by_text(translate("raw.show_answer", "en")).click()
    expect(page.get_by_test_id("stJson")).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)
    assert page.evaluate(SIGNS_OF_LIFE) == []
    assert "<img src=x onerror" in page.inner_text("body")


def test_an_address_in_our_address_is_no_link(visit: Visit) -> None:
    for wanted in ("https://evil.example/", "www.evil.example", "me@evil.example"):
        page = visit(f"/client?id={quote(wanted, safe='')}")
        expect(screens.alert(page, "example")).to_be_visible(timeout=screens.SECONDS)
        assert page.evaluate(SIGNS_OF_LIFE) == []


def test_the_name_of_a_simulation_is_shown_as_it_is(visit: Visit, people: People) -> None:
    page = visit(f"/client?id={people.with_verdict(Verdict.TO_REVIEW)}")
    screens.open_part(page, "part.what_if")
    amount = page.get_by_role("textbox", name="Loan amount")
    amount.fill("100000")
    amount.press("Enter")
    keep = page.get_by_role("button", name=translate("simulation.keep", "en"))
    expect(keep).to_be_enabled(timeout=screens.SECONDS)
    screens.ready(page)
    name = page.get_by_label(translate("simulation.name", "en"))
    name.fill("**loud** $x^2$ :red[x] www.evil.example")
    with screens.another_run(page):
        name.press("Enter")
    keep.click()
    expect(page.get_by_test_id("stTable").get_by_text("**loud**")).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)
    assert page.evaluate(SIGNS_OF_LIFE) == []


def test_a_reload_loses_nothing_and_a_second_tab_shares_the_file_with_a_client_of_its_own(
    visit: Visit, row: files.Row, troubles: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "clients.csv"
    file.write_bytes(files.as_csv(row, files.renamed(row, NEW + 1)))
    first = visit("/client")
    screens.upload_clients(first, file, screens.heading(first, NEW))
    screens.shows_client(first, NEW)
    first.reload()
    screens.shows_client(first, NEW)
    (cookie,) = [each for each in first.context.cookies() if each["name"] == "aval_visit"]
    assert cookie["httpOnly"]
    assert cookie["value"] not in first.evaluate("document.cookie")

    second = open_page(first.context, first.url.partition("?")[0], troubles)
    second.get_by_role("searchbox", name=translate("picker.in_file", "en")).fill(str(NEW + 1))
    second.get_by_role("button", name=translate("picker.open", "en", client=str(NEW + 1))).click()
    screens.shows_client(second, NEW + 1)
    for page, client in ((first, NEW), (second, NEW + 1)):
        page.reload()
        screens.shows_client(page, client)

    second.goto(first.url.partition("/client")[0] + "/portfolio")
    screens.ready(second)
    upload_portfolio(second, file)
    second.reload()
    expect(second.locator(".queue-line")).to_have_count(2, timeout=screens.SECONDS)
    screens.ready(second)


def test_a_client_s_pdf_is_the_visit_s_own(visit: Visit, people: People) -> None:
    page = visit(f"/client?id={people.with_verdict(Verdict.TO_REVIEW)}")
    with page.expect_download(timeout=screens.SECONDS) as got:
        page.get_by_role("button", name=translate("paper.button", "en")).click()
    address = got.value.url
    assert page.context.request.get(address).status == 200
    other = visit("/client")
    assert other.context.request.get(address).status == 404
    with pytest.raises(HTTPError, match="404"):
        urlopen(address)


def test_a_download_is_the_visitor_s_own_however_alike_another_s_is(
    visit: Visit, row: files.Row, tmp_path: Path
) -> None:
    """9,000 clients each, one of whom differs; the results are as long, and equal where a media file is sampled."""
    odd, pages, downloads = 4000, [], []
    for number, credit in enumerate(("455123", "455124")):
        file = tmp_path / f"{number}.csv"
        rows = [files.renamed(row, 100000 + n) for n in range(9000)]
        rows[odd]["AMT_CREDIT"] = credit
        file.write_bytes(files.as_csv(*rows))
        pages.append(visit("/portfolio"))
        upload_portfolio(pages[-1], file)
    # One right after the other: what nobody's screen holds is cleared away when a page runs.
    for number, page in enumerate(pages):
        page.get_by_role("button", name=translate("portfolio.download", "en")).click()
        with page.expect_download(timeout=3 * screens.SECONDS) as got:
            page.get_by_role("button", name=translate("portfolio.csv", "en"), exact=True).click()
        got.value.save_as(tmp_path / f"results{number}.csv")
        downloads.append((tmp_path / f"results{number}.csv").read_bytes())
    first, second = downloads
    assert len(first) == len(second) > MB
    assert [first[n : n + 2**16] for n in (0, (len(first) - 2**16) // 2, len(first) - 2**16)] == [
        second[n : n + 2**16] for n in (0, (len(first) - 2**16) // 2, len(first) - 2**16)
    ]
    lines = [each.splitlines() for each in downloads]
    assert [n for n, (one, other) in enumerate(zip(*lines, strict=True)) if one != other] == [1 + odd]
