"""The table of a portfolio's clients, with sorting, filters and search; and the downloads of the results."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from core.batch import summary
from core.batch.background import LoadedClients, ScoringJob
from core.batch.client_columns import with_client_columns
from core.batch.export import ENDINGS, Format, as_bytes, results_table
from core.batch.results import Places
from core.batch.scorer import Portfolio
from core.i18n.translations import Language, translate
from core.records import ReviewReason, Verdict
from pages.components import resources
from pages.components.client.picker import open_client
from pages.components.client.tab_compare import open_comparison
from pages.components.downloads import show_download
from pages.components.session import session, translated, visit_contents

PAIR = 2
WIDTHS = (90, 170, 100, 120)
"""Widths of the first columns in pixels, so that their contents are never cut off."""


def show_table(job: ScoringJob, portfolio: Portfolio, language: Language) -> None:
    """Show the table; a click on a cell opens that client's file, two ticked rows can be compared."""
    st.subheader(translate("portfolio.table", language), anchor=False)
    places = _chosen(portfolio, language)
    if not len(places):
        st.caption(translate("portfolio.no_match", language))
        return
    pages = -(-len(places) // summary.PAGE)
    st.caption(f"{translate('portfolio.found', language, n=len(places))} {translate('portfolio.how', language)}")
    state, table = session(), st.container()
    turn, _ = st.columns([1, 3])
    page = int(turn.number_input(translate("portfolio.page", language, n=pages), 1, pages, 1, key="portfolio_page"))
    shown = places[(page - 1) * summary.PAGE : page * summary.PAGE]
    rows = summary.table_rows(
        portfolio.results, shown, resources.model().bundle, language, resources.settings().currency
    )
    widths = {name: st.column_config.TextColumn(width=width) for name, width in zip(rows[0], WIDTHS, strict=False)}
    # The key changes with each opened client; otherwise the old click would count again when the visitor returns.
    event = table.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
        column_config=widths,
        key=f"portfolio_table_{state.visits}",
    )
    clicked, ticked = event.selection.cells, event.selection.rows
    if clicked and clicked[0][0] < len(shown):
        _open(job, str(portfolio.results.ids[shown[clicked[0][0]]]))
    if len(ticked) >= PAIR:
        first, second = (str(portfolio.results.ids[place]) for place in shown[ticked[:PAIR]])
        _offer_pair(job, first, second, language)


def show_downloads(job: ScoringJob, portfolio: Portfolio, language: Language) -> None:
    """Draw the downloads of the results as CSV, Excel and Parquet; each file is made when its button is pressed."""
    st.markdown(f"**{translate('portfolio.download', language)}**")
    with_columns = st.toggle(
        translate("portfolio.with_columns", language),
        key="portfolio_with_columns",
        help=translate("portfolio.with_columns_help", language),
    )
    source = job.intake or LoadedClients(resources.loaded_clients())
    bundle = resources.model().bundle

    def make(form: Format) -> bytes:
        reasons = portfolio.results.raising.shape[1] > 0
        table = results_table(portfolio.results, bundle, reasons=reasons, language=language)
        if with_columns:
            table = with_client_columns(table, source, portfolio.results.rows)
        return as_bytes(table, form, language)

    for column, (form, ending) in zip(st.columns([1, 1, 1, 3]), ENDINGS.items(), strict=False):
        with column:
            show_download(
                translate(f"portfolio.{form}", language),
                partial(make, form),
                f"{translate('export.file', language)}.{ending}",
                form,
                key=f"portfolio_{form}",
                width="stretch",
            )


def _chosen(portfolio: Portfolio, language: Language) -> Places:
    """Draw search, filters and order, and return the positions of the matching clients in this order."""
    search, only, because, sort, turn = st.columns([3, 4, 4, 3, 2], vertical_alignment="bottom")
    typed = search.text_input(
        translate("portfolio.search", language),
        key="portfolio_search",
        type="search",
        live=True,
        max_chars=20,
        placeholder=translate("picker.placeholder", language),
        icon=":material/search:",
    )
    verdicts = only.multiselect(
        translate("portfolio.only", language),
        [Verdict.FAVOURABLE, Verdict.TO_REVIEW, Verdict.UNFAVOURABLE],
        key=translated("portfolio_only"),
        placeholder=translate("portfolio.all", language),
        format_func=lambda verdict: translate(f"verdict.{verdict}", language),
    )
    why = because.multiselect(
        translate("portfolio.only_why", language),
        list(ReviewReason),
        key=translated("portfolio_only_why"),
        placeholder=translate("portfolio.all", language),
        format_func=lambda reason: translate(f"portfolio.why_{reason}", language),
    )
    order = sort.selectbox(
        translate("portfolio.sort", language),
        summary.ORDERS,
        key=translated("portfolio_order"),
        format_func=lambda each: translate(f"portfolio.by_{each}", language),
    )
    descending = turn.toggle(translate("portfolio.descending", language), key="portfolio_descending")
    return summary.chosen(
        portfolio.results, verdicts=verdicts, why=why, typed=typed or "", order=order, descending=descending
    )


def _offer_pair(job: ScoringJob, first: str, second: str, language: Language) -> None:
    """Draw the button that opens the first client's file with a comparison with the second."""
    if st.button(
        translate("portfolio.compare", language, first=first, second=second), icon=":material/compare:", type="primary"
    ):
        open_comparison(second)
        _open(job, first)


def _open(job: ScoringJob, client: str) -> None:
    """Open a client on the client screen, where the other clients of the file can also be chosen."""
    session().visits += 1
    if job.intake is not None and job.portfolio is not None:
        visit = visit_contents()
        markers = job.portfolio.notes.missing_markers
        visit.uploaded = summary.ClientsOfFile(job.intake, job.portfolio.results, missing_markers=markers)
        visit.uploaded_name = job.name
    open_client(client, uploaded=job.intake is not None)
