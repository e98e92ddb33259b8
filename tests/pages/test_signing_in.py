"""Every page checks for itself: run by its own file, with no frame around it, it shows a stranger no client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.i18n.translations import Language, translate
from core.settings import ROOT, Settings
from core.web.login_redirect import HOURS
from pages.components import resources
from pages.components.auth import streamlit_secrets
from tests.browser.serving import MAX_SECONDS
from tests.pages import sights
from tests.pages.conftest import FRAME, forget_settings

SETTINGS = {
    "OIDC_ISSUER": "https://login.example/tenant",
    "OIDC_CLIENT_ID": "aval",
    "OIDC_CLIENT_SECRET": "0123456789abcdef",
    "PUBLIC_URL": "https://aval.example",
}
PAGES = sorted(file for file in (ROOT / "pages").glob("*.py") if file.stem not in ("__init__", "frame"))


@pytest.fixture
def guarded() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        forget_settings()
        yield
    forget_settings()


def visit(file: str, *, locale: str = "en-GB", url: str = "https://aval.example/client", **user: object) -> AppTest:
    """What somebody sees of this file: visit("pages/client.py", is_logged_in=True, iat=…)."""
    app = AppTest.from_file(file, default_timeout=MAX_SECONDS)
    app.context = {"locale": locale, "url": url}
    app.query_params["id"] = "900001"
    app.secrets = streamlit_secrets(resources.settings()) or {}
    app.user = user
    return app.run()


def signed_in(hours: float = 0.0) -> dict[str, Any]:
    return {"is_logged_in": True, "iat": int(time.time() - hours * 3600), "name": "Ada :red[King]", "sub": "1815"}


STRANGERS: dict[str, dict[str, Any]] = {
    "nobody": {},
    "signed out": {"is_logged_in": False},
    "a name alone": {"name": "Ada", "iat": int(time.time())},
    "no time": {"is_logged_in": True, "name": "Ada"},
    "too long ago": {"is_logged_in": True, "iat": int(time.time()) - HOURS * 3600 - 60, "name": "Ada"},
    "a text for true": {"is_logged_in": "true", "iat": int(time.time())},
    "a text for a time": {"is_logged_in": True, "iat": "9999999999"},
}


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
@pytest.mark.usefixtures("guarded")
def test_a_page_alone_shows_a_stranger_the_way_in_and_nothing_else(file: Path, who: str) -> None:
    app = visit(str(file), **STRANGERS[who])
    assert not app.exception
    assert sights.texts(app) == [translate(f"sign_in.{key}", "en") for key in ("title", "how", "button")]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
@pytest.mark.usefixtures("guarded")
def test_a_page_alone_opens_for_who_is_signed_in(file: Path) -> None:
    app = visit(str(file), **signed_in(HOURS - 1))
    assert not app.exception
    assert app.header
    assert translate("sign_in.title", "en") not in sights.texts(app)


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
@pytest.mark.usefixtures("guarded")
def test_the_frame_tells_a_stranger_nothing_of_the_clients(locale: str) -> None:
    app = visit(str(FRAME), locale=locale)
    language: Language = "fr" if locale == "fr-FR" else "en"
    assert sights.title(app) == translate("sign_in.title", language)
    assert not app.sidebar.caption
    assert len(app.button) == 1


@pytest.mark.usefixtures("guarded")
def test_the_sidebar_says_who_is_signed_in_as_plain_text() -> None:
    app = visit(str(FRAME), **signed_in())
    assert app.sidebar.caption[0].value == r"Signed in: Ada \:red\[King\]"
    assert app.sidebar.button[0].label == translate("sign_in.out", "en")


@pytest.mark.usefixtures("guarded")
def test_what_runs_without_its_page_ends_when_the_working_day_does() -> None:
    app = visit(str(FRAME), **signed_in())
    assert sights.title(app) == "Client 900001"
    app.user = signed_in(HOURS + 1)
    sights.open_part(app, "known")
    assert sights.title(app) == translate("sign_in.title", "en")
    assert not app.get("plotly_chart")


@pytest.mark.usefixtures("guarded")
def test_who_is_signed_in_decides_under_that_name_and_is_asked_for_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    forget_settings()
    app = visit(str(FRAME), **signed_in())
    sights.press(app, translate("decision.decide", "en"))
    assert not [each for each in app.text_input if str(each.key).startswith("who_")]
    next(each for each in app.segmented_control if str(each.key).startswith("outcome_")).set_value("granted")
    sights.press(app, translate("decision.save", "en"))
    assert not app.exception
    (entry,) = resources.journal().of_client("900001")
    assert (entry.body.who, entry.body.identified) == ("Ada :red[King] (1815)", True)
    shown = " ".join(sights.texts(app)).replace("\\", "")
    assert "by Ada :red[King] (1815)" in shown
    assert translate("decision.not_checked", "en") not in shown
    assert translate("journal.unchecked", "en") not in shown
    app.user = {"is_logged_in": False}
    sights.press(app, translate("decision.decide", "en"))
    assert len(resources.journal().of_client("900001")) == 1
    assert sights.title(app) == translate("sign_in.title", "en")


def banner(app: AppTest, language: Language) -> bool:
    words = f"**{translate('demonstration.what', language)}** {translate('demonstration.where', language)}"
    return any(words in block.value for block in app.markdown)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://aval-demo.herokuapp.com/client", True),
        ("http://localhost:8501/client", False),
        ("http://10.0.0.7", False),
    ],
)
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_without_sign_in_a_public_address_bears_the_banner(url: str, shown: bool, locale: str) -> None:
    app = visit(str(FRAME), url=url, locale=locale)
    assert sights.title(app) == "Client 900001"
    assert banner(app, "fr" if locale == "fr-FR" else "en") is shown


@pytest.mark.usefixtures("guarded")
def test_with_sign_in_there_is_no_banner() -> None:
    assert not banner(visit(str(FRAME), **signed_in()), "en")
    assert not banner(visit(str(FRAME)), "en")


def test_streamlit_is_told_nothing_where_nobody_signs_in() -> None:
    assert streamlit_secrets(Settings()) is None
