"""Where sign-in is set up a stranger sees no client, on no address, by no trick; who signs in is where she wanted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, expect

from core.i18n.translations import Language, translate
from core.settings import Settings
from tests.browser.conftest import LOCALES, VISITOR, open_page
from tests.browser.provider import CLIENT, EMAIL, SECRET, Provider, forged_cookie, providing
from tests.browser.screens import SECONDS, heading, ready, search, until
from tests.browser.serving import UVICORN, free_port, serving
from tests.browser.test_for_everyone import violations

CLIENT_ID = "900001"
DEEP = f"/client?id={CLIENT_ID}"
USER = "_streamlit_user"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as provider:
        yield provider


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guarded") / "log.txt"


@pytest.fixture(scope="module")
def guarded(provider: Provider, log: Path) -> Iterator[str]:
    """The address of the dashboard, started with sign-in set up."""
    port = free_port()
    with serving((*UVICORN, "--port", str(port)), port, log, provider.settings(port)) as address:
        yield address


@pytest.fixture
def sent() -> list[bytes]:
    """All that came to the browser by WebSocket."""
    return []


@pytest.fixture
def stranger(
    browser: Browser, guarded: str, provider: Provider, sent: list[bytes], troubles: list[str]
) -> Iterator[Callable[..., Page]]:
    """A visitor whom nobody knows: stranger("/portfolio", "fr")."""
    contexts: list[BrowserContext] = []

    def open_as(path: str = "/", language: Language = "en", **visitor: Any) -> Page:
        contexts.append(browser.new_context(**VISITOR | {"locale": LOCALES[language]} | visitor))
        contexts[-1].on("page", lambda page: page.on("websocket", lambda socket: listen(socket, sent)))
        page = open_page(contexts[-1], guarded + path, troubles)
        loaded(page)
        return page

    provider.fault = ""
    troubles.clear()
    yield open_as
    for context in contexts:
        context.close()
    # A page that is left for the provider's ends what it was still loading.
    assert [each for each in troubles if "ERR_ABORTED" not in each] == []


def listen(socket: WebSocket, sent: list[bytes]) -> None:
    socket.on("framereceived", lambda frame: sent.append(frame if isinstance(frame, bytes) else frame.encode()))


def loaded(page: Page) -> None:
    """Waits until nothing is on its way any more, for a page that is left half loaded complains."""
    page.wait_for_load_state("networkidle")


def sign_in(page: Page, language: Language = "en") -> None:
    page.get_by_role("button", name=translate("sign_in.button", language), exact=True).click()
    page.wait_for_url(re.compile("^http://127"), timeout=SECONDS)


def is_locked(page: Page, language: Language = "en", *, failed: bool = False) -> None:
    """Waits until the sign-in screen is there, and nothing else is."""
    expect(page.get_by_role("heading", name=translate("sign_in.title", language), exact=True)).to_be_visible(
        timeout=SECONDS
    )
    ready(page)
    expect(page.get_by_role("heading")).to_have_count(1)
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(1)
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(0)
    expect(page.get_by_test_id("stFileUploader")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(int(failed))
    loaded(page)


def is_open(page: Page) -> None:
    expect(heading(page, CLIENT_ID)).to_be_visible(timeout=SECONDS)
    loaded(page)


@pytest.mark.parametrize(
    ("path", "language"), [("/", "en"), (DEEP, "en"), (DEEP, "fr"), ("/portfolio", "fr"), ("/raw-data", "en")]
)
def test_a_stranger_sees_the_sign_in_screen_alone(
    stranger: Callable[..., Page], sent: list[bytes], path: str, language: Language
) -> None:
    is_locked(stranger(path, language), language)
    told = b"".join(sent)
    assert translate("sign_in.title", language).encode() in told
    sentences = (translate(key, language) for key in ("welcome.title", "picker.search", "portfolio.bring", "raw.intro"))
    for words in (CLIENT_ID, "AMT_", "gauge", *sentences):
        assert words.encode() not in told


def test_signing_in_leads_to_the_page_that_was_asked_for_and_signing_out_locks_it(
    stranger: Callable[..., Page], guarded: str, provider: Provider, sent: list[bytes]
) -> None:
    page = stranger(DEEP)
    sign_in(page)
    is_open(page)
    assert page.url == guarded + DEEP
    assert CLIENT_ID.encode() in b"".join(sent)
    assert {"code_challenge", "nonce", "state"} <= set(provider.asked[-1])
    side = page.get_by_test_id("stSidebar")
    expect(side.get_by_text("Ada <b>King</b> :red[Lovelace]", exact=False)).to_be_visible()
    page.reload()
    is_open(page)
    second = page.context.new_page()
    second.goto(guarded + "/portfolio")
    expect(second.get_by_role("heading", name=translate("portfolio.title", "en"), exact=True)).to_be_visible(
        timeout=SECONDS
    )
    loaded(second)
    second.close()
    side.get_by_role("button", name=translate("sign_in.out", "en"), exact=True).click()
    is_locked(page)
    page.goto(guarded + DEEP)
    is_locked(page)


@pytest.mark.parametrize("path", ["/portfolio", "/raw-data", "/"])
def test_signing_in_from_another_page_leads_back_to_it(stranger: Callable[..., Page], guarded: str, path: str) -> None:
    page = stranger(path, "fr")
    sign_in(page, "fr")
    expect(page.get_by_role("button", name=translate("sign_in.out", "fr"), exact=True)).to_be_visible(timeout=SECONDS)
    assert page.url == guarded + ("/client" if path == "/" else path)


@pytest.mark.parametrize("fault", ["key", "nonce", "audience", "issuer", "denied", "down"])
def test_a_sign_in_that_is_not_right_lets_nobody_in_and_says_so(
    stranger: Callable[..., Page], provider: Provider, guarded: str, fault: str
) -> None:
    page = stranger(DEEP)
    provider.fault = fault
    sign_in(page)
    is_locked(page, failed=True)
    provider.fault = ""
    sign_in(page)
    is_open(page)
    assert page.url == guarded + DEEP


def test_a_sign_in_of_more_than_a_working_day_ago_has_ended(stranger: Callable[..., Page], provider: Provider) -> None:
    page = stranger(DEEP)
    provider.fault = "old"
    sign_in(page)
    until(page, lambda: USER in {cookie["name"] for cookie in page.context.cookies()})
    ready(page)
    loaded(page)
    page.reload()
    is_locked(page)


def test_a_cookie_that_was_copied_opens_nothing_once_its_owner_has_signed_out(
    stranger: Callable[..., Page], guarded: str
) -> None:
    page = stranger(DEEP)
    sign_in(page)
    is_open(page)
    thief = stranger(DEEP)
    thief.context.add_cookies(
        [
            {"name": each["name"], "value": each["value"], "url": guarded}
            for each in page.context.cookies()
            if each["name"].startswith(USER)
        ]
    )
    thief.reload()
    is_open(thief)
    page.get_by_role("button", name=translate("sign_in.out", "en"), exact=True).click()
    is_locked(page)
    # The page that is open already, at its next click; and every page that is loaded from now on.
    thief.get_by_role("radio", name="Français", exact=True).click()
    is_locked(thief, "fr")
    thief.goto(guarded + "/portfolio")
    is_locked(thief, "fr")


@pytest.mark.parametrize("query", ["code=1&state=forged", "code=1", "error=x&error_description=ada.king@bank.example"])
def test_a_forged_way_back_from_the_provider_lets_nobody_in(
    stranger: Callable[..., Page], guarded: str, query: str
) -> None:
    page = stranger()
    page.goto(f"{guarded}/oauth2callback?{query}")
    is_locked(page, failed=True)
    assert page.url.startswith(guarded)


def test_a_code_of_somebody_else_s_sign_in_lets_nobody_in(
    stranger: Callable[..., Page], guarded: str, provider: Provider
) -> None:
    """Signing a victim in under an attacker's name: the victim's browser has no such state."""
    provider.codes["0123"] = {"nonce": "n", "code_challenge": "c"}
    attacker = stranger()
    sign_in(attacker)
    expect(attacker.get_by_role("button", name=translate("sign_in.out", "en"), exact=True)).to_be_visible(
        timeout=SECONDS
    )
    victim = stranger()
    victim.goto(f"{guarded}/oauth2callback?code=0123&state={provider.asked[-1]['state']}")
    is_locked(victim, failed=True)


@pytest.mark.parametrize("change", ["tampered", "another secret", "not a cookie"])
def test_a_cookie_that_we_did_not_sign_opens_nothing(
    stranger: Callable[..., Page], guarded: str, change: str, provider: Provider
) -> None:
    page = stranger(DEEP)
    sign_in(page)
    is_open(page)
    cookie = next(each for each in page.context.cookies() if each["name"] == USER)
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    value = {
        "tampered": cookie["value"][:20] + ("A" if cookie["value"][20] != "A" else "B") + cookie["value"][21:],
        "another secret": forged_cookie(guarded, SECRET),
        "not a cookie": "x",
    }[change]
    changed: Any = {**cookie, "value": value}
    page.context.add_cookies([changed])
    page.goto(guarded + DEEP)
    is_locked(page)


def test_a_cookie_that_we_did_sign_opens_the_page(stranger: Callable[..., Page], guarded: str) -> None:
    """So that the test above means something: the same forgery with the right key."""
    page = stranger(DEEP)
    key = Settings(oidc_client_secret=SECRET).cookie_secret
    page.context.add_cookies([{"name": USER, "value": forged_cookie(guarded, key), "url": guarded}])
    page.goto(guarded + DEEP)
    is_open(page)


@pytest.mark.parametrize(("width", "theme"), [(1280, "dark"), (390, "light")])
def test_the_sign_in_screen_is_for_everyone(stranger: Callable[..., Page], width: int, theme: str) -> None:
    page = stranger("/?sign_in=failed", viewport={"width": width, "height": 844}, color_scheme=theme)
    is_locked(page, failed=True)
    assert violations(page) == []
    button = page.get_by_role("button", name=translate("sign_in.button", "en"), exact=True)
    for _ in range(12):
        page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    expect(button).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.keyboard.press("Enter")
    expect(search(page)).to_be_visible(timeout=SECONDS)


def test_no_secret_and_nobody_s_name_is_in_the_log(guarded: str, provider: Provider, log: Path) -> None:
    written = log.read_text()
    assert "answered" in written
    for secret in (SECRET, CLIENT, EMAIL, "King", Settings(oidc_client_secret=SECRET).cookie_secret, *provider.tokens):
        assert secret not in written
    for asked in provider.asked:
        assert asked["state"] not in written
    assert not [word for word in ("code=", "state=", "eyJ") if word in written]
