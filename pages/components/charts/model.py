"""Charts of the model: curves over a threshold, and reliability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.i18n.translations import Language, translate
from core.model.schema import Figure
from core.monitoring.calibration import Band
from pages.components.charts.base import percent_sign, styled
from pages.components.charts.palette import Palette

MARGIN = {"l": 64, "r": 16, "t": 34, "b": 52}


@dataclass(frozen=True, slots=True)
class Line:
    """One curve. place: 0 the main one, 1 and 2 others; colour and dash follow from it."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    place: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line with its words, on the scale of the x axis."""

    x: float
    words: str
    dash: str = "solid"


def curves(
    lines: Sequence[Line],
    axes: tuple[str, str],
    language: Language,
    colours: Palette,
    *,
    marks: Sequence[Mark] = (),
    diagonal: bool = False,
    shaded: tuple[float, float] | None = None,
    in_percent: tuple[bool, bool] = (True, True),
) -> go.Figure:
    """Curves over one axis; x and y in percent where `in_percent` says so. axes: titles of x and y."""
    figure = go.Figure()
    styles = ((colours.favourable, "solid"), (colours.unfavourable, "dash"), (colours.review, "dot"))
    if shaded is not None:
        figure.add_vrect(
            x0=shaded[0], x1=shaded[1], fillcolor=colours.soft_favourable, line_width=0, opacity=0.7, layer="below"
        )
    if diagonal:
        figure.add_scatter(
            x=[0, 100],
            y=[0, 100],
            mode="lines",
            hoverinfo="skip",
            showlegend=False,
            line={"color": colours.faint, "width": 1},
        )
    for line in lines:
        colour, dash = styles[line.place]
        figure.add_scatter(
            x=list(line.x),
            y=list(line.y),
            mode="lines",
            name=line.name,
            line={"color": colour, "dash": dash, "width": 2.5},
            hovertemplate=f"{line.name}<br>%{{x:.1f}} · %{{y:.1f}}<extra></extra>",
        )
    for place, mark in enumerate(marks):
        figure.add_vline(x=mark.x, line={"color": colours.ink, "width": 2, "dash": mark.dash})
        figure.add_annotation(
            x=mark.x,
            yref="paper",
            y=1.0,
            yanchor="bottom",
            yshift=15 * (place % 2),
            text=mark.words,
            showarrow=False,
            font={"size": 12},
        )
    sign = percent_sign(language)
    figure.update_xaxes(
        title_text=axes[0], ticksuffix=sign if in_percent[0] else "", gridcolor=colours.faint, fixedrange=True
    )
    figure.update_yaxes(
        title_text=axes[1],
        ticksuffix=sign if in_percent[1] else "",
        tickformat="" if in_percent[1] else ",",
        gridcolor=colours.faint,
        fixedrange=True,
    )
    figure = styled(figure, language, colours, height=360, margin=MARGIN)
    named = len(lines) > 1
    return figure.update_layout(
        showlegend=named,
        legend={"orientation": "h", "y": -0.3, "yanchor": "top", "x": 0, "itemclick": False},
        margin={**MARGIN, "b": 104 if named else 52},
    )


def reliability(bands: Sequence[Band], language: Language, colours: Palette) -> go.Figure:
    """Observed against expected P(default) by band, with intervals and the line on which both are equal."""
    top = 100.0 * max(max(band.expected, band.observed.high) for band in bands) * 1.05
    figure = go.Figure(
        go.Scatter(x=[0, top], y=[0, top], mode="lines", hoverinfo="skip", line={"color": colours.faint, "width": 2})
    )
    figure.add_scatter(
        x=[100.0 * band.expected for band in bands],
        y=[100.0 * band.observed.value for band in bands],
        mode="markers",
        marker={"size": 9, "color": colours.favourable},
        error_y=whiskers([band.observed for band in bands], colours),
        hovertemplate="%{x:.1f} · %{y:.1f}<extra></extra>",
    )
    sign = percent_sign(language)
    for update, title in ((figure.update_xaxes, "monitor.expected"), (figure.update_yaxes, "monitor.observed")):
        update(
            title_text=translate(title, language),
            ticksuffix=sign,
            gridcolor=colours.faint,
            fixedrange=True,
            rangemode="tozero",
        )
    return styled(figure, language, colours, height=360, margin=MARGIN)


def whiskers(figures: Sequence[Figure], colours: Palette) -> dict[str, object]:
    """The intervals of figures as error bars, in percent."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [100.0 * (each.high - each.value) for each in figures],
        "arrayminus": [100.0 * (each.value - each.low) for each in figures],
        "color": colours.ink,
        "thickness": 1.5,
    }
