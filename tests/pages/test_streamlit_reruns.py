"""A click on another page is not lost to what the page that is left asks for meanwhile."""

from __future__ import annotations

import pytest
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests
from streamlit.testing.v1 import AppTest

from pages.components.streamlit_reruns import LeavingWins, let_leaving_win

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
    assert drawn_after(CLICK, EDIT) == ("portfolio", "", [])


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
