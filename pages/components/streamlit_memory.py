"""What Streamlit itself keeps of visitors: uploaded files, downloads, and the sessions of tabs that were closed.

Streamlit keeps the session of a closed tab for `server.disconnectedSessionTTL` seconds, with its uploads and downloads,
and then until somebody else comes. Here it is asked to end those whose time is up. It has no public call for that.

An uploaded file stays there as long as its tab, though the page that read it was left: in a tab that is open all day
they would add up to the limit. So a tab's files end when it goes to another page (`streamlit_reruns.py`).

A file that a download button has made belongs to no session in Streamlit: it is gone once two pages were drawn, whoever
drew them. Where ten people work, that can be before the browser asks for it.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from streamlit import runtime
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx


def n_bytes_uploaded() -> int:
    """Memory in bytes of all uploaded files that a session holds."""
    if not runtime.exists():
        return 0
    files: Any = runtime.get_instance().uploaded_file_mgr
    return int(files._total_bytes)


def remove_files_of_tab() -> None:
    """Remove the uploaded files of the tab whose page is drawn. For a page that goes to another by itself."""
    run = get_script_run_ctx()
    if run is not None:
        run.uploaded_file_mgr.remove_session_files(run.session_id)


def end_left_sessions() -> int:
    """End the sessions of closed tabs whose time is up, with their files; how many. For the event loop's thread."""
    if not runtime.exists():
        return 0
    sessions: Any = runtime.get_instance()._session_mgr
    with sessions._storage_lock:
        left = sessions._session_storage._cache.expire()
        kept = {*sessions._session_storage._cache, *sessions._active_session_info_by_id}
    for _, each in left:
        each.session.shutdown()
    return len(left) + _remove_left_files(kept)


def _remove_left_files(kept: set[str]) -> int:
    """Remove the files of all other sessions; how many these are. A file may come whose session ended meanwhile."""
    files: Any = runtime.get_instance().uploaded_file_mgr
    with files._lock:
        left = [session for session in files.file_storage if session not in kept]
    for session in left:
        files.remove_session_files(session)
    return len(left)


def keep_downloads(manager: MediaFileManager | None = None) -> None:
    """From now on a download that was made belongs to the tab that made it, until that tab draws its next page.

    manager: Streamlit's media files; None: those of this server.
    """
    if manager is None:
        if not runtime.exists():
            return
        manager = runtime.get_instance().media_file_mgr
    files: Any = manager
    make = manager.execute_deferred

    def make_and_keep(file_id: str) -> str:
        button = files._deferred_callables.get(file_id)
        address = make(file_id)
        made = PurePosixPath(address).stem
        with files._lock:
            # A tab that was closed meanwhile would never give it back.
            if button is not None and button["session_id"] in files._files_by_session_and_coord:
                files._files_by_session_and_coord[button["session_id"]][f"{button['coordinates']} made"] = made
        return address

    files.execute_deferred = make_and_keep
