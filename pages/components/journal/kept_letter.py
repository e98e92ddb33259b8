"""A letter as it was sent."""

from __future__ import annotations

import streamlit as st
from babel.dates import format_datetime

from core.decisions.entry import Entry
from core.decisions.letters import Letter
from core.i18n.translations import Language, translate
from pages.components.journal.letter_files import show_letter_files
from pages.components.messages import plain


def show_kept(entry: Entry, letter: Letter, language: Language, *, expanded: bool) -> None:
    """Show a letter on a refusal as it was sent, with its PDF and its text; or that it was erased."""
    when = plain(f"{format_datetime(letter.when, 'd MMM y HH:mm', locale=language)} UTC")
    title = translate("letter.kept", language, when=when, who=plain(letter.body.who))
    if not letter.text:
        st.caption(f"{title}: {translate('letter.kept_erased', language)}")
        return
    with st.expander(title, expanded=expanded, icon=":material/mail:"):
        st.text(letter.text)
        if letter.body.age_withheld:
            st.caption(translate("letter.age", language))
        with st.container(horizontal=True):
            show_letter_files(entry, letter, language)
        hash_begins = letter.hash[:12]
        st.caption(translate("letter.digest", language, entry=str(letter.body.sequence), hash=hash_begins))
