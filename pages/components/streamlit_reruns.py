"""A click on another page counts, whatever the page before it still asks for.

A part of a page that a clock draws again goes on asking until the browser has the next page. A page may also ask to be
drawn again by `st.rerun` just after the click. Streamlit makes one request of those that wait, for the page that the
last of them names, and the click would be lost. A part that is asked for while the next page is drawn is drawn after
it; it is no longer there, and the browser would show an empty screen.
"""

from __future__ import annotations

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
            if new_data.is_auto_rerun or (waits and _is_of_the_page_itself(asked)):
                return True
        if _is_full_app_rerun(new_data):
            self._page = asked
        return super()._request_rerun_locked(new_data)


def _is_of_the_page_itself(asked: str) -> bool:
    """Whether the request comes from the page that is being drawn, and not from a click."""
    drawn = get_script_run_ctx(suppress_warning=True)
    return drawn is not None and asked == drawn.page_script_hash


def let_leaving_win() -> None:
    """From now on, for every tab that opens."""
    script_runner.ScriptRequests = LeavingWins  # type: ignore[attr-defined]
