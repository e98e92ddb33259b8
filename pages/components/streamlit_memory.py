"""What Streamlit itself keeps of visitors: uploaded files, and the sessions of tabs that were closed.

Streamlit keeps the session of a closed tab for `server.disconnectedSessionTTL` seconds, with its uploads and downloads,
and then until somebody else comes. Here it is asked to end those whose time is up. It has no public call for that.
"""

from __future__ import annotations

from typing import Any

from streamlit import runtime


def n_bytes_uploaded() -> int:
    """Memory in bytes of all uploaded files that a session holds."""
    if not runtime.exists():
        return 0
    files: Any = runtime.get_instance().uploaded_file_mgr
    return int(files._total_bytes)


def end_left_sessions() -> int:
    """End the sessions of closed tabs whose time is up, with their files; how many. For the event loop's thread."""
    if not runtime.exists():
        return 0
    sessions: Any = runtime.get_instance()._session_mgr
    with sessions._storage_lock:
        left = sessions._session_storage._cache.expire()
    for _, each in left:
        each.session.shutdown()
    return len(left)
