"""Who goes to another page gets there, whatever the page that is left still asks for.

Streamlit folds requests that come while a page is drawn into one, for the page that the last of them names. Where a
page asks to be drawn again, by `st.rerun` or by the clock of one of its parts, just after somebody has clicked on
another page, that click would be lost.
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

    def _request_rerun_locked(self, new_data: RerunData) -> bool:
        if (
            self._state == ScriptRequestType.RERUN
            and _is_full_app_rerun(self._rerun_data)
            and self._rerun_data.page_script_hash != new_data.page_script_hash
            and _is_of_the_page_itself(new_data)
        ):
            return True
        return super()._request_rerun_locked(new_data)


def _is_of_the_page_itself(asked: RerunData) -> bool:
    """Whether the page that is drawn asks to be drawn again, and nobody has clicked."""
    if asked.is_auto_rerun:
        return True
    drawn = get_script_run_ctx(suppress_warning=True)
    return drawn is not None and asked.page_script_hash == drawn.page_script_hash


def let_leaving_win() -> None:
    """From now on, for every tab that opens."""
    script_runner.ScriptRequests = LeavingWins  # type: ignore[attr-defined]
