"""Charts of a portfolio: clients or amounts by recommendation, and the solvency against the line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go

from core.batch.summary import Bars, Share
from core.i18n.translations import Language, number, percent, translate
from pages.components.charts.base import percent_sign, styled
from pages.components.charts.palette import Palette


def by_verdict(
    shares: Sequence[Share], sizes: Sequence[float], texts: Sequence[str], language: Language, colours: Palette
) -> go.Figure:
    """One bar per recommendation, labelled with its size."""
    names = [translate(f"verdict.{each.verdict}", language) for each in shares]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=list(range(len(shares))),
            x=list(sizes),
            width=0.42,
            text=list(texts),
            textposition="outside",
            cliponaxis=False,
            marker={"color": [colours.of(each.verdict) for each in shares]},
            customdata=names,
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    )
    for place, name in enumerate(names):
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=place, yshift=26, text=name, showarrow=False, font={"size": 14}
        )
    figure.update_yaxes(range=[len(shares) - 0.5, -0.75], visible=False, fixedrange=True)
    figure.update_xaxes(range=[0, 1.6 * (max(sizes) or 1.0)], visible=False, fixedrange=True)
    return styled(figure, language, colours, height=80 * len(shares) + 10, margin={"l": 8, "r": 8, "t": 4, "b": 4})


def distribution(bars: Bars, line: float, language: Language, colours: Palette) -> go.Figure:
    """A histogram of the solvency; bars below and above the line have the colours of the verdicts."""
    low, high = 100.0 * bars.edges[:-1], 100.0 * bars.edges[1:]
    accepted = bars.edges[:-1] >= line - 1e-9
    edges = [percent(float(edge), language, 1) for edge in bars.edges]
    ranges = [translate("portfolio.range", language, low=start, high=end) for start, end in pairwise(edges)]
    figure = go.Figure(
        go.Bar(
            x=((low + high) / 2).tolist(),
            y=list(bars.clients),
            width=(np.maximum(high - low, 1e-6) * 0.98).tolist(),
            marker={"color": [colours.favourable if each else colours.unfavourable for each in accepted]},
            customdata=ranges,
            text=[number(count, language) for count in bars.clients],
            textposition="none",
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    )
    top = max(bars.clients)
    figure.add_scatter(
        x=[100.0 * line, 100.0 * line],
        y=[0, 1.1 * top],
        mode="lines",
        line={"color": colours.ink, "width": 4},
        hoverinfo="skip",
    )
    text = translate("portfolio.line", language, line=percent(line, language, 1))
    figure.add_annotation(x=100.0 * line, y=1.1 * top, yanchor="bottom", text=text, showarrow=False, font={"size": 15})
    figure.update_xaxes(
        ticksuffix=percent_sign(language),
        title_text=translate("portfolio.axis", language),
        showgrid=False,
        fixedrange=True,
    )
    figure.update_yaxes(
        title_text=translate("portfolio.clients", language),
        range=[0, 1.25 * top],
        gridcolor=colours.faint,
        fixedrange=True,
        rangemode="tozero",
    )
    return styled(figure, language, colours, height=300, margin={"l": 60, "r": 8, "t": 8, "b": 48})
