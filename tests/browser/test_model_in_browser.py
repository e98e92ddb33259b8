"""The model's screen in a browser: every view accessible in both themes, and nothing wider than a telephone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.i18n.translations import Language, translate
from tests.browser import screens
from tests.browser.conftest import LOCALES, Visit
from tests.browser.test_for_everyone import PHONE, fits, open_folds, violations

pytestmark = pytest.mark.browser

VIEWS = ("ranking", "calibration", "decisions", "columns")
TABS = ("groups", "threshold", "drift")


@pytest.mark.parametrize(("theme", "language"), [("light", "fr"), ("dark", "en")])
def test_every_view_is_accessible_and_fits_a_telephone(visit: Visit, theme: str, language: Language) -> None:
    page = visit("/model", color_scheme=theme, locale=LOCALES[language], viewport=PHONE)
    expect(page.get_by_role("heading", name=translate("page.model", language), exact=True)).to_be_visible(
        timeout=screens.SECONDS
    )
    found = {}
    for name in views(page, language):
        open_folds(page)
        fits(page)
        found[name] = violations(page)
    assert not any(found.values()), found


def views(page: Page, language: Language) -> Iterator[str]:
    """Opens each view of the first tab and each other tab, and says which one is open."""
    for view in VIEWS:
        screens.open_part(page, f"quality.{view}", language)
        yield view
    for tab in TABS:
        screens.open_part(page, f"monitor.tab_{tab}", language)
        yield tab
