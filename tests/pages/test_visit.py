"""What a visit keeps: after a reload, on a second tab, and not for anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.runtime.caching.ttl_cache import TTLCache
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.testing.v1 import AppTest

from core.i18n.translations import translate
from core.records import Verdict
from pages.components import resources, session, streamlit_memory
from tests.pages import files, sights
from tests.pages.conftest import Open
from tests.pages.people import People
from tests.pages.test_uploading_clients import NEW, upload

TOKEN = "v" * 43


@pytest.fixture
def row(people: People) -> files.Row:
    """A loaded client, to be brought along under another id."""
    return files.renamed(people.row(people.with_verdict(Verdict.FAVOURABLE)), NEW)


@pytest.fixture(autouse=True)
def cookie(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every app that a test opens is a tab of the same browser."""
    monkeypatch.setattr(session, "visit_token", lambda: TOKEN)
    resources.visits().connect(TOKEN, 60.0)
    yield
    resources.visits().end(TOKEN)
    resources.visits().disconnect(TOKEN)


def address_of(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def test_a_reload_shows_the_uploaded_client_again(open_app: Open, row: files.Row) -> None:
    app = upload(open_app(), files.as_csv(row, files.renamed(row, NEW + 1)))
    app.text_input(key="file_search").set_value(str(NEW + 1)).run()
    app.button(key="file_matches_only").click().run()
    assert address_of(app) == {"uploaded": str(NEW + 1)}
    again = open_app(**address_of(app))
    assert sights.title(again) == f"Client {NEW + 1}"
    assert not again.error


def test_tabs_share_the_file_and_each_keeps_its_own_client(open_app: Open, people: People, row: files.Row) -> None:
    first = upload(open_app(), files.as_csv(row, files.renamed(row, NEW + 1)))
    loaded = people.with_verdict(Verdict.UNFAVOURABLE)
    second = open_app(id=loaded)
    assert sights.title(second) == f"Client {loaded}"
    second.text_input(key="file_search").set_value(str(NEW + 1)).run()
    second.button(key="file_matches_only").click().run()
    assert sights.title(second) == f"Client {NEW + 1}"
    assert sights.title(first.run()) == f"Client {NEW}"


def test_a_file_that_is_gone_is_said_and_the_page_goes_on(open_app: Open, row: files.Row) -> None:
    app = upload(open_app(), files.as_csv(row))
    resources.visits().end(TOKEN)
    again = open_app(**address_of(app))
    assert translate("problem.upload_gone", "en", client=str(NEW)) in again.error[0].value.replace("\\", "")
    assert translate("welcome.title", "en") in sights.texts(again) or again.text_input(key="client_search")


def test_another_visitor_gets_nothing_of_it(open_app: Open, row: files.Row, monkeypatch: pytest.MonkeyPatch) -> None:
    app = upload(open_app(), files.as_csv(row, files.renamed(row, NEW + 1)))
    monkeypatch.setattr(session, "visit_token", lambda: "w" * 43)
    other = open_app(**address_of(app))
    assert f"Client {NEW}" not in sights.texts(other)
    assert str(NEW + 1) not in repr(other)


def test_a_simulation_is_there_after_a_reload_and_a_second_tab_changes_it_for_itself(
    open_app: Open, people: People
) -> None:
    client = people.with_verdict(Verdict.FAVOURABLE)
    field = f"what_if_{client}_AMT_CREDIT_en"

    def simulating() -> AppTest:
        return sights.open_part(open_app(id=client), "what_if")

    first = simulating()
    first.text_input(key=field).set_value("123456").run()
    again = simulating()
    assert again.text_input(key=field).value == "123,456"
    again.text_input(key=field).set_value("222222").run()
    assert first.run().text_input(key=field).value == "123,456"


def test_the_language_and_what_was_pasted_are_there_after_a_reload(open_app: Open) -> None:
    app = open_app("raw_data")
    app.text_area(key="raw_pasted").set_value('{"data": [').run()
    app.segmented_control(key="language_switch").set_value("fr").run()
    again = open_app("raw_data")
    assert again.text_area(key="raw_pasted").value == '{"data": ['
    assert translate("raw.title", "fr") in [header.value for header in again.header]


def test_a_portfolio_is_there_after_a_reload(open_app: Open, row: files.Row) -> None:
    app = open_app("portfolio")
    name = "mine.csv"
    app.file_uploader(key="portfolio_file").set_value((name, files.as_csv(row), "text/csv")).run()
    found = resources.visits().find(TOKEN)
    assert found is not None
    assert found.job is not None
    found.job.wait()
    again = open_app("portfolio")
    assert name in sights.expander(again, "File in use").replace("\\", "")
    assert sights.tiles(again)["Scored"] == ("1", "of 1 row")
    assert found.n_bytes > 0


def test_a_file_is_refused_in_a_sentence_where_no_memory_is_left(open_app: Open, row: files.Row) -> None:
    app = open_app()
    resources.visits().file_arrives(2**40)
    try:
        upload(app, files.as_csv(row))
    finally:
        resources.visits().file_arrives(-(2**40))
    assert app.error[0].value.replace("\\", "") == translate("problem.visits_full", "en")


def test_closed_tabs_end_by_the_clock_with_their_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's own store of closed tabs, whose entries go only when it is asked."""
    now = 0.0
    files_kept = MemoryUploadedFileManager("/_stcore/upload_file")
    files_kept.add_file("session", UploadedFileRec("file", "clients.csv", "text/csv", bytes(100)))
    storage = MemorySessionStorage(ttl_seconds=120)
    storage._cache = TTLCache(maxsize=128, ttl=120, timer=lambda: now)
    tab = SimpleNamespace(id="session", shutdown=lambda: files_kept.remove_session_files("session"))
    storage.save(SessionInfo(client=None, session=tab))  # type: ignore[arg-type]
    manager = WebsocketSessionManager(storage, files_kept, None, None)  # type: ignore[arg-type]
    server = SimpleNamespace(uploaded_file_mgr=files_kept, _session_mgr=manager)
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    now = 119.0
    assert streamlit_memory.end_left_sessions() == 0
    assert streamlit_memory.n_bytes_uploaded() == 100
    now = 120.0
    assert streamlit_memory.end_left_sessions() == 1
    assert streamlit_memory.n_bytes_uploaded() == 0
    # This file came in after its session had ended.
    files_kept.add_file("session", UploadedFileRec("late", "clients.csv", "text/csv", bytes(100)))
    assert streamlit_memory.end_left_sessions() == 1
    assert streamlit_memory.n_bytes_uploaded() == 0
    manager._active_session_info_by_id["open"] = SimpleNamespace()  # type: ignore[assignment]
    files_kept.add_file("open", UploadedFileRec("file", "clients.csv", "text/csv", bytes(100)))
    assert streamlit_memory.end_left_sessions() == 0
    assert streamlit_memory.n_bytes_uploaded() == 100
