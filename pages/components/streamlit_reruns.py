"""Who goes to another page gets there, whatever the page that is left still asks for.

A part of a page that is drawn again by a clock goes on asking until the browser has the next page, and a page may ask
for itself by `st.rerun` just after somebody has clicked. Streamlit folds requests that wait into one, for the page that
the last of them names: the click would be lost. A part that is asked for while the next page is drawn it looks for
afterwards, in vain, and the browser takes the next page away: the screen would be empty.
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
    """One tab's requests to draw a page, as Streamlit keeps them, but that a page cannot call back who leaves it."""

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
    """Whether the page that is drawn asks for itself, and nobody has clicked."""
    drawn = get_script_run_ctx(suppress_warning=True)
    return drawn is not None and asked == drawn.page_script_hash


def let_leaving_win() -> None:
    """From now on, for every tab that opens."""
    script_runner.ScriptRequests = LeavingWins  # type: ignore[attr-defined]
