"""Download buttons; no other module draws one.

Streamlit identifies a file of over a megabyte by its length, three samples of its bytes, its MIME type and its file
name, and serves the first file with an identifier to every request for it. Files of two visitors can have the same
identifier. A random parameter in the MIME type makes each identifier unique and impossible to guess. It also
marks the file as this visit's: `core.web.visit_cookie` refuses it to all others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from pages.components import resources
from pages.components.session import visit_token

MIME_TYPES = {
    "csv": "text/csv",
    "excel": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "text": "text/plain",
}


def unique_mime_type(kind: str) -> str:
    """The MIME type of a kind of file, with a random parameter that marks the file as this visit's."""
    return f"{MIME_TYPES[kind]}; id={resources.visits().mark(visit_token())}"


def show_download(
    label: str,
    make: Callable[[], bytes | str],
    file_name: str,
    kind: str,
    *,
    key: str,
    icon: str = ":material/download:",
    width: Literal["content", "stretch"] = "content",
) -> None:
    """Draw a button that downloads a file.

    Parameters
    ----------
    label: the button's text.
    make: returns the file's content; called when the button is pressed, which does not rerun the page.
    file_name: the name of the downloaded file.
    kind: a key of MIME_TYPES.
    key: the widget's key; without it, the random MIME type would make a new button on every run.
    icon, width: as in `st.download_button`.
    """
    st.download_button(
        label, make, file_name, unique_mime_type(kind), key=key, icon=icon, width=width, on_click="ignore"
    )
