"""The Plotly figures of one client: gauge, strip and waterfall. They draw what they are given and decide nothing."""

from __future__ import annotations

from itertools import accumulate, pairwise

import plotly.graph_objects as go
import streamlit as st

from core.dictionary import label
from core.language import Language, adding_up, number, percent, say, signed
from core.population import Density
from core.records import Decision, Explanation
from core.wording import apart, value_of
from pages.components.palette import Palette

BARS = 10
TICKS = [0, 25, 50, 75, 100]
LARGEST, WIDEST = 44, 250
QUIET = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
CLEAR = "rgba(0,0,0,0)"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def gauge(decision: Decision, language: Language, colours: Palette) -> go.Figure:
    """Solvency from 0 to 100 % on a dial, the line at 1 − threshold drawn across it and labelled."""
    solvency, line = 100.0 * decision.solvency, 100.0 * decision.solvency_line
    digits = apart(solvency, line)
    colour, sign = colours.of(decision.verdict), _percent_sign(language)
    size = min(LARGEST, WIDEST // len(percent(decision.solvency, language, digits)))
    figure = go.Figure(
        go.Indicator(
            mode="gauge+number",
            value=round(solvency, digits),
            number={"suffix": sign, "valueformat": f".{digits}f", "font": {"size": size, "color": colour}},
            gauge={
                "axis": {"range": [0, 100], "tickvals": TICKS, "ticktext": [f"{tick}{sign}" for tick in TICKS]},
                "bar": {"color": colour, "thickness": 0.55},
                "borderwidth": 0,
                "steps": [
                    {"range": [0, line], "color": colours.soft_unfavourable},
                    {"range": [line, 100], "color": colours.soft_favourable},
                ],
                "threshold": {"line": {"color": colours.ink, "width": 5}, "thickness": 1.0, "value": line},
            },
            domain={"x": [0, 1], "y": [0, 0.95]},
        )
    )
    text = say("gauge.line", language, line=percent(decision.solvency_line, language, digits))
    figure.add_annotation(
        text=text, x=0.5, y=0, xref="paper", yref="paper", yanchor="top", showarrow=False, font={"size": 15}
    )
    return sized(figure, language, colours, height=270, margin={"l": 56, "r": 56, "t": 24, "b": 34})


def strip(decision: Decision, density: Density, language: Language, colours: Palette) -> go.Figure:
    """Where clients are: the population's density along the solvency, the line, and this client."""
    edges = [100.0 * edge for edge in density.edges]
    heights = [100.0 * height for height in density.heights]
    line, solvency, top = 100.0 * decision.solvency_line, 100.0 * decision.solvency, max(heights)
    figure = go.Figure(
        go.Bar(
            x=[(low + high) / 2 for low, high in pairwise(edges)],
            y=heights,
            width=(edges[1] - edges[0]) * 1.02,
            name=say("strip.people", language),
            showlegend=False,
            marker={
                "color": [colours.soft_favourable if low >= line else colours.soft_unfavourable for low in edges[:-1]],
                "line": {"width": 0},
            },
            hovertemplate=f"%{{x:.1f}} : %{{y:.1f}}<extra>{say('strip.hover', language)}</extra>",
        )
    )
    digits = apart(solvency, line)
    marks = (
        (line, 1.15, colours.ink, "solid", say("strip.line", language, line=percent(line / 100.0, language, digits))),
        (
            solvency,
            1.0,
            colours.of(decision.verdict),
            "dot",
            say("strip.client", language, solvency=percent(solvency / 100.0, language, digits)),
        ),
    )
    for at, height, colour, dash, name in marks:
        figure.add_scatter(
            x=[at, at],
            y=[0, top * height],
            mode="lines",
            line={"color": colour, "width": 4, "dash": dash},
            name=name,
            hoverinfo="name",
        )
    figure.update_xaxes(
        range=[min(edges[0], solvency - 1.0), max(edges[-1], solvency + 0.5)],
        ticksuffix=_percent_sign(language),
        title_text=say("strip.axis", language),
        showgrid=False,
        fixedrange=True,
    )
    figure.update_yaxes(visible=False, fixedrange=True, range=[0, top * 1.18])
    sized(figure, language, colours, height=230, margin={"l": 8, "r": 8, "t": 8, "b": 44})
    return figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom", "itemclick": False}
    )


