"""One client among all training clients: over solvency, and in any feature by verdict."""

from __future__ import annotations

from itertools import pairwise

import streamlit as st

from core.dictionary.lookup import format_value, label
from core.i18n.shares import share_in_words
from core.i18n.translations import Language, percent, translate
from core.insights import sentences
from core.insights.comparison import VERDICTS, Distribution, number_distribution, shares, value_of_share
from core.insights.completeness import ColumnValue, column_values
from core.insights.population import solvency_density, standing
from core.insights.sentences import shown_on_scale, shown_standing
from core.model.schema import ALL, Population
from pages.components import resources
from pages.components.charts import distribution
from pages.components.charts.base import draw
from pages.components.charts.gauge import strip
from pages.components.charts.palette import palette
from pages.components.charts.title import show_title
from pages.components.client.client_file import ClientFile
from pages.components.session import translated

FEATURE = "compared_feature"


def compare_with_population(file: ClientFile) -> None:
    """Show the density over solvency, and the distribution of the chosen feature."""
    language, population = file.language, resources.model().bundle.population
    density = solvency_density(population)
    if density is None:
        st.info(translate("compared.not_known", language), icon=":material/info:")
        return
    values = {each.source: each for each in column_values(file.assessments.aligned, resources.model().bundle)}
    _show_feature(values, population, language)
    rows = sentences.density_rows(density, language)
    show_title(translate("strip.title", language), "strip_table", rows, language)
    draw(strip(file.decision, density, language, palette()), "strip", translate("strip.alt", language))


def choose_feature(title: str, key: str, options: list[str], language: Language, index: int = 0) -> str:
    """Draw a box that selects a feature by its label, and return its column; the choice stays for the next client.

    title: key of the box's label. key: the widget's. options: source columns. index: position of the first choice.
    """
    chosen = st.selectbox(
        translate(title, language),
        options,
        index=index,
        key=translated(key),
        persist_state="session",
        format_func=lambda source: label(source, language),
    )
    return str(chosen)


def _show_feature(values: dict[str, ColumnValue], population: Population, language: Language) -> None:
    options = list(values)
    first = next((place for place, each in enumerate(values.values()) if each.value is not None), 0)
    source = choose_feature("compared.choose", FEATURE, options, language, first)
    here = values[source]
    st.markdown(_place(here, population, language))
    of_values, of_numbers = shares(population, source), number_distribution(population, source)
    if of_values is None and of_numbers is None:
        st.caption(translate("compared.one_feature", language))
        return
    if of_values is not None:
        named = {
            format_value(source, value_of_share(source, value), language): by_verdict
            for value, by_verdict in of_values.items()
        }
        mine = None if here.value is None else format_value(source, here.value, language)
        figure = distribution.values(named, mine, language, palette())
        lines = [
            {label(source, language): value, **_by_verdict(by_verdict, language)} for value, by_verdict in named.items()
        ]
    else:
        assert of_numbers is not None
        axis = sentences.with_unit(source, language, resources.settings().currency)
        figure = distribution.numbers(of_numbers, source, here.value, axis, language, palette())
        lines = _distribution_rows(of_numbers, source, language)
    title = translate("compared.spread", language, label=label(source, language))
    show_title(title, "distribution_table", lines, language)
    draw(figure, "distribution", translate("compared.spread_alt", language))


def _distribution_rows(numbers: Distribution, source: str, language: Language) -> list[dict[str, str]]:
    return [
        {
            translate("compared.from", language): shown_on_scale(source, low, language),
            translate("compared.to", language): shown_on_scale(source, high, language),
            **_by_verdict({verdict: each[position] for verdict, each in numbers.shares.items()}, language),
        }
        for position, (low, high) in enumerate(pairwise(numbers.edges))
    ]


def _by_verdict(by_verdict: dict[str, float], language: Language) -> dict[str, str]:
    return {
        translate(f"verdict.{verdict}", language): percent(share, language, 1) for verdict, share in by_verdict.items()
    }


def _place(here: ColumnValue, population: Population, language: Language) -> str:
    """A sentence on this client's position among all clients and among those of each verdict."""
    if here.value is None:
        return translate("compared.not_here", language)
    groups = (ALL, *VERDICTS)
    places = [shown_standing(here.source, standing(population, here.source, here.value, group)) for group in groups]
    facts = {
        "label": label(here.source, language),
        "value": format_value(here.source, here.value, language, resources.settings().currency),
    }
    same = [place.same for place in places]
    if all(each is not None for each in same):
        clients = {group: share_in_words(each or 0.0, language) for group, each in zip(groups, same, strict=True)}
        return translate("compared.shared", language, **facts, **clients)
    below = [place.below for place in places]
    if any(each is None for each in below):
        return f"{facts['label']} = {facts['value']}"
    clients = {group: share_in_words(each or 0.0, language) for group, each in zip(groups, below, strict=True)}
    return translate("compared.place", language, **facts, **clients)
