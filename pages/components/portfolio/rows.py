"""The clients of one page of a portfolio, a line each: tick, link to the file, recommendation, solvency, reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from core.batch.summary import Line
from core.decisions.entry import Outcome
from core.i18n.translations import Language, percent, translate
from core.records import Verdict
from pages.components.charts.palette import Palette
from pages.components.client.opening import queued_address
from pages.components.session import session, set_widget, widget

GLYPHS = {Verdict.FAVOURABLE: "check_circle", Verdict.UNFAVOURABLE: "cancel", Verdict.TO_REVIEW: "help"}
"""Names in the icon font of the page, the icons of the client's file."""


def show_rows(
    lines: Sequence[Line],
    line: float,
    address: dict[str, str],
    language: Language,
    colours: Palette,
    *,
    uploaded: bool,
    outcomes: Mapping[int, Outcome],
) -> None:
    """Show the lines below the names of what they hold.

    Parameters
    ----------
    lines: the clients. line: the acceptance threshold on the solvency scale, 0 to 1. address: query parameters of the
    queue, which each link carries. language, colours: of the screen. uploaded: whether the clients are an upload's.
    outcomes: of the decisions on clients, by id.
    """
    with st.container(key="queue_rows", gap=None):
        st.html(_head(language))
        for each in lines:
            with st.container(key=f"queue_row_{each.client}", horizontal=True, wrap=False, gap="small"):
                _show_tick(each.client, language)
                st.page_link(
                    "client.py",
                    label=each.client,
                    query_params=queued_address(each.client, uploaded=uploaded) | address,
                )
                st.html(line_html(each, line, language, colours, outcomes.get(int(each.client))))


def _show_tick(client: str, language: Language) -> None:
    key = f"queue_tick_{client}"
    ticked = client in session().ticked
    if widget(key) != ticked:
        set_widget(key, ticked)
    st.checkbox(
        translate("portfolio.tick", language, client=client),
        key=key,
        label_visibility="collapsed",
        on_change=_tick,
        args=(client,),
    )


def _tick(client: str) -> None:
    ticked = session().ticked
    if client in ticked:
        ticked.remove(client)
    else:
        ticked.append(client)


def line_html(each: Line, line: float, language: Language, colours: Palette, outcome: Outcome | None = None) -> str:
    """One client: recommendation with its icon, decision, solvency as a bar from the threshold, amount, and reasons."""
    colour = colours.of(each.verdict)
    why = f'<span class="why">{escape(each.why)}</span>' if each.why else ""
    decision = "" if outcome is None else _decision_html(outcome, language)
    reasons = "".join(
        f'<span class="reasons"><b>{escape(translate(key, language))}</b> · {escape(words)}</span>'
        for key, words in (("portfolio.raises", each.raising), ("portfolio.lowers", each.lowering))
        if words
    )
    return (
        f'<div class="queue-cell"><div class="queue-line" style="--verdict: {colour}">'
        f'<span class="opinion"><span class="badge">{icon_html(each.verdict)}'
        f"{escape(translate(f'verdict.{each.verdict}', language))}</span>{decision}{why}</span>"
        f'<span class="solvency"><span class="number">{percent(each.solvency, language, 1)}</span>'
        f"{_bar(each.solvency, line)}</span>"
        f'<span class="amount">{escape(each.amount)}</span>{reasons}</div></div>'
    )


def _decision_html(outcome: Outcome, language: Language) -> str:
    """The decision on a client, its word with an icon."""
    glyph = '<span class="glyph" aria-hidden="true">gavel</span>'
    return f'<span class="decided">{glyph}{escape(translate(f"decision.{outcome}", language))}</span>'


def bar_in_words(line: float, language: Language) -> str:
    """What the bar of a line shows. line: the acceptance threshold on the solvency scale, 0 to 1."""
    return translate("portfolio.bar", language, line=percent(line, language, 1))


def icon_html(verdict: Verdict) -> str:
    """The icon of a recommendation, whose word stands beside it."""
    return f'<span class="glyph" aria-hidden="true">{GLYPHS[verdict]}</span>'


def _bar(solvency: float, line: float) -> str:
    """A bar from the threshold in the middle to the solvency; the right end is 100 %, the left as far below."""
    share = min(max((solvency - line) / max(1.0 - line, 1e-9), -1.0), 1.0)
    left, width = 50.0 + 50.0 * min(share, 0.0), 50.0 * abs(share)
    return (
        f'<span class="track" aria-hidden="true"><span class="fill" style="left: {left:.2f}%; width: {width:.2f}%">'
        f"</span></span>"
    )


def _head(language: Language) -> str:
    names = ("verdict", "solvency", "amount")
    cells = "".join(f'<span class="{name}">{escape(translate(f"portfolio.{name}", language))}</span>' for name in names)
    client = escape(translate("portfolio.client", language))
    return f'<div class="queue-head" aria-hidden="true"><span class="client">{client}</span>{cells}</div>'
