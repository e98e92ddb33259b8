"""The journal: filter → find → show, one decision opened as it was then, and the export."""

from __future__ import annotations

import streamlit as st

from core.decisions.reading import Filter
from core.errors import JournalError
from core.i18n.translations import translate
from pages.components.auth import require
from pages.components.journal.access import show_where, visit_journal
from pages.components.journal.chain import show_chain, show_exports
from pages.components.journal.changes import show_changes
from pages.components.journal.filters import choose_filter, choose_kind
from pages.components.journal.table import SHOWN, show_table
from pages.components.messages import show_not_saved
from pages.components.session import session

require()
language = session().language
st.header(translate("page.journal", language), anchor=False)
st.markdown(translate("journal.intro", language))
show_where(language)
try:
    journal = visit_journal()
    kind = choose_kind(language)
    if kind == "thresholds":
        show_changes(journal, language)
    else:
        wanted = choose_filter(journal, language)
        page = journal.search(wanted, limit=SHOWN)
        show_table(page, language, any_at_all=wanted != Filter() and journal.search(Filter(), limit=0).total > 0)
    show_exports(journal, language, of=kind)
    show_chain(journal, language)
except JournalError as error:
    show_not_saved(error, language)
