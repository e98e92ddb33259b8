"""The part "Why": the reasons in words, and every feature with its value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from core import wording
from core.explanation import reasons
from core.language import Language, say
from core.records import Contribution, Explanation
from pages.components import cached, figures
from pages.components.client_file import ClientFile
from pages.components.palette import palette


def show_why(file: ClientFile) -> None:
    """The reasons and every feature; a sentence where the model cannot be explained."""
    st.subheader(say("why.title", file.language), anchor=False)
    if file.explanation is None:
        st.info(say("why.not_explained", file.language), icon=":material/info:")
        return
    show_reasons(file.explanation, file.language)
    show_features(file.explanation, file.language)


def show_reasons(explanation: Explanation, language: Language) -> None:
    """Three reasons for and three against, and the waterfall with its table."""
    currency = cached.settings().currency
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


def _reasons(key: str, chosen: Sequence[Contribution], language: Language) -> None:
    bundle, currency = cached.model().bundle, cached.settings().currency
    st.markdown(f"**{say(f'why.{key}', language)}**")
    if not chosen:
        st.markdown(say("why.nothing", language))
    for contribution in chosen:
        st.markdown(f"- {wording.reason(contribution, bundle, language, currency)}")
