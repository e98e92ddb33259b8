"""The contributions of single columns as a waterfall, and the table of every feature."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd
import streamlit as st

from core.dictionary.lookup import label
from core.i18n.translations import Language, round_to_sum, translate
from core.insights import sentences
from core.insights.feature_table import feature_rows, search_features
from core.records import Explanation
from pages.components import resources
from pages.components.charts import waterfall
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.charts.title import show_title

BARS = 8
VALUES = {"label": 235, "value": 120, "below": 125, "place": 195, "origin": 130}
MEANINGS = {
    "label": 200,
    "unit": 105,
    "meaning": 265,
    "protected": 120,
    "changeable": 130,
    "theme": 170,
    "column": 220,
}
"""Columns of the feature table and their widths in pixels; the value columns fit beside the sidebar."""


def show_columns(explanation: Explanation, language: Language) -> None:
    """Show the BARS largest contributions and the rest, in points or log-odds, with the table of all."""
    currency = resources.settings().currency
    log_odds = st.toggle(
        translate("why.log_odds", language),
        key="log_odds",
        persist_state="session",
        help=translate("why.log_odds_help", language),
    )
    sized = [(each, each.log_odds if log_odds else each.points) for each in explanation.contributions]
    steps = [
        (f"{label(each.source, language)} = {sentences.value_of(each, language, currency)}", size)
        for each, size in sized[:BARS]
    ]
    if len(sized) > BARS:
        rest = sized[BARS:]
        steps.append((translate("waterfall.rest", language, n=len(rest)), sum(size for _, size in rest)))
    start = explanation.base_log_odds if log_odds else 100.0 * explanation.base_solvency
    end = explanation.log_odds if log_odds else 100.0 * explanation.solvency
    digits = 3 if log_odds else 1
    printed = round_to_sum([size for _, size in steps], start, end, digits)
    figure = waterfall.cascade(
        [(name, size, shown) for (name, size), shown in zip(steps, printed, strict=True)],
        ((translate("waterfall.average", language), start), (translate("waterfall.client", language), end)),
        language,
        palette(),
        title=translate("waterfall.log_odds" if log_odds else "waterfall.points", language),
        digits=digits,
        more_is_worse=log_odds,
    )
    show_title(
        f"{translate('waterfall.average', language)} → {translate('waterfall.client', language)}",
        "waterfall_table",
        sentences.contribution_rows(explanation, language, currency),
        language,
        how=translate("why.how", language),
        below=translate("why.adds_up", language),
    )
    draw(figure, "waterfall", translate("waterfall.alt", language))


def show_features(explanation: Explanation, language: Language) -> None:
    """Show the searchable table of every feature: label, value, position in the population, origin."""
    text = st.text_input(
        translate("features.search", language),
        key="feature_search",
        persist_state="session",
        placeholder=translate("features.placeholder", language),
        live=True,
        type="search",
        icon=":material/search:",
    )
    bundle, currency = resources.model().bundle, resources.settings().currency
    rows = search_features(feature_rows(explanation, bundle, language, currency), text or "")
    if not rows:
        st.caption(translate("features.none", language))
        return
    headings = {name: translate(f"features.{name}", language) for name in (*VALUES, *MEANINGS)}
    table = pd.DataFrame([asdict(row) for row in rows])[list(headings)].rename(columns=headings)
    config = {headings[name]: st.column_config.Column(width=width) for name, width in (VALUES | MEANINGS).items()}
    config[headings["below"]] = st.column_config.ProgressColumn(
        format=translate("features.percent", language), min_value=0, max_value=100, width=VALUES["below"]
    )
    meanings = st.toggle(translate("features.dictionary", language), key="meanings", persist_state="session")
    st.dataframe(
        table,
        hide_index=True,
        column_config=config,
        column_order=[headings[name] for name in (MEANINGS if meanings else VALUES)],
        height=420,
        key="features",
    )
