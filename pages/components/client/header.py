"""The header of a client's file, above every part: client, answer, and meaning of the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.i18n.translations import percent, translate
from core.insights import sentences
from pages.components import resources
from pages.components.charts.base import draw
from pages.components.charts.gauge import gauge
from pages.components.charts.palette import palette
from pages.components.client.client_file import ClientFile
from pages.components.client.welcome import ICONS


def show_header(file: ClientFile) -> None:
    """Show title, answer and facts."""
    st.header(translate("client.title", file.language, client=str(file.client)), anchor=False)
    if file.synthetic:
        st.badge(translate("client.synthetic", file.language), icon=":material/science:", color="violet")
    show_answer(file)
    show_client(file)


def show_answer(file: ClientFile) -> None:
    """Show the gauge with the line, the verdict in words, and the meaning of both numbers."""
    decision, language = file.decision, file.language
    dial, words = st.columns([5, 6], vertical_alignment="center")
    with dial:
        digits = decision.digits
        alt = translate(
            "gauge.alt",
            language,
            solvency=percent(decision.solvency, language, digits),
            line=percent(decision.solvency_line, language, digits),
        )
        draw(gauge(decision, language, palette()), "gauge", alt)
        st.caption(translate("gauge.scale", language), text_alignment="center")
    with words:
        st.subheader(f"{ICONS[decision.verdict]} {translate(f'verdict.{decision.verdict}', language)}", anchor=False)
        st.markdown(f"**{sentences.distance(decision, language)}**")
        for sentence in sentences.why_review(
            decision, float(file.assessments.information[0]), resources.settings().review_band, language
        ):
            st.markdown(sentence)
        st.markdown(sentences.of_hundred(decision, language))
        st.caption(translate("verdict.recommendation", language))
        wrong = file.assessments.aligned.impossible.get(0, ())
        if wrong:
            st.error(translate("known.see", language, n=len(wrong)), icon=":material/error:")


def show_client(file: ClientFile) -> None:
    """Show the facts about the client and the loan."""
    with st.container(border=True):
        st.html(_facts(sentences.facts(file.row, sentences.FACTS, file.language, resources.settings().currency)))


def _facts(lines: Sequence[tuple[str, str]]) -> str:
    pairs = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in lines)
    return f'<dl class="facts">{pairs}</dl>'
