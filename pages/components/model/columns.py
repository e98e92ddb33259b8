"""What the model goes by: importance by theme and column, effects on the training clients, and one column's effect."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.dictionary.lookup import dictionary, entry_of, format_value, label, to_shown_scale
from core.i18n.translations import Language, percent, signed, translate
from core.insights.importance import dots
from core.model.bundle import Bundle
from core.model.schema import EffectBand
from core.monitoring.report import number_words
from pages.components import resources
from pages.components.charts import beeswarm
from pages.components.charts import model_parts as charts
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.model.parts import show_table
from pages.components.session import translated

MAX_COLUMNS = 12
MAX_CHOICES = 60


def show_columns(language: Language) -> None:
    """Show the importance, and the effects if the bundle knows them."""
    bundle = resources.model().bundle
    weights = {source: float(bundle.weights[list(slots)].sum()) for source, slots in bundle.slots.items()}
    ranked = sorted(weights, key=lambda source: (-weights[source], source))
    _importance(ranked, weights, language)
    if not bundle.population.effects:
        st.info(translate("usual.not_known", language), icon=":material/info:")
        return
    _swarm(bundle, ranked, language)
    _dependence(bundle, ranked, language)


def _importance(ranked: list[str], weights: dict[str, float], language: Language) -> None:
    of_theme: dict[str, float] = {}
    for source in ranked:
        theme = entry_of(source).theme
        of_theme[theme] = of_theme.get(theme, 0.0) + weights[source]
    themes = [
        (dictionary().themes[key][language], share)
        for key, share in sorted(of_theme.items(), key=lambda each: -each[1])
    ]
    columns = [(label(source, language), weights[source]) for source in ranked[:MAX_COLUMNS]]
    st.markdown(translate("columns.how", language))
    for place, key, rows in ((0, "themes", themes[:MAX_COLUMNS]), (1, "columns", columns)):
        if place == 0:
            sides = st.columns(2)
        with sides[place]:
            st.markdown(f"**{translate(f'columns.{key}', language)}**")
            draw(
                charts.shares(rows, language, palette()), f"importance_{key}", translate(f"columns.{key}_alt", language)
            )
    lines = [
        {
            translate("why.feature", language): label(source, language),
            translate("columns.theme", language): dictionary().themes[entry_of(source).theme][language],
            translate("columns.share", language): percent(weights[source], language, 1),
        }
        for source in ranked
    ]
    show_table(lines, language, "importance_of_columns")


def _swarm(bundle: Bundle, ranked: list[str], language: Language) -> None:
    population = bundle.population
    scale = points_at_mean(bundle)
    chosen = [source for source in ranked if source in population.effects][:MAX_COLUMNS]
    rows = [(source, dots(source, population, scale), None) for source in chosen]
    st.markdown(f"**{translate('usual.effects', language)}**")
    st.caption(translate("columns.swarm_how", language, n=population.n))
    draw(beeswarm.swarm(rows, language, palette()), "overall_swarm", translate("columns.swarm_alt", language))
    low, high = (population.effect_grid.index(share) for share in (0.05, 0.95))
    lines = []
    for source in chosen:
        ends = sorted(scale * population.effects[source].quantiles[place] for place in (low, high))
        lines.append(
            {
                translate("why.feature", language): label(source, language),
                translate("usual.most", language): signed(ends[0], language, 1),
                translate("usual.most_to", language): signed(ends[1], language, 1),
            }
        )
    show_table(lines, language, "overall_swarm_table")


def points_at_mean(bundle: Bundle) -> float:
    """Points of solvency per log-odds of default, at the default rate of training; negative."""
    rate = bundle.card.default_rate
    return -100.0 * rate * (1.0 - rate)


def _dependence(bundle: Bundle, ranked: list[str], language: Language) -> None:
    population = bundle.population
    st.markdown(f"**{translate('columns.dependence', language)}**")
    choices = [source for source in ranked if source in population.effects][:MAX_CHOICES]
    source = st.selectbox(
        translate("columns.choose", language),
        choices,
        format_func=lambda each: label(each, language),
        key=translated("dependence_column"),
    )
    st.caption(translate("columns.dependence_how", language, n=population.n))
    grid = np.asarray(population.band_grid)
    bands = sorted(
        population.effects[source].bands,
        key=lambda band: (band.low is None, to_shown_scale(source, band.low or 0.0), band.category is None),
    )
    rows = []
    for band in bands:
        low, middle, high = np.interp([0.1, 0.5, 0.9], grid, band.quantiles)
        name = band_name(source, band, language)
        rows.append(charts.EffectRow(name, float(low), float(middle), float(high), band.share))
    draw(charts.dependence(rows, language, palette()), "dependence", translate("columns.dependence_alt", language))
    lines = [
        {
            translate("columns.value", language): row.name,
            translate("columns.clients", language): percent(row.share, language, 1),
            translate("monitor.effect", language): signed(row.middle, language, 2),
            translate("columns.from_tenth", language): signed(row.low, language, 2),
            translate("columns.to_ninetieth", language): signed(row.high, language, 2),
        }
        for row in rows
    ]
    show_table(lines, language, "dependence_table")


def band_name(source: str, band: EffectBand, language: Language) -> str:
    """What the clients of a band have: a range, one value, a category, or nothing."""
    if band.category is not None:
        return format_value(source, band.category, language)
    if band.low is None or band.high is None:
        return translate("value.missing", language)
    ends = sorted((band.low, band.high), key=lambda each: to_shown_scale(source, each))
    low, high = (number_words(source, each, language) for each in ends)
    return low if low == high else translate("portfolio.range", language, low=low, high=high)
