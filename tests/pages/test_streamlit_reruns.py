"""A click on another page is not lost to what the page that is left asks for meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.testing.v1 import AppTest

from pages.components.streamlit_reruns import LeavingSession, LeavingWins, let_leaving_win

CLICK = RerunData(page_script_hash="raw-data", query_string="lang=fr")
TICK = RerunData(page_script_hash="portfolio", fragment_id="progress", is_auto_rerun=True)
WHOLE_TICK = RerunData(page_script_hash="portfolio", is_auto_rerun=True)
OTHER_CLICK = RerunData(page_script_hash="client")
EDIT = RerunData(page_script_hash="portfolio", fragment_id="progress")


@pytest.fixture
def leaving_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a server that was started has it."""
    monkeypatch.setattr(script_runner, "ScriptRequests", ScriptRequests)
    let_leaving_win()


def drawn_after(*asked: RerunData) -> tuple[str, str, list[str]]:
    """Which page is drawn next, with which words in its address, and which parts of it alone."""
    requests = LeavingWins()
    for each in asked:
        assert requests.request_rerun(each)
    request = requests.on_scriptrunner_ready()
    return request.rerun_data.page_script_hash, request.rerun_data.query_string, request.rerun_data.fragment_id_queue


@pytest.mark.parametrize("tick", [TICK, WHOLE_TICK])
def test_the_clock_of_a_page_does_not_call_back_who_leaves_it(tick: RerunData) -> None:
    assert drawn_after(CLICK, tick) == ("raw-data", "lang=fr", [])
    assert drawn_after(tick, CLICK, tick, tick) == ("raw-data", "lang=fr", [])


def test_while_the_next_page_is_drawn_a_part_of_the_one_before_is_not_looked_for() -> None:
    """It would be found nowhere, and the browser would empty the screen."""
    requests = LeavingWins()
    requests.request_rerun(CLICK)
    assert requests.on_scriptrunner_ready().rerun_data.page_script_hash == "raw-data"
    for tick in (TICK, WHOLE_TICK):
        assert requests.request_rerun(tick)
    own = RerunData(page_script_hash="raw-data", fragment_id="answer", is_auto_rerun=True)
    assert requests.request_rerun(own)
    after = requests.on_scriptrunner_ready()
    assert (after.rerun_data.page_script_hash, after.rerun_data.fragment_id_queue) == ("raw-data", ["answer"])


def test_of_two_clicks_the_last_counts() -> None:
    assert drawn_after(CLICK, OTHER_CLICK) == ("client", "", [])
    assert drawn_after(CLICK, TICK, OTHER_CLICK, TICK) == ("client", "", [])
    assert drawn_after(CLICK, EDIT) == ("raw-data", "lang=fr", [])


def test_a_page_that_nobody_leaves_is_drawn_as_ever() -> None:
    assert drawn_after(TICK) == ("portfolio", "", ["progress"])
    assert drawn_after(TICK, WHOLE_TICK) == ("portfolio", "", [])
    assert drawn_after(RerunData(page_script_hash="portfolio", query_string="q"), TICK)[0] == "portfolio"


def page_that_asks_for_itself_while_somebody_leaves() -> None:
    """Notes each run's page; in the first, somebody clicks on another page just before it asks to be drawn again."""
    from threading import Thread

    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    drawn = get_script_run_ctx()
    assert drawn is not None
    assert drawn.script_requests is not None
    st.session_state.setdefault("drawn", []).append(drawn.page_script_hash)
    if len(st.session_state["drawn"]) == 1:
        click = Thread(target=drawn.script_requests.request_rerun, args=(RerunData(page_script_hash="another"),))
        click.start()
        click.join()
        st.rerun()


@pytest.mark.usefixtures("leaving_wins")
def test_a_page_that_asks_to_be_drawn_again_does_not_call_back_who_leaves_it() -> None:
    app = AppTest.from_function(page_that_asks_for_itself_while_somebody_leaves).run()
    assert not app.exception
    first, *others = app.session_state["drawn"]
    assert first != "another"
    assert others == ["another"]


