"""Working through a portfolio: the filter is kept, the next file is one click away, and the way back leads to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.i18n.translations import translate
from core.records import Verdict
from core.scoring.assess import Model, assess
from core.settings import Settings
from pages.components import resources
from tests.core.drawn import draw_rows
from tests.pages import files, sights
from tests.pages.conftest import Open
from tests.pages.test_deciding import decide
from tests.pages.test_portfolio_screen import upload

BAND = Settings().review_band


@pytest.fixture(autouse=True)
def own_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    resources.settings.clear()
    resources.journal.clear()


@pytest.fixture(scope="module")
def rows(model: Model) -> list[dict[str, object]]:
    drawn = draw_rows(model, 60, seed=31, missing=0.0)
    return [{name: row.get(name) for name in drawn[0]} for row in drawn]


@pytest.fixture(scope="module")
def queue(model: Model, rows: list[dict[str, object]]) -> list[str]:
    """The favourable clients, highest solvency first."""
    found = assess(model, rows, review_band=BAND)
    keep = [place for place, each in enumerate(found.decisions) if each.verdict is Verdict.FAVOURABLE]
    ordered = sorted(keep, key=lambda place: (found.probability[place], place))
    return [str(found.aligned.ids[place]) for place in ordered]


@pytest.fixture
def app(open_app: Open, rows: list[dict[str, object]]) -> AppTest:
    """The portfolio screen with the favourable clients, highest solvency first."""
    app = upload(open_app("portfolio"), files.as_csv(*rows))
    app.pills(key="portfolio_only").set_value([Verdict.FAVOURABLE]).run()
    return app.selectbox(key="portfolio_sort").set_value("-solvency").run()


def open_first(app: AppTest) -> AppTest:
    """Opens the first file; AppTest follows a change of the page for one run only."""
    app.button(key="portfolio_open_first").click().run()
    return app.switch_page("client.py").run()


def position(place: int, total: int) -> str:
    words = translate("queue.position", "en", place=str(place), total=str(total))
    return f"{words} · {translate('verdict.favourable', 'en')}"


def test_the_queue_is_worked_through_with_a_click_a_file(app: AppTest, queue: list[str]) -> None:
    assert len(queue) > 25
    assert sights.address(app) == {"only": "favourable", "sort": "-solvency"}
    open_first(app)
    for place, client in enumerate(queue[:3], start=1):
        assert sights.title(app) == f"Client {client}"
        assert position(place, len(queue)) in [each.value for each in app.markdown]
        assert sights.address(app) == {"queued": client, "only": "favourable", "sort": "-solvency"}
        decide(app)
        app.button(key="queue_next_file").click().run()
    assert sights.title(app) == f"Client {queue[3]}"
    app.button(key="queue_previous").click().run()
    assert sights.title(app) == f"Client {queue[2]}"
    assert [len(resources.journal().of_client(client)) for client in queue[:4]] == [1, 1, 1, 0]


def test_what_is_decided_says_so_and_only_what_is_left_can_be_worked_through(app: AppTest, queue: list[str]) -> None:
    decide(open_first(app))
    app.query_params.clear()
    app.switch_page("portfolio.py").run()
    assert [row.get("decided") for row in sights.queue(app)][:2] == [translate("decision.granted", "en"), None]
    left = f"{translate('portfolio.to_decide', 'en')} · 59"
    assert sights.options(app, "portfolio_todo") == [left]
    app.pills(key="portfolio_todo").set_value(["undecided"]).run()
    assert sights.address(app) == {"only": "favourable", "undecided": "1", "sort": "-solvency"}
    assert [row["client"] for row in sights.queue(app)][:2] == queue[1:3]
    open_first(app)
    app.button(key="queue_next").click().run()
    assert sights.title(app) == f"Client {queue[2]}"
    decide(app)
    words = translate("queue.decided", "en", n=len(queue) - 2)
    assert words in [each.value for each in app.markdown]
    app.button(key="queue_next_file").click().run()
    assert sights.title(app) == f"Client {queue[3]}"
    app.button(key="queue_previous").click().run()
    assert sights.title(app) == f"Client {queue[1]}"


def test_filter_order_and_page_are_there_after_another_screen(app: AppTest, queue: list[str]) -> None:
    sights.turn_page(app, 2)
    assert [row["client"] for row in sights.queue(app)] == queue[25:50]
    assert sights.address(app) == {"only": "favourable", "sort": "-solvency", "page": "2"}
    app.switch_page("client.py").run()
    app.switch_page("portfolio.py").run()
    assert [row["client"] for row in sights.queue(app)] == queue[25:50]
    assert app.selectbox(key="portfolio_sort").value == "-solvency"
    assert app.pills(key="portfolio_only").value == [Verdict.FAVOURABLE]


def test_the_chosen_view_is_in_the_address_and_opens_from_it(app: AppTest) -> None:
    app.segmented_control(key="portfolio_view").set_value("charts").run()
    assert sights.address(app)["view"] == "charts"
    app.query_params.clear()
    app.switch_page("journal.py").run()
    app.query_params.clear()
    app.switch_page("portfolio.py").run()
    assert sights.address(app)["view"] == "charts"
    assert app.get_by_key("portfolio_counts")
    app.query_params["view"] = "clients"
    app.run()
    assert sights.queue(app)


def test_the_way_back_leads_to_the_page_of_the_open_client(app: AppTest, queue: list[str]) -> None:
    sights.turn_page(app, 2)
    app.query_params.clear()
    app.query_params["queued"] = queue[24]
    app.switch_page("client.py").run()
    assert position(25, len(queue)) in [each.value for each in app.markdown]
    app.button(key="queue_next").click().run()
    app.button(key="queue_previous").click().run()
    app.query_params.clear()
    app.switch_page("portfolio.py").run()
    assert [row["client"] for row in sights.queue(app)] == queue[:25]


def test_the_sidebar_names_the_file_in_use_and_calls_no_client_of_it_synthetic(app: AppTest) -> None:
    for shown in (app, open_first(app)):
        (said,) = [each.value for each in shown.sidebar.caption]
        assert said.startswith("File in use: ") and said.endswith(", 60 clients.")


def test_the_last_file_says_that_it_is_the_last(app: AppTest, queue: list[str]) -> None:
    app.text_input(key="portfolio_search").set_value(queue[0]).run()
    open_first(app)
    assert position(1, 1) in [each.value for each in app.markdown]
    assert app.button(key="queue_next").disabled and app.button(key="queue_previous").disabled
    decide(app)
    assert translate("queue.end", "en") in [each.value for each in app.caption]


def test_another_client_is_not_in_the_list(app: AppTest, queue: list[str]) -> None:
    app.text_input(key="portfolio_search").set_value(queue[0]).run()
    open_first(app)
    app.query_params["queued"] = queue[1]
    app.run()
    assert sights.title(app) == f"Client {queue[1]}"
    assert translate("queue.outside", "en", total="1") in [each.value for each in app.markdown]
    app.button(key="queue_next").click().run()
    assert sights.title(app) == f"Client {queue[0]}"
