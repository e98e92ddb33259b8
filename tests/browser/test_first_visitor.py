"""The very first visitor after a start, on a deep link: where Streamlit's older kind of pages would show itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.i18n.translations import translate
from core.records import Verdict
from core.settings import ROOT
from tests.browser import screens
from tests.browser.conftest import Visit
from tests.browser.serving import MAX_SECONDS, UVICORN, environment, free_port, serving
from tests.pages.people import People

pytestmark = pytest.mark.browser


def test_the_first_visitor_on_a_deep_link_gets_the_frame_and_the_page(
    visit: Visit, people: People, tmp_path: Path
) -> None:
    port, client = free_port(), people.with_verdict(Verdict.FAVOURABLE)
    with serving((*UVICORN, "--port", str(port)), port, tmp_path / "log.txt", {}) as address:
        page = visit(f"/client?id={client}", at=address)
        screens.shows_client(page, client)
        expect(page).to_have_title(f"Client {client} · Aval")
        links = page.get_by_role("navigation").get_by_role("link")
        expect(links).to_have_count(5)
        for name in ("page.client", "page.portfolio", "page.raw_data", "page.journal", "page.model"):
            expect(page.get_by_role("link", name=translate(name, "en"), exact=True)).to_be_visible()
        expect(page.get_by_role("radio", name="Français")).to_be_visible()
        page.context.close()


def test_the_other_screen_has_an_address_of_its_own(visit: Visit) -> None:
    page = visit("/raw-data")
    expect(page.get_by_role("heading", name=translate("raw.title", "en"))).to_be_visible(timeout=screens.SECONDS)
    expect(page).to_have_title("Raw data · Aval")


def test_streamlit_finds_no_pages_folder_beside_the_frame() -> None:
    """A private name of Streamlit's, used here alone: what it holds decides between its two kinds of pages."""
    asked = (
        "import dashboard\n"
        "from streamlit.runtime.pages_manager import PagesManager\n"
        "PagesManager(str(dashboard.app.script_path))\n"
        "print(PagesManager.uses_pages_directory)"
    )
    got = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=MAX_SECONDS
    )
    assert got.stdout.strip() == "False", got.stderr
