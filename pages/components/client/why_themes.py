"""The contributions summed by theme, and the columns of one theme, which add up to it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.dictionary.lookup import dictionary, label
from core.i18n.translations import Language, number, signed, translate
from core.insights.sentences import value_of
from core.insights.themes import Theme, group_by_theme, shown_points, shown_within
from core.records import Explanation
from pages.components import resources
from pages.components.charts import waterfall
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.charts.title import show_title
from pages.components.session import translated

OPENED, BARS = "opened_theme", 8


def show_themes(explanation: Explanation, language: Language) -> None:
    """Show the waterfall of themes, its table, and the columns of the opened theme."""
    themes = group_by_theme(explanation)
    printed = shown_points(themes, explanation)
    start, end = 100.0 * explanation.base_solvency, 100.0 * explanation.solvency
    ends = (translate("waterfall.average", language), start), (translate("waterfall.client", language), end)
    steps = [(theme.name(language), theme.points, shown) for theme, shown in zip(themes, printed, strict=True)]
    drawn = folded(steps, translate("themes.others", language, n=len(steps) - BARS))
    figure = waterfall.cascade(drawn, ends, language, palette(), title=translate("waterfall.points", language))
    theme_title, points = translate("themes.theme", language), translate("why.points", language)
    lines = [
        {theme_title: ends[0][0], points: number(start, language, 1)},
        *({theme_title: name, points: signed(shown, language, 1)} for name, _, shown in steps),
        {theme_title: ends[1][0], points: number(end, language, 1)},
    ]
    title = f"{ends[0][0]} → {ends[1][0]}"
    show_title(title, "themes_table", lines, language, how=translate("themes.how", language))
    draw(figure, "themes", translate("themes.alt", language))
    by_key = {theme.key: (theme, shown) for theme, shown in zip(themes, printed, strict=True)}
    # The theme that was opened for another client may not exist for this one.
    opened = st.selectbox(
        translate("themes.open", language),
        list(dictionary().themes),
        index=None,
        key=translated(OPENED),
        persist_state="session",
        format_func=lambda key: dictionary().themes[key][language],
        placeholder=translate("themes.open", language),
        label_visibility="collapsed",
    )
    if opened in by_key:
        _show_theme(*by_key[opened], language)


def _show_theme(theme: Theme, printed: float, language: Language) -> None:
    currency = resources.settings().currency
    points = number(abs(printed), language, 1) if printed >= 0 else signed(printed, language, 1)
    within = shown_within(theme, printed)
    bars = [
        (f"{label(each.source, language)} = {value_of(each, language, currency)}", each.points, shown)
        for each, shown in zip(theme.contributions, within, strict=True)
    ]
    drawn = folded(bars, translate("themes.rest", language, n=len(bars) - BARS))
    figure = waterfall.parts(drawn, language, palette(), title=translate("why.points", language))
    lines = [
        {
            translate("why.feature", language): label(each.source, language),
            translate("why.value", language): value_of(each, language, currency),
            translate("why.points", language): signed(shown, language, 1),
        }
        for each, shown in zip(theme.contributions, within, strict=True)
    ]
    title = translate("themes.adds_up", language, theme=theme.name(language), points=points)
    show_title(title, "theme_columns_table", lines, language)
    draw(figure, "theme_columns", translate("themes.within_alt", language))


def folded(bars: Sequence[tuple[str, float, float]], rest: str) -> list[tuple[str, float, float]]:
    """The first BARS bars (name, size, printed size), and one named `rest` for all others."""
    others = bars[BARS:]
    if not others:
        return list(bars)
    return [*bars[:BARS], (rest, sum(size for _, size, _ in others), round(sum(shown for *_, shown in others), 1))]
