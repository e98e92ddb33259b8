"""Charts that compare a client with the training clients: column importance, and the effects of each column."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from core.dictionary.lookup import label
from core.i18n.translations import Language, percent, signed, translate
from core.insights.importance import Dot, Importance
from pages.components.charts.base import names_over, percent_sign, styled
from pages.components.charts.palette import Palette

ROW = 46
SWARM_ROW = 54
STEPS = 60
"""Bins along the axis; dots in the same bin are drawn side by side."""


def importance(columns: Sequence[Importance], language: Language, colours: Palette) -> go.Figure:
    """Two bars per column: its share of all effects, for the training clients and for this client."""
    names = [label(each.source, language) for each in columns]
    places = list(range(len(columns)))
    figure = go.Figure()
    pairs = (
        ("usual.everybody", [each.overall for each in columns], colours.faint, -0.02),
        ("usual.here", [each.here for each in columns], colours.favourable, 0.22),
    )
    for key, shares, colour, shift in pairs:
        figure.add_bar(
            orientation="h",
            y=[place + shift for place in places],
            x=[100.0 * share for share in shares],
            width=0.22,
            name=translate(key, language),
            marker={"color": colour},
            text=[percent(share, language) for share in shares],
            textposition="outside",
            cliponaxis=False,
            customdata=names,
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    figure.update_yaxes(range=[len(columns) - 0.4, -0.7], visible=False, fixedrange=True)
    figure.update_xaxes(
        ticksuffix=percent_sign(language), rangemode="tozero", showgrid=False, zeroline=False, fixedrange=True
    )
    figure = styled(
        figure, language, colours, height=110 + ROW * len(columns), margin={"l": 8, "r": 40, "t": 8, "b": 36}
    )
    return figure.update_layout(
        showlegend=True, legend=_legend(), barmode="overlay", annotations=names_over(names, places, yshift=8)
    )


def swarm(rows: Sequence[tuple[str, Sequence[Dot], float | None]], language: Language, colours: Palette) -> go.Figure:
    """One row per (column, dots, points of this client): dots over points of solvency, and a diamond for the client.

    Without a client, the points are None.
    """
    names = [label(source, language) for source, _, _ in rows]
    figure = go.Figure()
    diamonds = [(place, points) for place, (*_, points) in enumerate(rows) if points is not None]
    every = [dot.points for _, dots, _ in rows for dot in dots] + [points for _, points in diamonds]
    low, high = min(every), max(every)
    step = (high - low) / STEPS or 1.0
    levelled: list[tuple[float, float, float]] = []
    plain: list[tuple[float, float]] = []
    for place, (_, dots, _) in enumerate(rows):
        for dot, shift in zip(dots, _offsets(dots, step), strict=True):
            if dot.level is None:
                plain.append((dot.points, place + shift))
            else:
                levelled.append((dot.points, place + shift, dot.level))
    figure.add_scatter(
        x=[x for x, _, _ in levelled],
        y=[y for _, y, _ in levelled],
        mode="markers",
        hoverinfo="skip",
        showlegend=False,
        marker={
            "size": 5,
            "color": [level for *_, level in levelled],
            "colorscale": colours.low_to_high,
            "cmin": 0,
            "cmax": 1,
            "colorbar": {
                "title": {"text": translate("usual.level", language), "side": "top"},
                "tickvals": [0, 1],
                "ticktext": [translate("usual.low", language), translate("usual.high", language)],
                "orientation": "h",
                "y": 1.0,
                "yanchor": "bottom",
                "x": 1.0,
                "xanchor": "right",
                "len": 0.34,
                "thickness": 8,
                "outlinewidth": 0,
            },
        },
    )
    figure.add_scatter(
        x=[x for x, _ in plain],
        y=[y for _, y in plain],
        mode="markers",
        hoverinfo="skip",
        name=translate("usual.no_order", language),
        marker={"size": 5, "color": colours.faint},
    )
    figure.add_scatter(
        x=[points for _, points in diamonds],
        y=[place for place, _ in diamonds],
        mode="markers",
        showlegend=bool(diamonds),
        name=translate("waterfall.client", language),
        marker={"size": 13, "symbol": "diamond", "color": colours.ink, "line": {"width": 2, "color": colours.paper}},
        customdata=[f"{names[place]} {signed(points, language, 1)}" for place, points in diamonds],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.update_yaxes(range=[len(rows) - 0.4, -0.75], visible=False, fixedrange=True)
    figure.update_xaxes(
        gridcolor=colours.faint,
        zerolinecolor=colours.ink,
        fixedrange=True,
        tickangle=0,
        title_text=translate("usual.points", language),
    )
    figure = styled(
        figure, language, colours, height=130 + SWARM_ROW * len(rows), margin={"l": 8, "r": 12, "t": 64, "b": 48}
    )
    return figure.update_layout(
        showlegend=True,
        legend={**_legend(), "yanchor": "top", "y": -0.1},
        annotations=names_over(names, list(range(len(rows))), yshift=16),
    )


def _offsets(dots: Sequence[Dot], step: float) -> list[float]:
    """The vertical offset of each dot in its row; dots in the same bin alternate up and down to avoid overlap."""
    counts: dict[int, int] = {}
    shifts = []
    for dot in dots:
        cell = math.floor(dot.points / step)
        counts[cell] = counts.get(cell, 0) + 1
        nth = counts[cell]
        shifts.append((nth // 2) * (1 if nth % 2 else -1))
    most = max((abs(shift) for shift in shifts), default=1) or 1
    return [0.24 * shift / max(most, 5) for shift in shifts]


def _legend() -> dict[str, object]:
    return {"orientation": "h", "x": 0.0, "y": 1.0, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}
