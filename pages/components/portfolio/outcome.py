"""What became of a portfolio: what was read, the rows to mend, and its pictures, each with its table."""

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
from pages.components.charts import portfolio
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.downloads import show_download
from pages.components.messages import plain

LOUD = ("never_seen", "impossible")
"""Notes that are shown unasked."""


def show_outcome(run: ScoringJob, language: Language) -> Portfolio:
    """How it was read, how many were scored, and which rows were not, with a file to mend them in."""
    found = run.portfolio
    assert found is not None
    scored = len(found.results)
    if run.intake is None:
        words = translate("portfolio.scored_loaded", language, n=scored, total=found.total)
    else:
        how = translate("read.clients", language, n=run.intake.n_rows, how=plain(how_read(run.intake.how, language)))
        told = translate("portfolio.scored", language, n=scored, total=found.total, name=plain(run.name))
        words = f"{told} {how}"
    if found.stopped:
        told = translate("portfolio.was_stopped", language, n=found.n_rows, total=found.total)
        st.info(told, icon=":material/stop_circle:")
    if not found.n_rows and found.stopped:
        return found
    if scored:
        _show_notes(found, language)
        st.success(words, icon=":material/check:")
    else:
        st.error(translate("portfolio.none_scored", language, n=found.n_rows), icon=":material/error:")
    if found.n_refused:
        _show_refused(run, found, language)
    return found


def _show_notes(found: Portfolio, language: Language) -> None:
    """What was done with the columns, before what came of it."""
    told = notes_in_words(found.notes, language, lambda column: label(column, language))
    loud = [plain(told[kind]) for kind in LOUD if kind in told]
    if loud:
        st.warning("\n\n".join(loud), icon=":material/rule:")
    quiet = [plain(sentence) for kind, sentence in told.items() if kind not in LOUD]
    if quiet:
        with st.expander(translate("notes.title", language), key="portfolio_notes"):
            st.markdown("\n".join(f"- {sentence}" for sentence in quiet))


def show_charts(found: Portfolio, language: Language) -> None:
    """Clients and amounts by recommendation, and the solvency against the line."""
    colours, currency = palette(), resources.settings().currency
    shares, total = summary.shares(found.results), len(found.results)
    verdicts = [translate(f"verdict.{each.verdict}", language) for each in shares]
    counts, amounts = st.columns(2)
    with counts:
        st.markdown(f"**{translate('portfolio.counts', language)}**", help=translate("portfolio.counts_help", language))
        texts = [f"{number(each.clients, language)} ({percent(each.clients / total, language)})" for each in shares]
        figure = portfolio.by_verdict(shares, [each.clients for each in shares], texts, language, colours)
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
        figure = portfolio.by_verdict(shares, [each.amount for each in shares], texts, language, colours)
        draw(figure, "portfolio_amounts", translate("portfolio.amounts_alt", language))
        _table(
            {translate("portfolio.verdict", language): verdicts, translate("portfolio.amount", language): texts},
            language,
        )
    st.markdown(
        f"**{translate('portfolio.distribution', language)}**", help=translate("portfolio.distribution_help", language)
    )
    line = 1.0 - found.threshold
    bars = summary.bars(found.results, line)
    draw(
        portfolio.distribution(bars, line, language, colours),
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


def _show_refused(run: ScoringJob, found: Portfolio, language: Language) -> None:
    st.warning(translate("portfolio.refused", language, n=found.n_refused), icon=":material/warning:")
    with st.expander(translate("portfolio.which", language), key="portfolio_refused"):
        st.dataframe(pd.DataFrame(summary.problem_rows(found.problems, language)), hide_index=True)
        if len(found.problems) > summary.LISTED:
            st.caption(translate("portfolio.listed", language, n=len(found.problems), most=summary.LISTED))
    intake = run.intake
    if intake is not None:
        _show_mending(intake, found, language)


def _show_mending(intake: Intake, found: Portfolio, language: Language) -> None:
    """The refused rows as files to mend: in the form in which the file came, and as a workbook."""
    name = translate("export.file_rejects", language)
    as_it_came, as_workbook, _ = st.columns([3, 2, 3])
    kind = intake.how.kind
    with as_it_came:
        show_download(
            translate("portfolio.mend", language),
            lambda: rejects_file(summary.rejected_rows(intake, found, language), intake.how),
            f"{name}.{REJECTS_ENDINGS[kind]}",
            kind,
            key="portfolio_rejects",
            icon=":material/build:",
        )
    if kind != "excel":
        with as_workbook:
            show_download(
                translate("portfolio.mend_excel", language),
                lambda: rejects_workbook(summary.rejected_rows(intake, found, language)),
                f"{name}.xlsx",
                "excel",
                key="portfolio_rejects_excel",
                icon=":material/build:",
            )


def _table(columns: dict[str, list[str]], language: Language) -> None:
    with st.expander(translate("table.open", language)):
        st.dataframe(pd.DataFrame(columns), hide_index=True)
