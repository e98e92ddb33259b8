"""The answer to a simulation beside its fields: one bar with two marks, the difference, and what does not change."""

from __future__ import annotations

import streamlit as st

from core.i18n.translations import percent, translate
from core.insights.population import solvency_range
from core.records import Decision
from core.what_if import sentences
from core.what_if.answer_sentences import difference, what_changes
from core.what_if.simulation import Simulation, changes
from pages.components import resources
from pages.components.charts.answer_bar import answer_bar
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.client.client_file import ClientFile
from pages.components.client.welcome import ICONS
from pages.components.messages import plain
from pages.components.session import edits_of


def show_answer_beside(file: ClientFile, simulation: Simulation) -> None:
    """Show both answers on one bar, the difference in points, and the warnings about the simulated values."""
    language = file.language
    before, after = simulation.before.decisions[0], simulation.after.decisions[0]
    paper = palette().paper
    st.html(
        f"<style>body .st-key-what_if_answer {{ background: {paper}; box-shadow: 0 0.4rem 0.4rem {paper}; }}</style>"
    )
    st.badge(translate("simulation.badge", language), icon=":material/science:", color="orange")
    _draw_bar(file, before, after)
    opinion = translate(f"verdict.{after.verdict}", language)
    st.markdown(f"{ICONS[after.verdict]} **{opinion}**. {difference(before, after, language)}")
    changed = changes(file.row, edits_of(file.client))
    st.caption(what_changes(file.row, changed, before, after, language))
    far = sentences.outside_sentences(resources.model(), simulation, language, resources.settings().currency)
    if far:
        lines = [translate("known.far", language), *(plain(line) for line in far)]
        st.warning("\n\n".join(lines), icon=":material/warning:")


def _draw_bar(file: ClientFile, before: Decision, after: Decision) -> None:
    language, band = file.language, resources.settings().review_band
    population = resources.model().bundle.population
    ends = [
        solvency_range(population, threshold=each.threshold, review_band=band, solvency=each.solvency)
        for each in (before, after)
    ]
    scale = min(low for low, _ in ends), max(high for _, high in ends)
    alt = translate(
        "simulation.alt",
        language,
        before=percent(before.solvency, language, before.digits),
        after=percent(after.solvency, language, after.digits),
        line=percent(before.solvency_line, language, before.digits),
    )
    draw(answer_bar(before, after, scale, band, language, palette()), "what_if_bar", alt)
