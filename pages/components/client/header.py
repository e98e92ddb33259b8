"""The head of a client's file, which stays whatever part is open: who, the answer, and what its numbers mean."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core import wording
from core.known import impossible, known
from core.language import percent, say
from pages.components import cached, figures
from pages.components.client_file import ClientFile
from pages.components.palette import palette
from pages.components.welcome import ICONS


def show_head(file: ClientFile) -> None:
    """Title, answer and the client in plain words."""
    st.header(say("client.title", file.language, client=str(file.client)), anchor=False)
    if file.synthetic:
        st.badge(say("client.synthetic", file.language), icon=":material/science:", color="violet")
    show_answer(file)
    show_client(file)


def show_answer(file: ClientFile) -> None:
    """The gauge against the line, the verdict in words, and what both numbers mean."""
    decision, language = file.decision, file.language
    dial, words = st.columns([5, 6], vertical_alignment="center")
    with dial:
        digits = wording.apart(100.0 * decision.solvency, 100.0 * decision.solvency_line)
        alt = say(
            "gauge.alt",
            language,
            solvency=percent(decision.solvency, language, digits),
            line=percent(decision.solvency_line, language, digits),
        )
        figures.draw(figures.gauge(decision, language, palette()), "gauge", alt)
        st.caption(say("gauge.scale", language), text_alignment="center")
    with words:
        st.subheader(f"{ICONS[decision.verdict]} {say(f'verdict.{decision.verdict}', language)}", anchor=False)
        st.markdown(f"**{wording.distance(decision, language)}**")
        for sentence in wording.why_review(
            decision, float(file.found.information[0]), cached.settings().review_band, language
        ):
            st.markdown(sentence)
        st.markdown(wording.of_hundred(decision, language))
        st.caption(say("verdict.recommendation", language))
        wrong = impossible(known(file.found.aligned, cached.model().bundle))
        if wrong:
            st.error(say("known.see", language, n=len(wrong)), icon=":material/error:")


def show_client(file: ClientFile) -> None:
    """Who it is and what is asked for, in plain words."""
    with st.container(border=True):
        st.html(_facts(wording.facts(file.row, wording.FACTS, file.language, cached.settings().currency)))


def _facts(lines: Sequence[tuple[str, str]]) -> str:
    pairs = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in lines)
    return f'<dl class="facts">{pairs}</dl>'
