"""Two features against each other over the loaded clients, solvency as colour, this client marked."""

from __future__ import annotations

import streamlit as st

from core.dictionary.lookup import entry_of, format_value, label, to_shown_scale
from core.i18n.translations import Language, percent, translate
from core.insights.completeness import column_values
from core.insights.sentences import with_unit
from pages.components import resources
from pages.components.charts import distribution
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.charts.title import show_title
from pages.components.client.client_file import ClientFile
from pages.components.client.compare_population import choose_feature

Value = float | str | None
ACROSS, UP = "compared_across", "compared_up"


def compare_two_features(file: ClientFile) -> None:
    """Show two features chosen by label, for a sample of the clients if there are many; the caption says so."""
    language, model, sample = file.language, resources.model(), resources.reference_sample()
    here = {each.source: each.value for each in column_values(file.assessments.aligned, model.bundle)}
    options = list(here)
    present = [place for place, value in enumerate(here.values()) if value is not None]
    first, second = [*present, 0, 0][:2]
    left, right = st.columns(2)
    with left:
        across = choose_feature("compared.across", ACROSS, options, language, first)
    with right:
        up = choose_feature("compared.up", UP, options, language, second)
    if across == up:
        st.info(translate("compared.same_feature", language), icon=":material/info:")
        return
    values = zip(sample.column(model, across), sample.column(model, up), sample.solvency.tolist(), strict=True)
    there = [(one, other, solvency) for one, other, solvency in values if one is not None and other is not None]
    is_part = len(sample) < sample.loaded
    key, n = ("compared.sample", len(sample)) if is_part else ("compared.everyone", sample.loaded)
    caption = translate(key, language, n=n, loaded=sample.loaded)
    n_missing = len(sample) - len(there)
    how = caption if not n_missing else f"{caption} {translate('compared.lacks', language, n=n_missing)}"
    points = [
        (_axis_value(across, one, language), _axis_value(up, other, language), solvency)
        for one, other, solvency in there
    ]
    mine = _axis_value(across, here[across], language), _axis_value(up, here[up], language)
    currency = resources.settings().currency
    if None in mine:
        st.caption(translate("compared.not_drawn", language))
    titles = with_unit(across, language, currency), with_unit(up, language, currency)
    line = file.decision.solvency_line
    figure = distribution.scatter((across, up), titles, points, mine, line, language, palette())
    lines = [
        {
            label(across, language): format_value(across, one, language),
            label(up, language): format_value(up, other, language),
            translate("compared.solvency", language): percent(solvency, language, 1),
        }
        for one, other, solvency in there
    ]
    title = translate("compared.two", language, across=label(across, language), up=label(up, language))
    show_title(title, "scatter_table", lines, language, how=how)
    draw(figure, "scatter", translate("compared.two_alt", language))


def _axis_value(source: str, value: Value, language: Language) -> Value:
    """A value for an axis: a number on the shown scale, or a text."""
    if isinstance(value, float) and entry_of(source).unit not in ("category", "flag"):
        return to_shown_scale(source, value)
    return None if value is None else format_value(source, value, language)
