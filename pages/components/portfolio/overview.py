"""The charts of a scored portfolio, each with its table."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import streamlit as st

from core.batch import summary
from core.batch.scorer import Portfolio
from core.i18n.translations import Language, number, percent, translate
from pages.components import resources
from pages.components.charts import portfolio as charts
from pages.components.charts.base import draw
from pages.components.charts.palette import palette


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


def _table(columns: dict[str, list[str]], language: Language) -> None:
    with st.expander(translate("table.open", language)):
        st.dataframe(pd.DataFrame(columns), hide_index=True)
