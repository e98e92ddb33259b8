"""The results of a scored portfolio: tiles, how the file was read, and its views: clients, charts, rows to mend."""

from __future__ import annotations

import streamlit as st

from core.batch.background import ScoringJob
from core.batch.notes import notes_in_words
from core.batch.reading_notes import how_read
from core.batch.scorer import Portfolio
from core.dictionary.lookup import label
from core.i18n.translations import Language, number, translate
from pages.components.address import follow_choice, keep_choice, write_choice
from pages.components.messages import plain
from pages.components.portfolio.overview import show_charts
from pages.components.portfolio.refused import show_refused
from pages.components.portfolio.table import show_table
from pages.components.portfolio.tiles import show_tiles
from pages.components.session import translated

WARNINGS = ("never_seen", "impossible")
"""Notes that are shown as a warning; the others are folded beside the name of the file."""
VIEW, IN_ADDRESS = "portfolio_view", "view"


def show_outcome(job: ScoringJob, language: Language) -> None:
    """Show the results first, then what is to be known of the file, then one of the views."""
    portfolio = job.portfolio
    assert portfolio is not None
    if portfolio.stopped:
        stopped = translate("portfolio.was_stopped", language, n=portfolio.n_rows, total=portfolio.total)
        st.info(stopped, icon=":material/stop_circle:")
    if not portfolio.n_rows and portfolio.stopped:
        return
    if not len(portfolio.results):
        st.error(translate("portfolio.none_scored", language, n=portfolio.n_rows), icon=":material/error:")
        show_refused(job, portfolio, language)
        return
    show_tiles(portfolio, language)
    _show_warnings(portfolio, language)
    _show_view(job, portfolio, language)


def _show_view(job: ScoringJob, portfolio: Portfolio, language: Language) -> None:
    """Draw the switch between the views, and the chosen one."""
    counts = {"clients": len(portfolio.results), "charts": None, "refused": portfolio.n_refused}
    views = [each for each in counts if counts[each] != 0]

    def name(view: str) -> str:
        n = counts[view]
        words = translate(f"portfolio.view_{view}", language)
        return words if n is None else f"{words} · {number(n, language)}"

    follow_choice(IN_ADDRESS, VIEW, views)
    chosen = st.segmented_control(
        translate("portfolio.view", language),
        views,
        default=views[0],
        required=True,
        key=translated(VIEW),
        persist_state="session",
        format_func=name,
        label_visibility="collapsed",
        on_change=write_choice,
        args=(IN_ADDRESS, VIEW),
    )
    keep_choice(IN_ADDRESS, chosen, views[0])
    if chosen == "charts":
        show_charts(portfolio, language)
    elif chosen == "refused":
        show_refused(job, portfolio, language)
    else:
        show_table(job, portfolio, language)


def _show_warnings(portfolio: Portfolio, language: Language) -> None:
    """Show what cannot be right and what the model has never seen."""
    notes = notes_in_words(portfolio.notes, language, lambda column: label(column, language))
    warnings = [plain(notes[kind]) for kind in WARNINGS if kind in notes]
    if warnings:
        st.warning("\n\n".join(warnings), icon=":material/rule:")


def show_notes(job: ScoringJob, language: Language) -> None:
    """Show how the file was read, and what was done with its columns."""
    portfolio = job.portfolio
    if portfolio is None:
        return
    notes = notes_in_words(portfolio.notes, language, lambda column: label(column, language))
    sentences = [plain(sentence) for kind, sentence in notes.items() if kind not in WARNINGS]
    if job.intake is not None:
        how = plain(how_read(job.intake.how, language))
        sentences.insert(0, translate("read.clients", language, n=job.intake.n_rows, how=how))
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
