"""The table of a portfolio's clients: its filters, what can be done with them, and one page of them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.batch import summary
from core.batch.background import LoadedClients, ScoringJob
from core.batch.client_columns import with_client_columns
from core.batch.export import ENDINGS, Format, as_bytes, results_table
from core.batch.results import Places
from core.batch.scorer import Portfolio
from core.decisions.decided import decided_of
from core.i18n.translations import Language, translate
from pages.components import resources
from pages.components.auth import has_access
from pages.components.charts.palette import palette
from pages.components.client.opening import queued_address
from pages.components.client.tab_compare import open_comparison
from pages.components.downloads import show_download
from pages.components.portfolio.decided import outcomes_of
from pages.components.portfolio.queue_controls import choose_page, choose_queue, queue_address, write_address
from pages.components.portfolio.rows import bar_in_words, show_rows
from pages.components.session import session
from pages.components.streamlit_memory import remove_files_of_tab

PAIR = 2


@st.fragment
def show_table(job: ScoringJob, portfolio: Portfolio, language: Language) -> None:
    """Show the table. A filter or a tick reruns this fragment, not the whole screen."""
    if not has_access():
        st.rerun()
    results, uploaded = portfolio.results, job.intake is not None
    outcomes = outcomes_of(job)
    decided = decided_of(outcomes)
    queue = choose_queue(results, language, None if outcomes is None else len(results) - len(decided))
    places = queue.places(results, decided)
    _show_bar(job, portfolio, places, language)
    if not len(places):
        st.caption(translate("portfolio.no_match", language))
        write_address()
        return
    line = 1.0 - portfolio.threshold
    found, how = translate("portfolio.found", language, n=len(places)), translate("portfolio.how", language)
    st.caption(f"{found} {how} {bar_in_words(line, language)}")
    rows = st.container()
    page = choose_page(len(places))
    write_address()
    model, currency = resources.model(), resources.settings().currency
    shown = places[(page - 1) * summary.PAGE : page * summary.PAGE]
    lines = summary.lines(results, shown, model.bundle, language, currency)
    with rows:
        address = queue_address(queue, page)
        show_rows(lines, line, address, language, palette(), uploaded=uploaded, outcomes=outcomes or {})


def _show_bar(job: ScoringJob, portfolio: Portfolio, places: Places, language: Language) -> None:
    """Draw what can be done: open the first client, compare the two ticked ones, download the results."""
    uploaded = job.intake is not None
    with st.container(horizontal=True, key="queue_bar"):
        if st.button(
            translate("portfolio.open_first", language),
            icon=":material/play_arrow:",
            type="primary",
            disabled=not len(places),
            key="portfolio_open_first",
        ):
            _open(str(portfolio.results.ids[places[0]]), uploaded=uploaded)
        ticked = session().ticked[-PAIR:]
        pair = len(ticked) == PAIR
        words = (
            translate("portfolio.compare", language, first=ticked[0], second=ticked[1])
            if pair
            else translate("portfolio.compare_how", language)
        )
        if st.button(words, icon=":material/compare:", disabled=not pair, key="portfolio_compare"):
            open_comparison(ticked[1])
            _open(ticked[0], uploaded=uploaded)
        _show_downloads(job, portfolio, language)


def _show_downloads(job: ScoringJob, portfolio: Portfolio, language: Language) -> None:
    """Draw the downloads of the results as CSV, Excel and Parquet; each file is made when its button is pressed."""
    source = job.intake or LoadedClients(resources.loaded_clients())
    bundle = resources.model().bundle
    with st.popover(translate("portfolio.download", language), icon=":material/download:"):
        with_columns = st.toggle(
            translate("portfolio.with_columns", language),
            key="portfolio_with_columns",
            help=translate("portfolio.with_columns_help", language),
        )

        def make(form: Format) -> bytes:
            reasons = portfolio.results.raising.shape[1] > 0
            table = results_table(portfolio.results, bundle, reasons=reasons, language=language)
            if with_columns:
                table = with_client_columns(table, source, portfolio.results.rows)
            return as_bytes(table, form, language)

        for form, ending in ENDINGS.items():
            show_download(
                translate(f"portfolio.{form}", language),
                partial(make, form),
                f"{translate('export.file', language)}.{ending}",
                form,
                key=f"portfolio_{form}",
                width="stretch",
            )


def _open(client: str, *, uploaded: bool) -> None:
    """Switch to a client's file, whose address keeps the queue."""
    address = queued_address(client, uploaded=uploaded) | session().queue.to_address()
    remove_files_of_tab()
    st.switch_page("client.py", query_params=address)
