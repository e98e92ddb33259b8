"""The results of a scored portfolio: how it was read, the refused rows, and charts with their tables."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import streamlit as st

from core.batch import summary
from core.batch.background import ScoringJob
from core.batch.notes import notes_in_words
from core.batch.reading_notes import how_read
from core.batch.rejects import ENDINGS as REJECTS_ENDINGS
from core.batch.rejects import rejects_file, rejects_workbook
from core.batch.scorer import Portfolio
from core.dictionary.lookup import label
from core.i18n.translations import Language, number, percent, translate
from core.readers.intake import Intake
from pages.components import resources
from pages.components.charts import portfolio as charts
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.downloads import show_download
from pages.components.messages import plain

WARNINGS = ("never_seen", "impossible")
"""Notes that are shown as a warning; the others are in a collapsed list."""


def show_outcome(job: ScoringJob, language: Language) -> Portfolio:
    """Show how the file was read, how many clients were scored, and the refused rows with a file to correct."""
    portfolio = job.portfolio
    assert portfolio is not None
    scored = len(portfolio.results)
    if job.intake is None:
        words = translate("portfolio.scored_loaded", language, n=scored, total=portfolio.total)
    else:
        how = translate("read.clients", language, n=job.intake.n_rows, how=plain(how_read(job.intake.how, language)))
        rows = translate("portfolio.rows", language, n=portfolio.total)
        sentence = translate("portfolio.scored", language, n=scored, rows=rows, name=plain(job.name))
        words = f"{sentence} {how}"
    if portfolio.stopped:
        stopped = translate("portfolio.was_stopped", language, n=portfolio.n_rows, total=portfolio.total)
        st.info(stopped, icon=":material/stop_circle:")
    if not portfolio.n_rows and portfolio.stopped:
        return portfolio
    if scored:
        _show_notes(portfolio, language)
        st.success(words, icon=":material/check:")
    else:
        st.error(translate("portfolio.none_scored", language, n=portfolio.n_rows), icon=":material/error:")
    if portfolio.n_refused:
        _show_refused(job, portfolio, language)
    return portfolio


def _show_notes(portfolio: Portfolio, language: Language) -> None:
    """Show the notes on how the file's columns were read."""
    notes = notes_in_words(portfolio.notes, language, lambda column: label(column, language))
    warnings = [plain(notes[kind]) for kind in WARNINGS if kind in notes]
    if warnings:
        st.warning("\n\n".join(warnings), icon=":material/rule:")
    others = [plain(sentence) for kind, sentence in notes.items() if kind not in WARNINGS]
    if others:
        with st.expander(translate("notes.title", language), key="portfolio_notes"):
            st.markdown("\n".join(f"- {sentence}" for sentence in others))


def show_charts(portfolio: Portfolio, language: Language) -> None:
    """Show clients and amounts by recommendation, and the solvency against the line."""
    colours, currency = palette(), resources.settings().currency
    shares, total = summary.shares(portfolio.results), len(portfolio.results)
    verdicts = [translate(f"verdict.{each.verdict}", language) for each in shares]
    counts, amounts = st.columns(2)
    with counts:
        st.markdown(f"**{translate('portfolio.counts', language)}**", help=translate("portfolio.counts_help", language))
        texts = [f"{number(each.clients, language)} ({percent(each.clients / total, language)})" for each in shares]
        figure = charts.by_verdict(shares, [each.clients for each in shares], texts, language, colours)
        draw(figure, "portfolio_counts", translate("portfolio.counts_alt", language))
        _table(
            {
                translate("portfolio.verdict", language): verdicts,
                translate("portfolio.clients", language): [number(each.clients, language) for each in shares],
                translate("portfolio.share", language): [percent(each.clients / total, language, 1) for each in shares],
            },
            language,
        )
    with amounts:
        st.markdown(
            f"**{translate('portfolio.amounts', language)}**", help=translate("portfolio.amounts_help", language)
        )
        texts = [summary.amount(each.amount, language, currency) for each in shares]
        figure = charts.by_verdict(shares, [each.amount for each in shares], texts, language, colours)
        draw(figure, "portfolio_amounts", translate("portfolio.amounts_alt", language))
        _table(
            {translate("portfolio.verdict", language): verdicts, translate("portfolio.amount", language): texts},
            language,
        )
    st.markdown(
        f"**{translate('portfolio.distribution', language)}**", help=translate("portfolio.distribution_help", language)
    )
    line = 1.0 - portfolio.threshold
    bars = summary.bars(portfolio.results, line)
    draw(
        charts.distribution(bars, line, language, colours),
        "portfolio_distribution",
        translate("portfolio.distribution_alt", language),
    )
    edges = [percent(float(edge), language, 1) for edge in bars.edges]
    ranges = [translate("portfolio.range", language, low=low, high=high) for low, high in pairwise(edges)]
    _table(
        {
            translate("portfolio.between", language): ranges,
            translate("portfolio.clients", language): [number(count, language) for count in bars.clients],
        },
        language,
    )


def _show_refused(job: ScoringJob, portfolio: Portfolio, language: Language) -> None:
    if len(portfolio.results):
        st.warning(translate("portfolio.refused", language, n=portfolio.n_refused), icon=":material/warning:")
    with st.expander(translate("portfolio.which", language), key="portfolio_refused"):
        st.dataframe(pd.DataFrame(summary.problem_rows(portfolio.problems, language)), hide_index=True)
        if len(portfolio.problems) > summary.LISTED:
            st.caption(translate("portfolio.listed", language, n=len(portfolio.problems), most=summary.LISTED))
    intake = job.intake
    if intake is not None:
        _show_refused_downloads(intake, portfolio, language)


def _show_refused_downloads(intake: Intake, portfolio: Portfolio, language: Language) -> None:
    """Draw the downloads of the refused rows for correction: in the upload's format, and as a workbook."""
    name = translate("export.file_rejects", language)
    same_format, workbook, _ = st.columns([3, 2, 3])
    kind = intake.how.kind
    with same_format:
        show_download(
            translate("portfolio.mend", language),
            lambda: rejects_file(summary.rejected_rows(intake, portfolio, language), intake.how),
            f"{name}.{REJECTS_ENDINGS[kind]}",
            kind,
            key="portfolio_rejects",
            icon=":material/build:",
        )
    if kind != "excel":
        with workbook:
            show_download(
                translate("portfolio.mend_excel", language),
                lambda: rejects_workbook(summary.rejected_rows(intake, portfolio, language)),
                f"{name}.xlsx",
                "excel",
                key="portfolio_rejects_excel",
                icon=":material/build:",
            )


def _table(columns: dict[str, list[str]], language: Language) -> None:
    with st.expander(translate("table.open", language)):
        st.dataframe(pd.DataFrame(columns), hide_index=True)
