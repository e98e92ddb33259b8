"""The screen for an unknown address, because Streamlit's own message is only in English."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from core.i18n.translations import Language, translate
from core.web.urls import requested_screen


def unknown_address(known: Collection[str]) -> str:
    """The path of the visitor's address if it is unknown; otherwise empty. known: the paths of all screens."""
    path = requested_screen(st.context.url or "")
    return "" if not path or path in known or "/" in path else path


def show_not_found(pages: Sequence[st.Page], language: Language) -> None:
    """Say that the address is unknown, and link to every screen."""
    st.header(translate("nowhere.title", language), anchor=False)
    st.markdown(translate("nowhere.where", language))
    for page in pages:
        st.page_link(page)
