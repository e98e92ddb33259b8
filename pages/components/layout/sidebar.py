"""The sidebar: language, signed-in person, and the origin of the loaded clients."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import LANGUAGES, translate
from core.settings import ROOT
from pages.components import resources
from pages.components.auth import has_access, show_user
from pages.components.messages import plain
from pages.components.session import session, set_widget, switch_language, visit_contents, widget

SWITCH = "language_switch"
NAMES = {"en": "English", "fr": "Français"}


def show_sidebar() -> None:
    """Show logo, language switch and signed-in person."""
    state = session()
    # With a closed sidebar, on a telephone, there is room only for the small icon.
    assets = ROOT / "assets"
    st.logo(str(assets / "logo.svg"), size="large", icon_image=str(assets / "favicon.png"))
    set_widget(SWITCH, state.language)
    with st.sidebar:
        st.segmented_control(
            translate("sidebar.language", state.language),
            LANGUAGES,
            format_func=lambda code: NAMES[code],
            key=SWITCH,
            on_change=_switch,
            required=True,
        )
        if not has_access():
            return
        show_user(state.language)


def show_source(*, of_portfolio: bool) -> None:
    """Name the clients in use, below the rest of the sidebar: the visitor's file, or the loaded clients.

    After the page, which may have opened another client. of_portfolio: on the portfolio's screen, whose file counts.
    """
    if not has_access():
        return
    language, visit, clients = session().language, visit_contents(), resources.loaded_clients()
    with st.sidebar:
        job, is_file = visit.job, bool(session().from_file or session().queued)
        if of_portfolio and job is not None and job.intake is not None:
            n = job.intake.n_rows if job.portfolio is None else len(job.portfolio.results)
            st.caption(translate("sidebar.file", language, n=n, name=plain(job.name)))
            return
        if not of_portfolio and is_file and visit.uploaded:
            name = plain(visit.uploaded_name)
            st.caption(translate("sidebar.file", language, n=len(visit.uploaded), name=name))
            return
        key = "sidebar.synthetic" if clients.synthetic else "sidebar.clients"
        st.caption(translate(key, language, n=len(clients)))


def _switch() -> None:
    chosen = widget(SWITCH)
    if chosen in LANGUAGES:
        switch_language(chosen)
