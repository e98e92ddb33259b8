"""The banner of a public app without sign-in; visitors cannot close it."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import Language, translate
from core.web.urls import is_public
from pages.components import resources


def show_banner(language: Language) -> None:
    """Say what visitors should not enter and where uploads are stored; only without sign-in at a public address.

    The address is the one in the visitor's browser.
    """
    if not resources.settings().sign_in and is_public(st.context.url):
        what, where = translate("demonstration.what", language), translate("demonstration.where", language)
        # st.html is drawn after all other elements and would shift the page, so this is Markdown.
        with st.container(key="demonstration"):
            st.markdown(f":small[:material/science: **{what}** {where}]")
