"""The sidebar: language, who is signed in, and what the loaded clients are."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import LANGUAGES, translate
from core.settings import ROOT
from pages.components import resources
from pages.components.auth import may_look, show_who
from pages.components.session import session, speak, widget

SWITCH = "language_switch"
NAMES = {"en": "English", "fr": "Français"}


def show_sidebar() -> None:
    """Logo, language switch, who is signed in, and a line on where the clients come from."""
    state = session()
    # Beside a closed sidebar, on a telephone, there is room for the mark alone.
    assets = ROOT / "assets"
    st.logo(str(assets / "logo.svg"), size="large", icon_image=str(assets / "favicon.png"))
    with st.sidebar:
        st.segmented_control(
            translate("sidebar.language", state.language),
            LANGUAGES,
            default=state.language,
            format_func=lambda code: NAMES[code],
            key=SWITCH,
            on_change=_switch,
            required=True,
        )
        if not may_look():
            return
        show_who(state.language)
        clients = resources.loaded_clients()
        key = "sidebar.synthetic" if clients.synthetic else "sidebar.clients"
        st.caption(translate(key, state.language, n=len(clients)))


def _switch() -> None:
    chosen = widget(SWITCH)
    if chosen in LANGUAGES:
        speak(chosen)
