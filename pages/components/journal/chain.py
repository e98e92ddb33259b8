"""The state of the chain, and the journal as files."""

from __future__ import annotations

import streamlit as st
from babel.dates import format_datetime

from core.decisions import reading
from core.decisions.chain import fault_problem
from core.decisions.chain_watch import ChainState
from core.decisions.export import changes_to_csv, to_csv, to_json_lines
from core.decisions.journal import Journal
from core.decisions.thresholds import threshold_changes
from core.i18n.translations import Language, translate, translate_problem
from pages.components.auth import has_access
from pages.components.downloads import show_download
from pages.components.messages import plain

SECONDS_BETWEEN_LOOKS = 1.0
"""While a long journal is being checked."""


def show_exports(journal: Journal, language: Language, *, of: str) -> None:
    """Offer all decisions or all changes of threshold as CSV in the screen's language, and all entries as JSON lines.

    of: "decisions" or "thresholds".
    """

    def changes() -> str:
        return "".join(changes_to_csv(reversed(threshold_changes(journal)), language))

    def decisions() -> str:
        with journal.database.reading() as connection:
            return "".join(to_csv(reading.decisions_in_order(connection) if connection else (), language))

    def json_lines() -> str:
        with journal.database.reading() as connection:
            return "".join(to_json_lines(reading.stored(connection) if connection else ()))

    name = translate("journal.file", language)
    first, second = st.columns(2)
    with first:
        if of == "thresholds":
            words, csv, file = translate("journal.changes_csv", language), changes, "journal.changes_file"
        else:
            words, csv, file = translate("journal.csv", language), decisions, "journal.file"
        show_download(words, csv, f"{translate(file, language)}.csv", "csv", key=f"journal_csv_{of}", width="stretch")
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
    """Say whether every entry is as it was written, and when that was checked. Raises JournalError."""
    state = journal.chain.look()
    if not state.checking:
        _show_state(state, journal, language)
        return

    @st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
    def wait() -> None:
        if not has_access():
            st.rerun()
        now = journal.chain.look()
        if not now.checking:
            st.rerun()
        _show_state(now, journal, language)

    wait()


def _show_state(state: ChainState, journal: Journal, language: Language) -> None:
    if state.problem is not None:
        st.error(plain(translate_problem(state.problem, language)), icon=":material/error:")
    found, at = state.verified, state.checked_at
    if found is None or at is None:
        if state.checking:
            st.info(translate("journal.checking", language), icon=":material/hourglass_top:")
        return
    when = plain(f"{format_datetime(at, 'd MMM y HH:mm:ss', locale=language)} UTC")
    if found.fault is not None:
        problem = plain(translate_problem(fault_problem(found.fault), language))
        st.error(f"{problem} {translate('journal.checked', language, when=when)}", icon=":material/error:")
    elif found.entries:
        head = f"`{found.head}`"
        whole = translate("journal.whole", language, n=found.entries, head=head)
        st.success(f"{whole} {translate('journal.checked', language, when=when)}", icon=":material/verified:")
    if state.added or state.checking:
        key = "journal.checking" if state.checking else "journal.added"
        st.caption(translate(key, language, n=state.added))
    if found.entries and st.button(
        translate("journal.check", language), icon=":material/verified:", key="journal_check"
    ):
        journal.chain.check_now()
        st.rerun()
