"""The state of the chain, checked at the press of a button, and the journal as files."""

from __future__ import annotations

import streamlit as st

from core.decisions import reading
from core.decisions.chain import fault_problem
from core.decisions.export import to_csv, to_json_lines
from core.decisions.journal import Journal
from core.i18n.translations import Language, translate, translate_problem
from pages.components.downloads import show_download
from pages.components.messages import plain


def show_exports(journal: Journal, language: Language) -> None:
    """Offer all decisions as CSV in the screen's language, and all entries as JSON lines."""

    def csv() -> str:
        with journal.database.reading() as connection:
            return "".join(to_csv(reading.decisions_in_order(connection) if connection else (), language))

    def json_lines() -> str:
        with journal.database.reading() as connection:
            return "".join(to_json_lines(reading.stored(connection) if connection else ()))

    name = translate("journal.file", language)
    first, second = st.columns(2)
    with first:
        show_download(translate("journal.csv", language), csv, f"{name}.csv", "csv", key="journal_csv", width="stretch")
    with second:
        show_download(
            translate("journal.jsonl", language),
            json_lines,
            f"{name}.jsonl",
            "jsonl",
            key="journal_jsonl",
            width="stretch",
        )


def show_chain(journal: Journal, language: Language) -> None:
    """Check every entry at the press of a button, and name the first that is not as it was written."""
    if not st.button(translate("journal.check", language), icon=":material/verified:", key="journal_check"):
        return
    found = journal.verify()
    if found.fault is not None:
        st.error(plain(translate_problem(fault_problem(found.fault), language)), icon=":material/error:")
        return
    head = f"`{found.head}`" if found.entries else "–"
    st.success(translate("journal.whole", language, n=found.entries, head=head), icon=":material/verified:")
