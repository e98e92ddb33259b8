"""The banner of an app on a public address without sign-in; it cannot be closed."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import Language, translate
from core.web.urls import is_public
from pages.components import resources


def show_banner(language: Language) -> None:
    """What not to enter, and where uploads live; nothing with sign-in, nor on a machine or network of one's own.

    Decided by the address that the visitor's own browser shows.
    """
    if not resources.settings().sign_in and is_public(st.context.url):
        what, where = translate("demonstration.what", language), translate("demonstration.where", language)
        # Markdown, for HTML is drawn later than all else and would push the page down.
        with st.container(key="demonstration"):
            st.markdown(f":small[:material/science: **{what}** {where}]")
