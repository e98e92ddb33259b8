"""The parts of a client's file, from top to bottom: who, the answer, why, every feature, what was done to the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape

import pandas as pd
import streamlit as st

from core import wording
from core.assessment import explain_clients
from core.errors import NotExplained
from core.explanation import reasons
from core.language import Language, percent, say
from core.population import solvency_density
from core.records import Assessments, Contribution, Explanation, State
from pages.components import cached, figures
from pages.components.messages import plain
from pages.components.palette import palette
from pages.components.welcome import ICONS

CODES, LISTED = 60, 40


def show_title(client: int, *, synthetic: bool, language: Language) -> None:
    """The client's id, and whether it is a made-up one."""
    st.header(say("client.title", language, client=str(client)), anchor=False)
    if synthetic:
        st.badge(say("client.synthetic", language), icon=":material/science:", color="violet")


def show_client(row: Mapping[str, object], language: Language) -> None:
    """Who it is, in plain words."""
    currency = cached.settings().currency
    for column, key, chosen in zip(
        st.columns(3), ("person", "work", "loan"), (wording.PERSON, wording.WORK, wording.LOAN), strict=True
    ):
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{say(f'client.{key}', language)}**")
            st.html(_facts(wording.facts(row, chosen, language, currency)))


def show_answer(found: Assessments, language: Language) -> None:
    """The gauge against the line, the verdict in words, and where clients are, if the bundle knows."""
    decision, colours = found.decisions[0], palette()
    verdict = say(f"verdict.{decision.verdict}", language)
    dial, words = st.columns([5, 6], vertical_alignment="center")
    with dial:
        digits = wording.apart(100.0 * decision.solvency, 100.0 * decision.solvency_line)
        alt = say(
            "gauge.alt",
            language,
            solvency=percent(decision.solvency, language, digits),
            line=percent(decision.solvency_line, language, digits),
        )
        figures.draw(figures.gauge(decision, language, colours), "gauge", alt)
        st.caption(say("gauge.scale", language), text_alignment="center")
    with words:
        st.subheader(f"{ICONS[decision.verdict]} {verdict}", anchor=False)
        st.markdown(f"**{wording.distance(decision, language)}**")
        for sentence in wording.why_review(
            decision, float(found.information[0]), cached.settings().review_band, language
        ):
            st.markdown(sentence)
        st.markdown(wording.of_hundred(decision, language))
        st.caption(say("verdict.recommendation", language))
    density = solvency_density(cached.model().bundle.population)
    if density is None:
        return
    st.markdown(f"**{say('strip.title', language)}**")
    figures.draw(figures.strip(decision, density, language, colours), "strip", say("strip.alt", language))
    with st.expander(say("table.open", language)):
        st.dataframe(pd.DataFrame(wording.density_rows(density, language)), hide_index=True)


def show_why(found: Assessments, language: Language) -> None:
    """The reasons, every feature and what was done to the data; a sentence where the model cannot be explained."""
    try:
        explanation = explain_clients(cached.model(), found)[0]
    except NotExplained:
        st.subheader(say("why.title", language), anchor=False)
        st.info(say("why.not_explained", language), icon=":material/info:")
        return
    show_reasons(explanation, language)
    show_features(explanation, language)
    show_report(found, explanation, language)


def show_reasons(explanation: Explanation, language: Language) -> None:
    """Three reasons for and three against, and the waterfall with its table."""
    currency = cached.settings().currency
    st.subheader(say("why.title", language), anchor=False)
    st.caption(say("why.how", language))
    best = reasons(explanation)
    for column, key, chosen in zip(st.columns(2), ("raising", "lowering"), (best.raising, best.lowering), strict=True):
        with column.container(border=True, height="stretch"):
            _reasons(key, chosen, language)
    if wording.holds_black_box([*best.raising, *best.lowering]):
        st.caption(say("why.black_box", language))
    log_odds = st.toggle(
        say("why.log_odds", language), key="log_odds", persist_state="session", help=say("why.log_odds_help", language)
    )
    figure = figures.waterfall(explanation, language, palette(), currency, log_odds=log_odds)
    figures.draw(figure, "waterfall", say("waterfall.alt", language))
    with st.expander(say("table.open", language), key="waterfall_table"):
        steps = wording.contribution_rows(explanation, language, currency)
        st.dataframe(pd.DataFrame(steps), hide_index=True)
        st.caption(say("why.adds_up", language))


def show_features(explanation: Explanation, language: Language) -> None:
    """Every feature, searchable: label, value, where it lies in the population, where it came from."""
    st.subheader(say("features.title", language), anchor=False)
    typed = st.text_input(
        say("features.search", language),
        key="feature_search",
        persist_state="session",
        placeholder=say("features.placeholder", language),
        live=True,
        type="search",
        icon=":material/search:",
    )
    bundle, currency = cached.model().bundle, cached.settings().currency
    rows = wording.matching(wording.feature_rows(explanation, bundle, language, currency), typed or "")
    if not rows:
        st.caption(say("features.none", language))
        return
    table = pd.DataFrame([asdict(row) for row in rows]).rename(
        columns={
            name: say(f"features.{name}", language)
            for name in ("label", "value", "place", "origin", "unit", "meaning", "column")
        }
    )
    bar = st.column_config.ProgressColumn(
        say("features.below", language), format=say("features.percent", language), min_value=0, max_value=100
    )
    st.dataframe(table, hide_index=True, column_config={"below": bar}, height=420, key="features")


def show_report(found: Assessments, explanation: Explanation, language: Language) -> None:
    """What was assumed, derived, missing, never seen or ignored, and the history that this model does not use."""
    unknown = found.aligned.unknown
    st.subheader(say("report.title", language), anchor=False)
    st.markdown(say("report.information", language, share=percent(float(found.information[0]), language)))
    for state in (State.ASSUMED, State.UNSEEN, State.DERIVED, State.MISSING):
        names = wording.columns_in_state(explanation, state, language)
        if names:
            _list(
                say(f"report.{state.name.lower()}", language, n=len(names)),
                names,
                opened=state is State.UNSEEN,
            )
    left_out = wording.left_out(unknown, cached.model().bundle, language)
    if left_out:
        st.markdown(say("report.left_out", language, names=", ".join(left_out)))
    if wording.history_ignored(unknown):
        st.info(say("report.history", language, n=wording.history_ignored(unknown)), icon=":material/history:")
    if unknown:
        _list(say("report.ignored", language, n=len(unknown)), [plain(name[:CODES]) for name in unknown[:LISTED]])


def _reasons(key: str, chosen: Sequence[Contribution], language: Language) -> None:
    bundle, currency = cached.model().bundle, cached.settings().currency
    st.markdown(f"**{say(f'why.{key}', language)}**")
    if not chosen:
        st.markdown(say("why.nothing", language))
    for contribution in chosen:
        st.markdown(f"- {wording.reason(contribution, bundle, language, currency)}")


def _facts(lines: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in lines)
    return f'<dl class="facts">{rows}</dl>'


def _list(title: str, names: Sequence[str], *, opened: bool = False) -> None:
    with st.expander(title, expanded=opened):
        st.markdown(", ".join(names))
