"""The first look at a client's file, above every part: who, the answer, the main reasons, the facts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.i18n.translations import Language, percent, translate
from core.insights import sentences
from core.insights.first_look import facts_line, short_reasons
from core.insights.population import solvency_range
from core.records import Contribution, Decision, Explanation, Verdict
from core.scoring.explanation import reasons
from pages.components import resources
from pages.components.charts.base import draw
from pages.components.charts.gauge import gauge
from pages.components.charts.palette import palette
from pages.components.client.client_file import ClientFile
from pages.components.client.welcome import ICONS
from pages.components.messages import plain


def begin_at_the_top(client: int) -> None:
    """Scroll to the top where another client is opened than was on the screen before.

    Streamlit keeps the position within a page. For a moment the page has no height, so that the browser moves to its
    top; an animation of another name begins anew, one of the same name does not.
    """
    name = f"open_{client}"
    st.html(
        f"<style>@keyframes {name} {{ from, to {{ height: 0; overflow: clip; }} }} "
        f"body .stMainBlockContainer {{ animation: {name} 40ms; }}</style>"
    )


def show_header(file: ClientFile) -> None:
    """Show title, answer, main reasons and facts."""
    begin_at_the_top(file.client)
    with st.container(key="client_head", horizontal=True, vertical_alignment="center", gap="small"):
        title = translate("client.title", file.language, client=str(file.client))
        st.header(title, anchor=False, width="content")
        if file.synthetic:
            st.badge(translate("first_look.synthetic", file.language), icon=":material/science:", color="violet")
    show_answer(file)
    if file.explanation is not None:
        show_main_reasons(file.explanation, file.language)
    show_client(file)


def show_answer(file: ClientFile) -> None:
    """Show the verdict in its colour, the meaning of the numbers, and the gauge."""
    decision, language = file.decision, file.language
    st.html(f"<style>{_tint(decision.verdict)}</style>")
    with st.container(key=f"answer_{decision.verdict}"):
        words, dial = st.columns([6, 5], vertical_alignment="center")
        with words.container(gap="xsmall"):
            st.subheader(
                f"{ICONS[decision.verdict]} {translate(f'verdict.{decision.verdict}', language)}",
                anchor=False,
                help=translate("gauge.scale", language),
            )
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
        with dial:
            show_gauge(decision, "gauge", language)


def show_gauge(decision: Decision, key: str, language: Language) -> None:
    """Draw the gauge of an answer, its range as `solvency_range` has it."""
    digits, band = decision.digits, resources.settings().review_band
    alt = translate(
        "gauge.alt",
        language,
        solvency=percent(decision.solvency, language, digits),
        line=percent(decision.solvency_line, language, digits),
    )
    scale = solvency_range(
        resources.model().bundle.population,
        threshold=decision.threshold,
        review_band=band,
        solvency=decision.solvency,
    )
    draw(gauge(decision, scale, band, language, palette()), key, alt)


def show_client(file: ClientFile) -> None:
    """Show the facts about the client and the loan in a line, which opens the whole file."""
    language, currency = file.language, resources.settings().currency
    line = plain(" · ".join(facts_line(file.row, language, currency)))
    with st.expander(f"{line} · **{translate('first_look.whole', language)}**", key="whole_file"):
        st.html(_facts(sentences.facts(file.row, sentences.FACTS, language, currency)))


def show_main_reasons(explanation: Explanation, language: Language) -> None:
    """Show the three largest reasons for the client and the three largest against, a row each."""
    best = reasons(explanation)
    with st.container(key="main_reasons"):
        for column, key, chosen in zip(
            st.columns(2, gap="medium"),
            ("first_look.for", "first_look.against"),
            (best.raising, best.lowering),
            strict=True,
        ):
            column.markdown(_reasons_table(key, chosen, language))


def _reasons_table(key: str, chosen: Sequence[Contribution], language: Language) -> str:
    """The reasons of one side as a Markdown table."""
    bundle, currency = resources.model().bundle, resources.settings().currency
    points = translate("first_look.points", language)
    lines = [f"| {translate(key, language)} | {points} |", "| :--- | ---: |"]
    for each in short_reasons(chosen, bundle, language, currency):
        doubt = f" *({translate('first_look.doubtful', language)})*" if each.doubtful else ""
        reason = translate("first_look.reason", language, label=plain(each.label), value=f"**{plain(each.value)}**")
        lines.append(f"| {reason}{doubt} | {each.points} |")
    if not chosen:
        lines.append(f"| {translate('why.nothing', language)} | |")
    return "\n".join(lines)


def _tint(verdict: Verdict) -> str:
    """The rules that give the answer its verdict's colour."""
    colours = palette()
    place, background = f"body .st-key-answer_{verdict}", f"{colours.soft(verdict)} 38%, {colours.paper}"
    return (
        f"{place} {{ background: color-mix(in srgb, {background}); border-left-color: {colours.of(verdict)}; }}"
        f" {place} h3 {{ color: {colours.of(verdict)}; }}"
    )


def _facts(lines: Sequence[tuple[str, str]]) -> str:
    pairs = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in lines)
    return f'<dl class="facts">{pairs}</dl>'
