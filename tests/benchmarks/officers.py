"""Credit officers in a real browser, all day: each in a tab of her own, clicking through the screens again and again.

What a careful developer would see in the browser's console and network panels is noted as trouble, and so is a
websocket that closes under an officer.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from itertools import count

from playwright.async_api import Browser, BrowserContext, Page, WebSocket, async_playwright, expect
from playwright.async_api import Error as BrowserError

from core.i18n.translations import Language, translate
from core.what_if.sentences import field_label
from tests.browser.conftest import CHROMIUM, FLAGS, LOCALES
from tests.browser.screens import READY
from tests.browser.serving import MAX_SECONDS

PATIENCE = 1e3 * MAX_SECONDS
BEGINS = 250
"""Milliseconds after which an answer to a click has begun."""
THINKS = (1.0, 4.0)
RELOADS_EVERY = 8
NAMES: dict[Language, str] = {"en": "English", "fr": "Français"}


@dataclass(frozen=True)
class Brought:
    """A file of clients: what its name ends in, its bytes, and whether it can be read."""

    ending: str
    content: bytes
    is_read: bool


class Officers(threading.Thread):
    """So many officers at an address until told to stop; seconds by what was done, and the troubles they met."""

    def __init__(self, address: str, officers: int, clients: Sequence[str], files: Sequence[Brought]) -> None:
        super().__init__(daemon=True)
        self._address, self._officers, self._clients, self._files = address, officers, clients, files
        self._ending = threading.Event()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.troubles: list[str] = []
        self.rounds = 0
        self.numbers = count(1)

    def stop(self) -> None:
        """Lets the round under way be the last."""
        self._ending.set()

    def run(self) -> None:
        """All of them in one browser."""
        try:
            asyncio.run(self._work())
        except BrowserError as error:
            self.troubles.append(f"the browser: {first_line(error)}")

    async def _work(self) -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            await asyncio.gather(*(self._day(browser, number) for number in range(self._officers)))
            await browser.close()

    async def _day(self, browser: Browser, number: int) -> None:
        chance = random.Random(number)
        language: Language = "fr" if number % 2 else "en"
        await asyncio.sleep(number * THINKS[0])
        while not self._ending.is_set():
            context = await browser.new_context(locale=LOCALES[language], viewport={"width": 1280, "height": 900})
            officer = Officer(self, context, language, chance)
            try:
                await officer.arrives(f"{self._address}/client?id={chance.choice(self._clients)}")
                for _ in range(RELOADS_EVERY):
                    if not self._ending.is_set():
                        await officer.works(chance.choice(self._clients), chance.choice(self._files))
                        self.rounds += 1
            except (BrowserError, AssertionError) as error:
                self.troubles.append(f"officer {number}, {officer.doing}: {first_line(error)}")
            officer.leaves()
            await context.close()


class Officer:
    """One visit: what she does, each in the seconds from the click to the whole answer."""

    def __init__(self, of: Officers, context: BrowserContext, language: Language, chance: random.Random) -> None:
        self._of, self._context, self._language, self._chance = of, context, language, chance
        self._leaving = False
        self.doing = "starting"
        self._page: Page

    async def arrives(self, address: str) -> None:
        """Opens a client by address in a new tab."""
        self._page = await self._context.new_page()
        self._watch(self._page)
        await self._timed("arrive", self._opened(address))

    async def works(self, client: str, file: Brought) -> None:
        """One round through the screens."""
        await self._timed("open a client", self._client(client))
        await self._timed("scroll to the reasons", self._reasons())
        await self._timed("change a loan", self._what_if())
        await self._timed("portfolio of a file", self._portfolio(file))
        await self._timed("raw data", self._raw_data())
        await self._timed("switch language", self._switch())
        await self._timed("back to the client", self._back())

    def leaves(self) -> None:
        """From now on a closed websocket is no trouble."""
        self._leaving = True

    async def _timed(self, what: str, step: Awaitable[None]) -> None:
        self.doing, start = what, time.perf_counter()
        await step
        self._of.seconds[what].append(time.perf_counter() - start)
        await asyncio.sleep(self._chance.uniform(*THINKS))

    async def _opened(self, address: str) -> None:
        await self._page.goto(address, timeout=PATIENCE)
        await self._gauge()

    async def _client(self, client: str) -> None:
        search = self._page.get_by_role("searchbox", name=self._say("picker.search"))
        await search.fill("")
        await search.fill(client)
        await expect(self._page.get_by_role("heading", name=f"Client {client}", exact=True)).to_be_visible(
            timeout=PATIENCE
        )
        await self._gauge()

    async def _reasons(self) -> None:
        await self._part("part.why")
        await self._page.locator(".st-key-waterfall, [class*=st-key-why]").first.scroll_into_view_if_needed(
            timeout=PATIENCE
        )

    async def _what_if(self) -> None:
        await self._part("part.what_if")
        amount = self._page.get_by_role("textbox", name=field_label("AMT_CREDIT", self._language, ""))
        await amount.fill(str(1000 * self._chance.randint(100, 900)), timeout=PATIENCE)
        await amount.press("Enter")
        await self._ready()
        await expect(self._page.get_by_role("button", name=self._say("simulation.keep"))).to_be_visible(
            timeout=PATIENCE
        )

    async def _portfolio(self, file: Brought) -> None:
        await self._page.get_by_role("link", name=self._say("page.portfolio")).click()
        chooser = self._page.locator("input[type=file]")
        await chooser.wait_for(state="attached", timeout=PATIENCE)
        await self._ready()
        # No name comes twice, so that what is shown is of this file and not of one before.
        name = f"branch{next(self._of.numbers)}{file.ending}"
        await chooser.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": file.content})
        await self._ready()
        if file.is_read:
            in_use = self._page.get_by_text(self._say("portfolio.in_use", name=name))
            await expect(in_use.first).to_be_visible(timeout=PATIENCE)
            await expect(self._page.locator("dl.tiles")).to_be_visible(timeout=PATIENCE)
        else:
            await expect(self._page.get_by_text("SK_ID_CURR").first).to_be_visible(timeout=PATIENCE)
        await self._ready()

    async def _raw_data(self) -> None:
        await self._page.get_by_role("link", name=self._say("page.raw_data")).click()
        await self._page.get_by_role("button", name=self._say("raw.example")).click(timeout=PATIENCE)
        await expect(self._page.get_by_role("heading", name=self._say("raw.request"), exact=True)).to_be_visible(
            timeout=PATIENCE
        )
        await self._ready()

    async def _switch(self) -> None:
        self._language = "fr" if self._language == "en" else "en"
        await self._page.get_by_role("radio", name=NAMES[self._language], exact=True).click(timeout=PATIENCE)
        await expect(self._page.get_by_role("link", name=self._say("page.raw_data"))).to_be_visible(timeout=PATIENCE)
        await self._ready()

    async def _back(self) -> None:
        await self._page.get_by_role("link", name=self._say("page.client"), exact=True).click()
        await expect(self._page.get_by_role("searchbox", name=self._say("picker.search"))).to_be_visible(
            timeout=PATIENCE
        )
        await self._part("part.why")
        await self._gauge()

    async def _part(self, part: str) -> None:
        choice = self._page.get_by_role("radio", name=self._say(part), exact=True)
        await choice.click(timeout=PATIENCE)
        await self._ready()
        await expect(choice).to_be_checked(timeout=PATIENCE)

    async def _gauge(self) -> None:
        drawn = self._page.locator(".st-key-gauge svg .numbers text").first
        await expect(drawn).to_be_visible(timeout=PATIENCE)
        await self._ready()

    async def _ready(self) -> None:
        await self._page.wait_for_timeout(BEGINS)
        await self._page.wait_for_selector(READY, timeout=PATIENCE)

    def _say(self, key: str, **words: str) -> str:
        return translate(key, self._language, **words)

    def _watch(self, page: Page) -> None:
        def note(what: str) -> None:
            if not self._leaving:
                self._of.troubles.append(f"{self.doing}: {what}")

        def socket(opened: WebSocket) -> None:
            opened.on("close", lambda _: note("the websocket closed"))

        page.on("console", lambda told: note(f"console: {told.text}") if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: note(f"error in the page: {error}"))
        page.on("crash", lambda _: note("the tab crashed"))
        page.on("response", lambda got: note(f"answered {got.status}: {got.url}") if got.status >= 400 else None)
        page.on("requestfailed", lambda failed: note(f"failed: {failed.url} ({failed.failure})"))
        page.on("websocket", socket)


def first_line(error: Exception) -> str:
    """What went wrong, without the call log below it."""
    return (str(error).splitlines() or [type(error).__name__])[0]
