"""Every screen in every state a visitor can bring it to: it opens, and says nothing that was not written for her."""

from __future__ import annotations

import re
import time

import pytest
from streamlit.testing.v1 import AppTest

from core.dictionary.lookup import dictionary
from core.i18n.translations import catalogue, translate
from core.records import Verdict
from core.scoring.assess import Model
from core.settings import ROOT
from tests.pages import sights
from tests.pages.conftest import Open
from tests.pages.people import People

PAGES = sorted(file.stem for file in (ROOT / "pages").glob("*.py") if file.stem not in ("__init__", "frame"))
LOCALES = ("en-GB", "fr-FR")
FAMILIES = "|".join(sorted({key.split(".")[0] for key in catalogue("en")}))
KEY = re.compile(rf"\b(?:{FAMILIES})\.[a-z_]+\b")
MACHINE = re.compile(r"\bnan\b|\bNone\b|\bTrue\b|\bFalse\b|Traceback|<NA>|\{\w*\}|Verdict\.|State\.")
SAME_IN_BOTH = {
    "Calibration",
    "Calibration, points",
    "Simulation",
    "Simulation 1",
    "Client",
    "Clients",
    "English",
    "Français",
    "Route",
    "Excel",
    "Parquet",
    "Gini (2 × AUC − 1)",
}
AS_SENT = re.compile(
    r"[A-Z][A-Z0-9_\\]+(, [A-Z][A-Z0-9_\\]+)*|Client \d+( → Client \d+)?|curl .*|/predict\w*|\{.*", re.DOTALL
)

SAME_VALUES = {
    words["en"]
    for column in dictionary().columns.values()
    for words in column.values.values()
    if words["en"] == words["fr"]
}
PARTS = ("why", "known", "compared", "what_if", "offer")
VIEWS = ("columns", "usual", "all")
MODEL = ("model.ranking", "model.calibration", "model.decisions", "model.columns", "model.groups", "model.threshold")
COMPARED = ("compared.features", "compared.clients")


def test_both_screens_are_there() -> None:
    assert {"client", "raw_data"} <= set(PAGES)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens(open_app: Open, page: str, locale: str) -> None:
    app = open_app(page, locale=locale)
    assert app.header
    assert not app.exception


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_client_of_each_verdict_opens(
    open_app: Open, people: People, verdict: Verdict, part: str, locale: str
) -> None:
    app = sights.open_part(open_app(id=people.with_verdict(verdict), locale=locale), part)
    assert len(app.subheader) > 1
    assert not app.exception


def test_the_open_part_stays_open_for_another_client_in_another_language_after_another_screen(
    open_app: Open, people: People
) -> None:
    app = sights.open_part(open_app(id=people.with_verdict(Verdict.FAVOURABLE)), "known")
    app.text_input(key="client_search").set_value(people.with_verdict(Verdict.UNFAVOURABLE)).run()
    assert app.subheader[1].value == translate("known.title", "en")
    app.sidebar.segmented_control[0].set_value("fr").run()
    assert app.subheader[1].value == translate("known.title", "fr")
    app.switch_page("raw_data.py").run()
    app.switch_page("client.py").run()
    assert app.subheader[1].value == translate("known.title", "fr")


def test_raw_data_with_an_example_opens(open_app: Open) -> None:
    app = raw_data_in_use(open_app("raw_data"))
    assert len(app.dataframe) >= 2
    assert not app.exception


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("screen", ["welcome", *PARTS, *VIEWS, *COMPARED, *MODEL, "portfolio", "raw_data"])
def test_no_key_and_no_machine_word_is_on_a_screen(open_app: Open, people: People, screen: str, locale: str) -> None:
    app = opened(open_app, people, screen, locale)
    for text in sights.texts(app):
        assert not KEY.search(text), text
        assert not MACHINE.search(text), text


@pytest.mark.parametrize("screen", ["welcome", *PARTS, *VIEWS, *COMPARED, *MODEL, "portfolio", "raw_data"])
def test_every_text_of_a_screen_is_in_the_language_chosen(
    open_app: Open, people: People, model: Model, screen: str
) -> None:
    english, french = (set(sights.texts(opened(open_app, people, screen, locale))) for locale in LOCALES)
    worded = {sights.ICON.sub("", text).strip("*: ") for text in english & french if re.search(r"[^\W\d_]{2}", text)}
    sent = {str(cell) for cell in people.row(people.clients.search("", 1)[0]).values()}
    told = worded - sent - SAME_IN_BOTH - SAME_VALUES - set(model.bundle.names)
    assert not {text for text in told if not AS_SENT.fullmatch(text)}


def opened(open_app: Open, people: People, screen: str, locale: str) -> AppTest:
    """A screen with all of its parts."""
    if screen == "raw_data":
        return raw_data_in_use(open_app("raw_data", locale=locale))
    if screen == "portfolio":
        return portfolio_in_use(open_app("portfolio", locale=locale))
    if screen in PARTS:
        return sights.open_part(open_app(id=people.with_verdict(Verdict.TO_REVIEW), locale=locale), screen)
    if screen.startswith("compared."):
        app = sights.open_part(open_app(id=people.with_verdict(Verdict.TO_REVIEW), locale=locale), "compared")
        app = sights.open_view(app, screen.removeprefix("compared."), "compared")
        clients = people.clients.search("", 2)
        return app.text_input(key="other_client").set_value(clients[1]).run() if screen.endswith("clients") else app
    if screen in MODEL:
        app, part = open_app("model", locale=locale), screen.removeprefix("model.")
        tabs = ("groups", "threshold")
        return app.segmented_control(key="model_tab" if part in tabs else "quality_view").set_value(part).run()
    if screen in VIEWS:
        return sights.open_view(open_app(id=people.with_verdict(Verdict.TO_REVIEW), locale=locale), screen)
    return open_app(locale=locale)


def portfolio_in_use(app: AppTest) -> AppTest:
    """The portfolio screen with a small file on it, of which one row is refused."""
    content = "SK_ID_CURR,AMT_CREDIT,AMT_INCOME_TOTAL,DAYS_BIRTH,NAME_CONTRACT_TYPE\n"
    content += (
        "".join(f"{client},270000,180000,-16425,Cash loans\n" for client in (7000001, 7000002)) + "7000003,,1,1,\n"
    )
    app.file_uploader(key="portfolio_file").set_value(("branch.csv", content.encode(), "text/csv")).run()
    while app.get("progress"):
        time.sleep(0.1)
        app.run()
    return app


def raw_data_in_use(app: AppTest) -> AppTest:
    """The raw-data screen with the example and the answer shown."""
    english = app.context["locale"].startswith("en")
    sights.press(app, translate("raw.example", "en" if english else "fr"))
    return app.toggle(key="raw_answer").set_value(True).run()
