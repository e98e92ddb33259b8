"""What was decided on the client of the open file, and the button to decide."""

from __future__ import annotations

import streamlit as st

from core.errors import JournalError
from core.i18n.translations import translate
from pages.components.auth import has_access
from pages.components.client.client_file import ClientFile
from pages.components.client.decide import show_decide, show_not_saved
from pages.components.journal.access import show_where, visit_journal
from pages.components.journal.entry import show_line
from pages.components.messages import plain
from pages.components.session import session

SHOWN = 3
"""Decisions that stand open on a file; those before are folded."""


@st.fragment
def show_decisions(file: ClientFile) -> None:
    """Show the decisions on this client, newest first, and decide. Runs by itself, so that typing draws no gauge."""
    if not has_access():
        st.rerun()
    language = file.language
    st.markdown(f"**{translate('decision.heading', language)}**")
    try:
        found = visit_journal().of_client(str(file.client))
    except JournalError as error:
        show_not_saved(error, language)
        found = ()
    if not found:
        st.caption(translate("decision.none", language))
    for entry in reversed(found[-SHOWN:]):
        with st.container(border=True):
            show_line(entry, language)
    if found[:-SHOWN]:
        with st.expander(translate("decision.before", language, n=len(found[:-SHOWN]))):
            for entry in reversed(found[:-SHOWN]):
                show_line(entry, language)
    recorded = session().recorded
    if recorded is not None and recorded.entry.client == str(file.client):
        st.success(translate("decision.saved", language), icon=":material/check:")
        if recorded.others:
            who = ", ".join(dict.fromkeys(plain(each.body.who) for each in recorded.others))
            st.warning(translate("decision.meanwhile", language, who=who), icon=":material/group:")
    session().seen[file.client] = found[-1].body.sequence if found else 0
    if show_decide(file, "file"):
        st.rerun()
    show_where(language)
