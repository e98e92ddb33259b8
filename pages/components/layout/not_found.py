"""An address that no screen has: Streamlit would say so in English, in a box of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from core.i18n.translations import Language, translate
from core.web.urls import requested_screen


def asked_in_vain(known: Collection[str]) -> str:
    """The address that the visitor opened, where it is not one of the known ones; empty where it is."""
    asked = requested_screen(st.context.url or "")
    return "" if not asked or asked in known or "/" in asked else asked


def show_not_found(pages: Sequence[st.Page], language: Language) -> None:
    """That nothing is here, and the way to every screen."""
    st.header(translate("nowhere.title", language), anchor=False)
    st.markdown(translate("nowhere.where", language))
    for page in pages:
        st.page_link(page)
