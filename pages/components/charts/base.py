"""The Plotly figures of one client's answer, gauge and strip, and the look that all figures share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go
import streamlit as st

from core.language import Language, percent, say
from core.population import Density
from core.records import Decision
from core.wording import apart
from pages.components.palette import Palette

TICKS = [0, 25, 50, 75, 100]
LARGEST, WIDEST = 44, 250
QUIET = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
CLEAR = "rgba(0,0,0,0)"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def gauge(decision: Decision, language: Language, colours: Palette) -> go.Figure:
    """Solvency from 0 to 100 % on a dial, the line at 1 − threshold drawn across it and labelled."""
    solvency, line = 100.0 * decision.solvency, 100.0 * decision.solvency_line
    digits = apart(solvency, line)
    colour, sign = colours.of(decision.verdict), percent_sign(language)
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
        ticksuffix=percent_sign(language),
        title_text=say("strip.axis", language),
        showgrid=False,
        fixedrange=True,
    )
    figure.update_yaxes(visible=False, fixedrange=True, range=[0, top * 1.18])
    sized(figure, language, colours, height=230, margin={"l": 8, "r": 8, "t": 8, "b": 44})
    return figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom", "itemclick": False}
    )


def names_over(names: Sequence[str], places: Sequence[float], *, yshift: int) -> list[dict[str, object]]:
    """Annotations that set each name at the left over its place, in lines where it holds <br>."""
    return [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": place,
            "yshift": yshift,
            "yanchor": "bottom",
            "align": "left",
            "text": name,
            "showarrow": False,
            "font": {"size": 14},
        }
        for name, place in zip(names, places, strict=True)
    ]


def draw(figure: go.Figure, key: str, alt: str) -> None:
    """Puts a figure on the page, with a description for those who cannot see it."""
    st.plotly_chart(figure, key=key, config=QUIET, alt=alt, theme=None)


def percent_sign(language: Language) -> str:
    """The sign with the space that the language puts before it."""
    return percent(0.0, language).removeprefix("0")


def sized(figure: go.Figure, language: Language, colours: Palette, *, height: int, margin: dict[str, int]) -> go.Figure:
    """The figure in the app's one look: font, size, no frame, numbers as the language writes them."""
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
