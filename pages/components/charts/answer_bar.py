"""The bar of a simulation: the verdicts along the solvency, the file's answer and the simulation's on it."""

from __future__ import annotations

import plotly.graph_objects as go

from core.i18n.translations import Language, percent, translate
from core.records import Decision, digits_to_distinguish
from pages.components.charts.base import percent_sign, styled
from pages.components.charts.gauge import ticks, zones
from pages.components.charts.palette import Palette

HEIGHT = 132
HALF = 0.3
ROOM = 0.16
"""Share of the scale at either end, for labels of answers near it."""


def answer_bar(
    before: Decision,
    after: Decision,
    scale: tuple[float, float],
    review_band: float,
    language: Language,
    colours: Palette,
) -> go.Figure:
    """One bar of the solvency with the acceptance threshold and two marks: below it the file, above it the simulation.

    scale: lowest and highest solvency of the bar, from 0 to 1. review_band: in P(default).
    """
    low, high = (round(100.0 * end) for end in scale)
    traces: list[go.Bar | go.Scatter] = []
    for verdict, (start, end) in zones(before, scale, review_band):
        traces.append(
            go.Bar(
                orientation="h",
                base=[start],
                x=[max(0.0, end - start)],
                y=[0],
                width=2 * HALF,
                marker={"color": colours.soft(verdict), "line": {"width": 0}},
                name=translate(f"verdict.{verdict}", language),
                hoverinfo="name",
            )
        )
    line = 100.0 * before.solvency_line
    traces.append(
        go.Scatter(
            x=[line, line],
            y=[-HALF - 0.08, HALF + 0.08],
            mode="lines",
            line={"color": colours.ink, "width": 4},
            hoverinfo="skip",
        )
    )
    digits = digits_to_distinguish(100.0 * before.solvency, 100.0 * after.solvency)
    marks = (
        ("as_is", before, "circle-open", -HALF, "bottom center"),
        ("simulated", after, "diamond", HALF, "top center"),
    )
    for key, decision, symbol, y, place in marks:
        name = translate(f"simulation.{key}", language)
        solvency = percent(decision.solvency, language, digits)
        traces.append(
            go.Scatter(
                x=[100.0 * decision.solvency],
                y=[y],
                mode="markers+text",
                text=[f"{name} <b>{solvency}</b>"],
                textposition=place,
                textfont={"size": 14, "color": colours.ink},
                cliponaxis=False,
                marker={"size": 14, "symbol": symbol, "color": colours.of(decision.verdict), "line": {"width": 3}},
                hoverinfo="skip",
            )
        )
    room = ROOM * (high - low)
    shown = ticks(low, high)
    return styled(
        go.Figure(traces),
        language,
        colours,
        height=HEIGHT,
        margin={"l": 4, "r": 4, "t": 4, "b": 24},
        barmode="overlay",
        xaxis={
            "range": [low - room, high + room],
            "tickvals": shown,
            "ticktext": [f"{tick}{percent_sign(language)}" for tick in shown],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={"visible": False, "fixedrange": True, "range": [-1.15, 1.0]},
    )
