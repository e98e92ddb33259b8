"""The screen for an unknown address; Streamlit's own message is in English only."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from core.i18n.translations import Language, translate
from core.web.urls import requested_screen


def unknown_address(known: Collection[str]) -> str:
    """The path that the visitor opened if it is not among the known ones; otherwise empty."""
    asked = requested_screen(st.context.url or "")
    return "" if not asked or asked in known or "/" in asked else asked


def show_not_found(pages: Sequence[st.Page], language: Language) -> None:
    """Say that the address is unknown, and link to every screen."""
    st.header(translate("nowhere.title", language), anchor=False)
    st.markdown(translate("nowhere.where", language))
    for page in pages:
        st.page_link(page)
