"""The buttons to decide and to download the file, and what was decided on the client before."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.decisions.entry import Entry, Outcome
from core.decisions.letters import open_contest_of
from core.errors import JournalError
from core.i18n.translations import Language, translate
from pages.components.auth import has_access
from pages.components.client.client_file import ClientFile
from pages.components.client.decide import is_deciding, show_decide
from pages.components.client.pdf_button import show_pdf_button
from pages.components.client.queue_bar import show_next
from pages.components.journal.access import show_where, visit_journal
from pages.components.journal.contest import show_contests
from pages.components.journal.entry import show_line
from pages.components.journal.letter import show_letters
from pages.components.messages import plain, show_not_saved
from pages.components.session import session

SHOWN = 3
"""Decisions that stand open on a file; those before are folded."""


@st.fragment
def show_decisions(file: ClientFile) -> None:
    """Decide, and show the decisions on this client, newest first. Runs by itself, so that typing draws no gauge."""
    if not has_access():
        st.rerun()
    language = file.language
    found: Sequence[Entry] = ()
    refused, contest = None, 0
    try:
        found = visit_journal().of_client(str(file.client))
        contest = open_contest_of(visit_journal(), str(file.client))
    except JournalError as error:
        refused = error
    session().seen[file.client] = found[-1].body.sequence if found else 0
    with st.container(horizontal=not is_deciding(file, "file"), vertical_alignment="center", key="actions"):
        if show_decide(file, "file", answers=contest):
            st.rerun()
        show_pdf_button(file)
        if refused is None and not found:
            st.caption(translate("decision.none", language), width="content")
    if refused is not None:
        show_not_saved(refused, language)
    _show_saved(file, language)
    _show_entries(found, language)
    show_where(language)


def _show_saved(file: ClientFile, language: Language) -> None:
    """Say that a decision was saved just now, and whether somebody else decided meanwhile."""
    recorded = session().recorded
    if recorded is None or recorded.entry.client != str(file.client):
        return
    st.success(translate("decision.saved", language), icon=":material/check:")
    if recorded.others:
        who = ", ".join(dict.fromkeys(plain(each.body.who) for each in recorded.others))
        st.warning(translate("decision.meanwhile", language, who=who), icon=":material/group:")
    show_next(file)


def _show_entries(found: Sequence[Entry], language: Language) -> None:
    if not found:
        return
    st.markdown(f"**{translate('decision.heading', language)}**")
    for entry in reversed(found[-SHOWN:]):
        with st.container(border=True):
            show_line(entry, language)
            if entry.body.outcome is Outcome.REFUSED and entry.client:
                show_letters(entry, language)
                show_contests(entry, language, answering=False)
    if found[:-SHOWN]:
        with st.expander(translate("decision.before", language, n=len(found[:-SHOWN]))):
            for entry in reversed(found[:-SHOWN]):
                show_line(entry, language)
