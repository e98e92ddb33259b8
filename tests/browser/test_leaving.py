"""What becomes of a click and of a file when a screen is left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from core.i18n.translations import translate
from core.records import Verdict
from tests.browser import screens
from tests.browser.conftest import Visit
from tests.browser.serving import UVICORN, free_port, serving
from tests.pages import files
from tests.pages.people import People

pytestmark = pytest.mark.browser


class Line:
    """Between a browser and the server: the browser's file, and what the server sends, can be held up.

    asked: the page named by each of the browser's requests, in their order.
    """

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self._files: list[Route] = []
        self._held: list[bytes | str] | None = None
        page.route_web_socket(re.compile("_stcore/stream"), self._connect)
        page.route(re.compile("_stcore/upload_file"), lambda route: self._files.append(route))

    def _connect(self, browser: WebSocketRoute) -> None:
        self._browser, server = browser, browser.connect_to_server()

        def ask(sent: bytes | str) -> None:
            if isinstance(sent, bytes) and (message := BackMsg.FromString(sent)).WhichOneof("type") == "rerun_script":
                self.asked.append(message.rerun_script.page_script_hash)
            server.send(sent)

        def answer(sent: bytes | str) -> None:
            if self._held is None:
                browser.send(sent)
            else:
                self._held.append(sent)

        browser.on_message(ask)
        server.on_message(answer)

    def hold_up(self, page: Page) -> None:
        """Once a file is to be sent, nothing comes from the server."""
        screens.until(page, lambda: bool(self._files))
        self._held = []

    def let_file_through(self) -> None:
        """The file that was chosen is sent."""
        self._files.pop().continue_()

    def go_on(self) -> None:
        """What was held up comes, and all that follows."""
        held, self._held = self._held or [], None
        for sent in held:
            self._browser.send(sent)


def test_a_click_on_another_screen_counts_though_a_file_comes_in_just_after_it(visit: Visit) -> None:
    page = visit("/portfolio")
    line = Line(page)
    page.reload()
    screens.ready(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "branch.csv", "mimeType": "text/csv", "buffer": b"SK_ID_CURR\n1\n"}
    )
    line.hold_up(page)
    asked = len(line.asked)
    page.get_by_role("link", name=translate("page.raw_data", "en")).click()
    screens.until(page, lambda: len(line.asked) == asked + 1)
    line.let_file_through()
    screens.until(page, lambda: len(line.asked) == asked + 2)
    clicked, told = line.asked[asked:]
    assert told != clicked
    line.go_on()
    example = page.get_by_role("button", name=translate("raw.example", "en"))
    expect(example).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)
    expect(example).to_be_visible()
    page.get_by_role("link", name=translate("page.portfolio", "en")).click()
    expect(page.get_by_text(translate("portfolio.file", "en"))).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)
    expect(page.locator("input[type=file]")).to_have_count(1)


def test_files_of_a_tab_that_is_open_all_day_do_not_add_up_to_the_limit(visit: Visit, tmp_path: Path) -> None:
    """Each is no file of clients, so that the visit itself keeps nothing of it; three of them are over the limit."""
    port = free_port()
    settings = {"MAX_VISITS_MB": "64"}
    useless = tmp_path / "photograph.csv"
    useless.write_bytes(b"\0" * 30 * 2**20)
    with serving((*UVICORN, "--port", str(port)), port, tmp_path / "log.txt", settings) as address:
        page = visit("/portfolio", at=address)
        for _ in range(3):
            page.locator("input[type=file]").set_input_files(useless)
            expect(page.get_by_role("alert").first).to_be_visible(timeout=screens.SECONDS)
            screens.ready(page)
            expect(page.get_by_text(useless.name)).to_be_visible()
            page.get_by_role("link", name=translate("page.raw_data", "en")).click()
            expect(page.get_by_role("button", name=translate("raw.example", "en"))).to_be_visible()
            page.get_by_role("link", name=translate("page.portfolio", "en")).click()
            expect(page.get_by_text(useless.name)).to_have_count(0)
            screens.ready(page)
        page.close()
    assert "upload refused" not in (tmp_path / "log.txt").read_text()


def test_a_link_to_the_screen_that_is_already_there_leaves_its_file(
    visit: Visit, people: People, tmp_path: Path
) -> None:
    file = tmp_path / "branch.csv"
    brought = [people.with_verdict(verdict) for verdict in Verdict]
    file.write_bytes(files.as_csv(*map(people.row, brought)))
    page = visit("/portfolio")
    page.locator("input[type=file]").set_input_files(file)
    tiles = page.locator("dl.tiles")
    expect(tiles).to_be_visible(timeout=screens.SECONDS)
    screens.ready(page)
    with screens.another_run(page):
        page.get_by_role("link", name=translate("page.portfolio", "en")).click()
    with screens.another_run(page):
        page.get_by_role("checkbox", name=translate("portfolio.tick", "en", client=brought[0])).press("Space")
    expect(tiles).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
