"""The part "How much is known": missing values, unusual values, and whether a person should review the client."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.alignment.own_columns import without_ours
from core.dictionary.lookup import name_as_sent
from core.i18n.translations import number, percent, translate
from core.insights import sentences
from core.insights.completeness import (
    ColumnValue,
    column_name,
    column_values,
    impossible_columns,
    impossible_in_words,
    outside,
    outside_in_words,
    review_sentences,
    share_by_state,
)
from core.records import ValueOrigin
from core.scoring.decision import band
from pages.components import resources
from pages.components.charts import completeness
from pages.components.charts.base import draw
from pages.components.charts.palette import palette
from pages.components.charts.title import show_title
from pages.components.client.client_file import ClientFile
from pages.components.messages import plain

CODES, LISTED = 60, 40


def show_completeness(file: ClientFile) -> None:
    """Show the information in this file, unusual values, the review band, and columns that were ignored."""
    bundle = resources.model().bundle
    values = column_values(file.assessments.aligned, bundle)
    st.subheader(translate("known.title", file.language), anchor=False)
    _show_information(file, values)
    _show_unusual(file, values)
    _show_band(file)
    _show_ignored(file)


def _show_information(file: ClientFile, values: Sequence[ColumnValue]) -> None:
    language = file.language
    share = percent(float(file.assessments.information[0]), language)
    st.markdown(translate("report.information", language, share=share))
    shares = share_by_state(file.assessments, resources.model().bundle)
    lines = [
        {
            translate("known.state", language): translate(f"state.{state.name.lower()}", language),
            translate("known.share", language): percent(part, language, 1),
            translate("known.features", language): number(sum(each.state is state for each in values), language),
        }
        for state, part in shares.items()
    ]
    title, how = translate("known.origins", language), translate("known.not_certainty", language)
    show_title(title, "information_table", lines, language, how=how)
    draw(completeness.information(shares, language, palette()), "information", translate("known.alt", language))
    for state in (ValueOrigin.ASSUMED, ValueOrigin.UNSEEN, ValueOrigin.DERIVED, ValueOrigin.MISSING):
        columns = [each for each in values if each.state is state]
        if columns:
            names = [
                translate(
                    "known.with_share",
                    language,
                    label=column_name(each, language),
                    share=percent(each.weight, language, 1),
                )
                for each in columns
            ]
            title = translate(f"report.{state.name.lower()}", language, n=len(names))
            _list(title, names, opened=state is ValueOrigin.UNSEEN)


def _show_unusual(file: ClientFile, values: tuple[ColumnValue, ...]) -> None:
    language, currency = file.language, resources.settings().currency
    population = resources.model().bundle.population
    wrong, far = impossible_columns(file.assessments.aligned), outside(values, population)
    if wrong:
        impossible = impossible_in_words(file.assessments.aligned, resources.model().bundle, language, currency)
        lines = [*impossible, translate("known.wrong_how", language)]
        st.error(_box(translate("known.wrong", language), lines), icon=":material/error:")
    others = tuple(each for each in far if each.source not in wrong)
    if others:
        lines = [*outside_in_words(others, language, currency), translate("known.far_how", language)]
        st.warning(_box(translate("known.far", language), lines), icon=":material/warning:")
    if not wrong and not others:
        st.markdown(translate("known.nothing_odd" if population.numbers else "known.possible", language))


def _show_band(file: ClientFile) -> None:
    language, decision, review_band = file.language, file.decision, resources.settings().review_band
    low, high = (1.0 - end for end in reversed(band(threshold=decision.threshold, review_band=review_band)))
    lines = [
        {
            translate("known.opinion", language): translate(f"verdict.{verdict}", language),
            translate("known.from", language): percent(max(0.0, start), language, 1),
            translate("known.to", language): percent(min(1.0, end), language, 1),
        }
        for verdict, start, end in (("unfavourable", 0.0, low), ("to_review", low, high), ("favourable", high, 1.0))
    ]
    show_title(translate("known.line", language), "near_the_line_table", lines, language)
    for sentence in review_sentences(decision, float(file.assessments.information[0]), review_band, language):
        st.markdown(f"- {sentence}")
    bundle = resources.model().bundle
    if bundle.card.threshold is not None and not bundle.policy.changes:
        interval = bundle.card.threshold
        lowest, highest = (percent(1.0 - edge, language, 1) for edge in (interval.high, interval.low))
        st.markdown(f"- {translate('known.threshold_interval', language, low=lowest, high=highest)}")
    figure = completeness.near_the_line(decision, review_band, language, palette())
    draw(figure, "near_the_line", translate("known.line_alt", language))


def _show_ignored(file: ClientFile) -> None:
    language, unknown = file.language, without_ours(file.assessments.aligned.unknown)
    left_out = sentences.left_out(unknown, resources.model().bundle, language)
    if left_out:
        st.markdown(translate("report.left_out", language, names=", ".join(left_out)))
    if sentences.history_ignored(unknown):
        st.info(translate("report.history", language, n=sentences.history_ignored(unknown)), icon=":material/history:")
    others = sentences.not_left_out(unknown, resources.model().bundle)
    if others:
        names = [plain(name_as_sent(name, language)[:CODES]) for name in others[:LISTED]]
        _list(translate("report.ignored", language, n=len(others)), names)


def _box(title: str, lines: Sequence[str]) -> str:
    return "\n\n".join([f"**{title}**", *(plain(line) for line in lines)])


def _list(title: str, names: Sequence[str], *, opened: bool = False) -> None:
    with st.expander(title, expanded=opened):
        st.markdown(", ".join(names))
