"""Files that a visitor downloads; the only place that draws a download button.

Streamlit names a file of over a megabyte by its length, three samples of its bytes, its MIME type and its file name,
and serves the first file that got a name to everybody who asks for it. Two files of two visitors can agree in all of
that. A random parameter in the MIME type makes every name different, and one that cannot be computed from the file.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Literal

import streamlit as st

MIME_TYPES = {
    "csv": "text/csv",
    "excel": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
}


def unique_mime_type(kind: str) -> str:
    """The MIME type of a kind of file, with a parameter of 128 random bits."""
    return f"{MIME_TYPES[kind]}; id={secrets.token_hex(16)}"


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
    """A button that downloads a file.

    label: what stands on the button. make: returns the file's content; called when the button is pressed, which does
    not run the page again. file_name: what the browser calls the file. kind: a key of MIME_TYPES.
    key: the button's own key; without one it would be another button on every run, for its MIME type differs.
    """
    st.download_button(
        label, make, file_name, unique_mime_type(kind), key=key, icon=icon, width=width, on_click="ignore"
    )
