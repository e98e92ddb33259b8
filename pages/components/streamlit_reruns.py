"""A click on another page counts, whatever the page before it still asks for.

A part of a page that a clock draws again goes on asking until the browser has the next page. A page may also ask to be
drawn again by `st.rerun` just after the click. Streamlit makes one request of those that wait, for the page that the
last of them names, and the click would be lost. A part that is asked for while the next page is drawn is drawn after
it; it is no longer there, and the browser would show an empty screen. A file that has come in just after the click is
told to the page that was left, and Streamlit would draw that one again.
"""

from __future__ import annotations

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime import websocket_session_manager
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx, script_runner
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
    _is_full_app_rerun,
)


class LeavingWins(ScriptRequests):
    """One tab's requests to draw a page, as Streamlit keeps them, without those of a page that was left."""

    _page = ""

    def _request_rerun_locked(self, new_data: RerunData) -> bool:
        asked = new_data.page_script_hash
        if self._page not in ("", asked):
            waits = self._state == ScriptRequestType.RERUN and _is_full_app_rerun(self._rerun_data)
            of_a_part = not _is_full_app_rerun(new_data)
            if new_data.is_auto_rerun or of_a_part or (waits and _is_of_the_page_itself(asked)):
                return True
        if _is_full_app_rerun(new_data):
            self._page = asked
        return super()._request_rerun_locked(new_data)


def _is_of_the_page_itself(asked: str) -> bool:
    """Whether the request comes from the page that is being drawn, and not from a click."""
    drawn = get_script_run_ctx(suppress_warning=True)
    return drawn is not None and asked == drawn.page_script_hash


class LeavingSession(AppSession):
    """One tab, which goes where somebody clicked although a file comes in for the page that was left.

    The files of that page end with it.
    """

    _clicked: ClientState | None = None

    def request_rerun(self, client_state: ClientState | None) -> None:
        """Draws what the browser asks for; the page clicked on, once more, where the page left asks after the click.

        client_state: what the browser asked for, None for what it asked for last.
        """
        if client_state is not None and not client_state.fragment_id:
            client_state = self._follow(client_state)
        super().request_rerun(client_state)

    def _follow(self, client_state: ClientState) -> ClientState:
        asked, here = client_state.page_script_hash, self._client_state.page_script_hash
        has_field, clicked = _has_field_for_files(client_state), self._clicked
        if clicked is not None and clicked.page_script_hash == here != asked and has_field:
            self._uploaded_file_mgr.remove_session_files(self.id)
            return clicked
        if asked not in ("", here):
            self._clicked = client_state
            self._client_state.page_script_hash = asked
            if not has_field:
                # While the first page is drawn `here` is another name of it, and a file may have been brought already.
                self._uploaded_file_mgr.remove_session_files(self.id)
        return client_state


def _has_field_for_files(client_state: ClientState) -> bool:
    """Whether a page with a field for files asks. A click on a link names what surrounds all pages, and no such field.

    The browser knows no better than to name the page that it shows, until it has the next.
    """
    return any(state.WhichOneof("value") == "file_uploader_state_value" for state in client_state.widget_states.widgets)


def let_leaving_win() -> None:
    """From now on, for every tab that opens."""
    script_runner.ScriptRequests = LeavingWins  # type: ignore[attr-defined]
    websocket_session_manager.AppSession = LeavingSession  # type: ignore[attr-defined]
