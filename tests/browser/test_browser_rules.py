"""The policy of the pages: what it forbids does not happen, and the page of the routes works under its own.

That all screens work under theirs shows in every other test of this folder: a violation fails the one it happens in.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from core.records import Verdict
from tests.browser import screens
from tests.browser.conftest import VISITOR, Visit, watch
from tests.pages.people import People

pytestmark = pytest.mark.browser

# Each would leave its mark in the window if it could run.
INTRUDERS = {
    "script-src-elem inline": "() => { const s = document.createElement('script'); s.text = 'ran = 1'; head(s); }",
    "script-src-attr inline": """() => { const i = document.createElement('img');
        i.setAttribute('onerror', 'ran = 1'); i.src = 'data:,'; document.body.append(i); }""",
    "script-src-elem data": "() => { const s = document.createElement('script'); s.src = 'data:,ran=1'; head(s); }",
    "script-src eval": "() => { try { eval('ran = 1') } catch { } }",
    "connect-src http://127.0.0.1:9": "() => { fetch('http://127.0.0.1:9/').catch(() => { }) }",
    "frame-src https://127.0.0.1:9": """() => { const f = document.createElement('iframe');
        f.src = 'https://127.0.0.1:9/'; document.body.append(f); }""",
    "base-uri https://127.0.0.1:9": """() => { const b = document.createElement('base');
        b.href = 'https://127.0.0.1:9/'; head(b); }""",
}


def test_what_would_run_or_reach_elsewhere_is_refused(visit: Visit, people: People, troubles: list[str]) -> None:
    client = people.with_verdict(Verdict.FAVOURABLE)
    page = visit(f"/client?id={client}")
    screens.shows_client(page, client)
    assert troubles == []
    page.evaluate("() => { window.head = part => document.head.append(part); window.ran = 0 }")
    for refused, intruder in INTRUDERS.items():
        # A handler of the page runs it, for what a test evaluates itself is under no policy.
        page.evaluate(f"() => {{ setTimeout({intruder}) }}")
        said = f"policy: {refused}"
        screens.until(page, lambda said=said: any(said in each for each in troubles))  # type: ignore[misc]
    assert page.evaluate("ran") == 0
    troubles.clear()


def test_the_routes_are_read_and_tried_in_a_browser(browser: Browser, server: str, troubles: list[str]) -> None:
    troubles.clear()
    page = browser.new_context(**VISITOR).new_page()
    watch(page, troubles)
    page.goto(f"{server}/docs")
    page.get_by_role("button", name=re.compile("^post .*.predict$")).click()
    page.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/predict") as got:
        page.get_by_role("button", name="Execute").click()
    assert got.value.status == 200
    expect(page.get_by_role("heading", name="Server response")).to_be_visible(timeout=screens.SECONDS)
    page.context.close()
    assert troubles == []


def test_no_other_page_may_show_one_of_ours(browser: Browser, server: str) -> None:
    page = browser.new_context(**VISITOR).new_page()
    refused = []
    page.on("requestfailed", lambda request: refused.append(request.url))
    page.set_content(f'<iframe src="{server}/client"></iframe>')
    screens.until(page, lambda: refused == [f"{server}/client"])
    assert page.frames[1].locator("#root").count() == 0
    page.context.close()