def waterfall(
    explanation: Explanation, language: Language, colours: Palette, currency: str, *, log_odds: bool
) -> go.Figure:
    """From the average client to this one: the ten largest contributions and the rest, which add up.

    In points of solvency, or in log-odds of default on request. Each name stands over its bar, so that the
    figure can be read on a telephone.
    """
    steps = waterfall_steps(explanation, language, currency, log_odds=log_odds)
    start = explanation.base_log_odds if log_odds else 100.0 * explanation.base_solvency
    end = explanation.log_odds if log_odds else 100.0 * explanation.solvency
    digits = 3 if log_odds else 1
    names = [say("waterfall.average", language), *(name for name, _ in steps), say("waterfall.client", language)]
    sizes = [
        number(start, language, digits),
        *(signed(value, language, digits) for value in adding_up([value for _, value in steps], start, end, digits)),
    ]
    good, bad = (colours.unfavourable, colours.favourable) if log_odds else (colours.favourable, colours.unfavourable)
    places = list(range(len(names)))
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=places,
            x=[start, *(value for _, value in steps), 0],
            width=0.5,
            measure=["absolute", *("relative" for _ in steps), "total"],
            text=[*sizes, number(end, language, digits)],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": good}},
            decreasing={"marker": {"color": bad}},
            totals={"marker": {"color": colours.review}},
            connector={"line": {"color": colours.faint, "width": 1}},
            customdata=names,
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    )
    for place, name in zip(places, names, strict=True):
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=place, yshift=19, text=name, showarrow=False, font={"size": 14}
        )
    running = list(accumulate((value for _, value in steps), initial=start))
    low, high = min(running), max(running)
    room = 0.2 * ((high - low) or 1.0)
    figure.update_yaxes(range=[len(names) - 0.5, -0.9], visible=False, fixedrange=True)
    figure.update_xaxes(
        range=[low - room, high + room],
        gridcolor=colours.faint,
        zeroline=False,
        fixedrange=True,
        tickangle=0,
        title_text=say("waterfall.log_odds" if log_odds else "waterfall.points", language),
    )
    return sized(figure, language, colours, height=80 + 46 * len(names), margin={"l": 8, "r": 8, "t": 8, "b": 48})


def waterfall_steps(
    explanation: Explanation, language: Language, currency: str, *, log_odds: bool
) -> list[tuple[str, float]]:
    """(label with value, contribution) of the ten largest, and of all the others together."""
    sized = [(each, each.log_odds if log_odds else each.points) for each in explanation.contributions]
    steps = [
        (f"{label(each.source, language)} = {value_of(each, language, currency)}", size) for each, size in sized[:BARS]
    ]
    rest = sized[BARS:]
    return [*steps, (say("waterfall.rest", language, n=len(rest)), sum(size for _, size in rest))]


def draw(figure: go.Figure, key: str, alt: str) -> None:
    """Puts a figure on the page, with a description for those who cannot see it."""
    st.plotly_chart(figure, key=key, config=QUIET, alt=alt, theme=None)


def _percent_sign(language: Language) -> str:
    return percent(0.0, language).removeprefix("0")


def sized(figure: go.Figure, language: Language, colours: Palette, *, height: int, margin: dict[str, int]) -> go.Figure:
    """The figure in the look of all figures: size, colours of the theme, numbers as the language writes them."""
    separators = ",\N{NARROW NO-BREAK SPACE}" if language == "fr" else ".,"
    figure.update_layout(
        template="none",
        font={"family": FONT, "size": 13, "color": colours.ink},
        height=height,
        margin=margin,
        showlegend=False,
        separators=separators,
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
    )
    return figure
