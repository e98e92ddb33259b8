"""Charts of one client's answer: the gauge, and the strip with the density of clients."""

from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go

from core.i18n.translations import Language, percent, translate
from core.insights.population import Density
from core.records import Decision
from pages.components.charts.base import percent_sign, styled
from pages.components.charts.palette import Palette

TICKS = [0, 25, 50, 75, 100]
LARGEST, WIDEST = 44, 250


def gauge(decision: Decision, language: Language, colours: Palette) -> go.Figure:
    """A dial of the solvency from 0 to 100 %, with the line at 1 − threshold across it."""
    solvency, line = 100.0 * decision.solvency, 100.0 * decision.solvency_line
    digits = decision.digits
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
    text = translate("gauge.line", language, line=percent(decision.solvency_line, language, digits))
    figure.add_annotation(
        text=text, x=0.5, y=0, xref="paper", yref="paper", yanchor="top", showarrow=False, font={"size": 15}
    )
    return styled(figure, language, colours, height=270, margin={"l": 56, "r": 56, "t": 24, "b": 34})


def strip(decision: Decision, density: Density, language: Language, colours: Palette) -> go.Figure:
    """The density of the population over solvency, the line, and this client."""
    edges = [100.0 * edge for edge in density.edges]
    heights = [100.0 * height for height in density.heights]
    line, solvency, top = 100.0 * decision.solvency_line, 100.0 * decision.solvency, max(heights)
    figure = go.Figure(
        go.Bar(
            x=[(low + high) / 2 for low, high in pairwise(edges)],
            y=heights,
            width=(edges[1] - edges[0]) * 1.02,
            name=translate("strip.people", language),
            showlegend=False,
            marker={
                "color": [colours.soft_favourable if low >= line else colours.soft_unfavourable for low in edges[:-1]],
                "line": {"width": 0},
            },
            hovertemplate=f"%{{x:.1f}} : %{{y:.1f}}<extra>{translate('strip.hover', language)}</extra>",
        )
    )
    digits = decision.digits
    marks = (
        (
            line,
            1.15,
            colours.ink,
            "solid",
            translate("strip.line", language, line=percent(line / 100.0, language, digits)),
        ),
        (
            solvency,
            1.0,
            colours.of(decision.verdict),
            "dot",
            translate("strip.client", language, solvency=percent(solvency / 100.0, language, digits)),
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
        title_text=translate("strip.axis", language),
        showgrid=False,
        fixedrange=True,
    )
    figure.update_yaxes(visible=False, fixedrange=True, range=[0, top * 1.18])
    styled(figure, language, colours, height=230, margin={"l": 8, "r": 8, "t": 8, "b": 44})
    return figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom", "itemclick": False}
    )
