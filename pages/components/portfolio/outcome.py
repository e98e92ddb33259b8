"""What became of a portfolio: what was read, the rows to mend, and its pictures, each with its table."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import streamlit as st

from core.batch import summary
from core.batch.background import Run
from core.batch.export import rejects_csv
from core.batch.scorer import Portfolio
from core.i18n.translations import Language, number, percent, say
from pages.components import resources
from pages.components.charts import portfolio
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.messages import how_read, plain


def show_outcome(run: Run, language: Language) -> Portfolio:
    """How it was read, how many were scored, and which rows were not, with a file to mend them in."""
    found = run.portfolio
    assert found is not None
    scored = len(found.results)
    if run.intake is None:
        words = say("portfolio.scored_loaded", language, n=scored, total=found.total)
    else:
        how = say("read.clients", language, n=run.intake.n_rows, how=plain(how_read(run.intake.how, language)))
        told = say("portfolio.scored", language, n=scored, total=found.total, name=plain(run.name))
        words = f"{told} {how}"
    if found.stopped:
        told = say("portfolio.was_stopped", language, n=found.n_rows, total=found.total)
        st.info(told, icon=":material/stop_circle:")
    if not found.n_rows and found.stopped:
        return found
    st.success(words, icon=":material/check:")
    if found.n_refused:
        _show_refused(run, found, language)
    if not len(found.results):
        st.warning(say("portfolio.none_scored", language), icon=":material/warning:")
    return found


def show_charts(found: Portfolio, language: Language) -> None:
    """Clients and amounts by recommendation, and the solvency against the line."""
    colours, currency = palette(), resources.settings().currency
    shares, total = summary.shares(found.results), len(found.results)
    verdicts = [say(f"verdict.{each.verdict}", language) for each in shares]
    counts, amounts = st.columns(2)
    with counts:
        st.markdown(f"**{say('portfolio.counts', language)}**", help=say("portfolio.counts_help", language))
        texts = [f"{number(each.clients, language)} ({percent(each.clients / total, language)})" for each in shares]
        figure = portfolio.by_verdict(shares, [each.clients for each in shares], texts, language, colours)
        draw(figure, "portfolio_counts", say("portfolio.counts_alt", language))
        _table(
            {
                say("portfolio.verdict", language): verdicts,
                say("portfolio.clients", language): [number(each.clients, language) for each in shares],
                say("portfolio.share", language): [percent(each.clients / total, language, 1) for each in shares],
            },
            language,
        )
    with amounts:
        st.markdown(f"**{say('portfolio.amounts', language)}**", help=say("portfolio.amounts_help", language))
        texts = [summary.amount(each.amount, language, currency) for each in shares]
        figure = portfolio.by_verdict(shares, [each.amount for each in shares], texts, language, colours)
        draw(figure, "portfolio_amounts", say("portfolio.amounts_alt", language))
        _table({say("portfolio.verdict", language): verdicts, say("portfolio.amount", language): texts}, language)
    st.markdown(f"**{say('portfolio.distribution', language)}**", help=say("portfolio.distribution_help", language))
    line = 1.0 - found.threshold
    bars = summary.bars(found.results, line)
    draw(
        portfolio.distribution(bars, line, language, colours),
        "portfolio_distribution",
        say("portfolio.distribution_alt", language),
    )
    edges = [percent(float(edge), language, 1) for edge in bars.edges]
    ranges = [say("portfolio.range", language, low=low, high=high) for low, high in pairwise(edges)]
    _table(
        {
            say("portfolio.between", language): ranges,
            say("portfolio.clients", language): [number(count, language) for count in bars.clients],
        },
        language,
    )


def _show_refused(run: Run, found: Portfolio, language: Language) -> None:
    st.warning(say("portfolio.refused", language, n=found.n_refused), icon=":material/warning:")
    with st.expander(say("portfolio.which", language), key="portfolio_refused"):
        st.dataframe(pd.DataFrame(summary.problem_rows(found.problems, language)), hide_index=True)
        if len(found.problems) > summary.LISTED:
            st.caption(say("portfolio.listed", language, n=len(found.problems), most=summary.LISTED))
    intake = run.intake
    if intake is not None:
        st.download_button(
            say("portfolio.mend", language),
            lambda: rejects_csv(summary.rejected_rows(intake, found, language)),
            "rejects.csv",
            "text/csv",
            icon=":material/build:",
        )


def _table(columns: dict[str, list[str]], language: Language) -> None:
    with st.expander(say("table.open", language)):
        st.dataframe(pd.DataFrame(columns), hide_index=True)
