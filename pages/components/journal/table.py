"""The decisions that fit, the rate of departures in all and by officer, and one decision as it was then."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.decisions.entry import Entry, Outcome
from core.decisions.export import contest_in_words, yes_or_no
from core.decisions.reading import Departures, Page
from core.i18n.translations import Language, percent, translate
from pages.components.journal.contest import show_contests
from pages.components.journal.entry import show_entry, when
from pages.components.journal.letter import show_letters
from pages.components.journal.replay import show_replay
from pages.components.messages import plain

SHOWN = 500
"""Decisions that the table shows at most."""
TABLE = "journal_table"


def show_table(page: Page, language: Language, *, any_at_all: bool) -> None:
    """Show how many decisions fit and depart, the newest of them, and the one that is chosen.

    any_at_all: whether there is a decision, fitting or not.
    """
    if not page.total:
        st.info(translate("journal.none" if any_at_all else "journal.none_yet", language), icon=":material/info:")
        return
    departing = sum(each.departing for each in page.by_who)
    share = plain(percent(departing / page.total, language, 1))
    st.markdown(translate("journal.number", language, n=page.total, share=share))
    if len(page.by_who) > 1:
        with st.expander(translate("journal.by_officer", language)):
            st.table(pd.DataFrame([_rate(each, language) for each in page.by_who]), hide_index=True)
    if page.total > len(page.entries):
        st.caption(translate("journal.newest", language, n=len(page.entries)))
    st.caption(translate("journal.pick", language))
    rows = pd.DataFrame([_row(entry, language) for entry in page.entries])
    chosen = st.dataframe(rows, hide_index=True, on_select="rerun", selection_mode="single-row", key=TABLE)
    places = chosen["selection"]["rows"]
    if places and places[0] < len(page.entries):
        with st.container(border=True):
            entry = page.entries[places[0]]
            show_entry(entry, language)
            show_replay(entry, language)
            if entry.body.outcome is Outcome.REFUSED:
                show_letters(entry, language)
                show_contests(entry, language, answering=True)


def _row(entry: Entry, language: Language) -> dict[str, str]:
    body = entry.body
    cells = {
        "sequence": str(body.sequence),
        "time": when(entry, language),
        "client": entry.client,
        "decision": translate(f"decision.{body.outcome}", language),
        "contest": contest_in_words(entry.contest, language),
        "who": body.who,
        "recommendation": translate(f"verdict.{body.loan_recommendation or body.recommendation}", language),
        "departs": yes_or_no(body.departs, language),
        "letters": str(entry.letters) if entry.letters else "",
    }
    return {translate(f"journal.column_{column}", language): cell for column, cell in cells.items()}


def _rate(each: Departures, language: Language) -> dict[str, str]:
    return {
        translate("journal.column_who", language): plain(each.who),
        translate("journal.decisions", language): str(each.decisions),
        translate("journal.share", language): percent(each.departing / each.decisions, language, 1),
    }
