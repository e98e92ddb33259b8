"""The charts of a scored portfolio, each with its table."""

from __future__ import annotations

from itertools import pairwise

import streamlit as st

from core.batch import summary
from core.batch.scorer import Portfolio
from core.i18n.translations import Language, number, percent, translate
from pages.components import resources
from pages.components.charts import portfolio as charts
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.charts.title import show_title


def show_charts(portfolio: Portfolio, language: Language) -> None:
    """Show clients and amounts by recommendation, and the solvency against the line."""
    colours, currency = palette(), resources.settings().currency
    shares, total = summary.shares(portfolio.results), len(portfolio.results)
    verdicts = [translate(f"verdict.{each.verdict}", language) for each in shares]
    counts, amounts = st.columns(2)
    with counts:
        texts = [f"{number(each.clients, language)} ({percent(each.clients / total, language)})" for each in shares]
        columns = {
            translate("portfolio.verdict", language): verdicts,
            translate("portfolio.clients", language): [number(each.clients, language) for each in shares],
            translate("portfolio.share", language): [percent(each.clients / total, language, 1) for each in shares],
        }
        title, how = translate("portfolio.counts", language), translate("portfolio.counts_help", language)
        _show_title(title, "portfolio_counts_table", columns, language, how)
        figure = charts.by_verdict(shares, [each.clients for each in shares], texts, language, colours)
        draw(figure, "portfolio_counts", translate("portfolio.counts_alt", language))
    with amounts:
        texts = [summary.amount(each.amount, language, currency) for each in shares]
        columns = {translate("portfolio.verdict", language): verdicts, translate("portfolio.amount", language): texts}
        title, how = translate("portfolio.amounts", language), translate("portfolio.amounts_help", language)
        _show_title(title, "portfolio_amounts_table", columns, language, how)
        figure = charts.by_verdict(shares, [each.amount for each in shares], texts, language, colours)
        draw(figure, "portfolio_amounts", translate("portfolio.amounts_alt", language))
    line = 1.0 - portfolio.threshold
    bars = summary.bars(portfolio.results, line)
    edges = [percent(float(edge), language, 1) for edge in bars.edges]
    ranges = [translate("portfolio.range", language, low=low, high=high) for low, high in pairwise(edges)]
    columns = {
        translate("portfolio.between", language): ranges,
        translate("portfolio.clients", language): [number(count, language) for count in bars.clients],
    }
    title, how = translate("portfolio.distribution", language), translate("portfolio.distribution_help", language)
    _show_title(title, "portfolio_distribution_table", columns, language, how)
    draw(
        charts.distribution(bars, line, language, colours),
        "portfolio_distribution",
        translate("portfolio.distribution_alt", language),
    )


def _show_title(title: str, key: str, columns: dict[str, list[str]], language: Language, how: str) -> None:
    """Draw the title of a chart with its table. columns: of the table, by heading."""
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    show_title(title, key, rows, language, how=how)
