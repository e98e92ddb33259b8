"""Charts of one client's answer: the gauge, and the strip with the density of clients."""

from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go

from core.i18n.translations import Language, percent, translate
from core.insights.population import Density
from core.records import Decision, Verdict
from core.scoring.decision import band
from pages.components.charts.base import percent_sign, styled
from pages.components.charts.palette import Palette

LARGEST, WIDEST = 36, 205
STEPS, MAX_STEPS = (10, 20, 30), 7
HEIGHT = 190


def gauge(
    decision: Decision, scale: tuple[float, float], review_band: float, language: Language, colours: Palette
) -> go.Figure:
    """A dial of the solvency with the acceptance threshold across it and the review band around that.

    scale: lowest and highest solvency of the dial, from 0 to 1. review_band: in P(default).
    """
    solvency, line = 100.0 * decision.solvency, 100.0 * decision.solvency_line
    low, high = (round(100.0 * end) for end in scale)
    digits = decision.digits
    colour, sign = colours.of(decision.verdict), percent_sign(language)
    size = min(LARGEST, WIDEST // len(percent(decision.solvency, language, digits)))
    figure = go.Figure(
        go.Indicator(
            mode="gauge+number",
            value=round(solvency, digits),
            number={"suffix": sign, "valueformat": f".{digits}f", "font": {"size": size, "color": colour}},
            gauge={
                "axis": {
                    "range": [low, high],
                    "tickvals": ticks(low, high),
                    "ticktext": [f"{tick}{sign}" for tick in ticks(low, high)],
                },
                "bar": {"color": colour, "thickness": 0.45},
                "borderwidth": 0,
                "steps": [
                    {"range": list(zone), "color": colours.soft(verdict)}
                    for verdict, zone in zones(decision, scale, review_band)
                ],
                "threshold": {"line": {"color": colours.ink, "width": 5}, "thickness": 1.0, "value": line},
            },
            domain={"x": [0, 1], "y": [0, 0.95]},
        )
    )
    text = translate("gauge.line", language, line=percent(decision.solvency_line, language, digits))
    below = {"text": text, "x": 0.5, "y": 0, "xref": "paper", "yref": "paper", "yanchor": "top", "showarrow": False}
    return styled(
        figure,
        language,
        colours,
        height=HEIGHT,
        margin={"l": 48, "r": 48, "t": 18, "b": 28},
        annotations=[{**below, "font": {"size": 15}}],
    )


def ticks(low: int, high: int) -> list[int]:
    """Round percentages along a scale, both ends included."""
    span = high - low
    step = next((each for each in STEPS if span % each == 0 and span // each <= MAX_STEPS), span)
    return list(range(low, high + 1, step))


def zones(
    decision: Decision, scale: tuple[float, float], review_band: float
) -> list[tuple[Verdict, tuple[float, float]]]:
    """The verdicts along a scale of solvency, each with its two ends in percent; band ends lie within the scale."""
    low, high = (100.0 * end for end in scale)
    band_low, band_high = (
        min(max(100.0 * (1.0 - end), low), high)
        for end in reversed(band(threshold=decision.threshold, review_band=review_band))
    )
    return [
        (Verdict.UNFAVOURABLE, (low, band_low)),
        (Verdict.TO_REVIEW, (band_low, band_high)),
        (Verdict.FAVOURABLE, (band_high, high)),
    ]


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