class Tab(LeavingSession):
    """A tab that notes which page it draws instead of drawing it."""

    def _create_scriptrunner(self, initial_rerun_data: RerunData) -> None:
        self._client_state.page_script_hash = initial_rerun_data.page_script_hash
        self.drawn = [
            *getattr(self, "drawn", []),
            (initial_rerun_data.page_script_hash, initial_rerun_data.query_string),
        ]

    def has_fragment(self, fragment_id: str) -> bool:
        return fragment_id == "shown"


@pytest.fixture
def tab() -> Tab:
    async def opened() -> Tab:
        script = str(Path("pages") / "frame.py")
        return Tab(ScriptData(script, is_hello=False), MemoryUploadedFileManager("/files"), ScriptCache(), None, {})

    return asyncio.run(opened())


def ask(tab: AppSession, page: str, query: str = "", *, file: str | None = None, part: str = "") -> None:
    """What a browser asks for: of a page with a field for files where `file` is not None, "" for an empty field."""
    asked = ClientState(page_script_hash=page, query_string=query, fragment_id=part)
    if file is not None:
        field = asked.widget_states.widgets.add(id="field").file_uploader_state_value
        if file:
            field.uploaded_file_info.add(file_id=file)
    tab.request_rerun(asked)


def holds(tab: Tab) -> list[str]:
    files: MemoryUploadedFileManager = tab._uploaded_file_mgr  # type: ignore[assignment]
    return [each.file_id for each in files.get_files(tab.id, ["a", "b"])]


def bring(tab: Tab, file: str) -> None:
    files: MemoryUploadedFileManager = tab._uploaded_file_mgr  # type: ignore[assignment]
    files.add_file(tab.id, UploadedFileRec(file, f"{file}.csv", "text/csv", b"1"))


def test_a_tab_goes_where_somebody_clicked_though_a_file_comes_in_just_after(tab: Tab) -> None:
    ask(tab, "portfolio", file="")
    ask(tab, "raw-data", "lang=fr")
    bring(tab, "a")
    ask(tab, "portfolio", file="a")
    assert tab.drawn == [("portfolio", ""), ("raw-data", "lang=fr"), ("raw-data", "lang=fr")]
    assert holds(tab) == []
    ask(tab, "raw-data", file="")
    ask(tab, "portfolio")
    ask(tab, "portfolio", file="")
    assert [page for page, _ in tab.drawn[3:]] == ["raw-data", "portfolio", "portfolio"]


def test_of_two_quick_clicks_the_last_counts_though_a_file_comes_in_after_them(tab: Tab) -> None:
    ask(tab, "portfolio", file="")
    ask(tab, "raw-data")
    ask(tab, "client")
    ask(tab, "portfolio", file="a")
    assert [page for page, _ in tab.drawn] == ["portfolio", "raw-data", "client", "client"]


def test_a_part_of_a_page_that_was_left_is_no_click(tab: Tab) -> None:
    """Streamlit drops it, and every request of the new page would be taken for one of a page that was left."""
    ask(tab, "client")
    ask(tab, "portfolio")
    ask(tab, "client", part="gone")
    ask(tab, "portfolio", file="")
    assert [page for page, _ in tab.drawn] == ["client", "portfolio", "portfolio"]


def test_a_page_that_the_script_went_to_is_not_left(tab: Tab) -> None:
    ask(tab, "client", file="")
    ask(tab, "portfolio")
    tab._create_scriptrunner(RerunData(page_script_hash="client"))
    ask(tab, "client", "part=known", file="")
    assert tab.drawn[-1] == ("client", "part=known")


def test_the_files_of_a_page_end_when_it_is_left_and_not_with_a_link_to_itself(tab: Tab) -> None:
    ask(tab, "portfolio", file="")
    bring(tab, "a")
    ask(tab, "portfolio", file="a")
    ask(tab, "portfolio", "order=worst")
    assert holds(tab) == ["a"]
    ask(tab, "raw-data")
    assert holds(tab) == []
    bring(tab, "b")
    ask(tab, "raw-data", file="b")
    assert holds(tab) == ["b"]


def test_a_file_that_is_brought_while_the_first_page_is_drawn_stays(tab: Tab) -> None:
    """Until then the tab is on the page that leads to all others."""
    tab._client_state.page_script_hash = "frame"
    bring(tab, "a")
    ask(tab, "portfolio", file="a")
    assert holds(tab) == ["a"]
