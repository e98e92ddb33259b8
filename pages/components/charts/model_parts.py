"""Charts of the model's parts: intervals by group, shares of columns, the effect of one column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.i18n.translations import Language, percent, translate
from core.model.schema import Figure
from pages.components.charts.base import names_over, percent_sign, styled
from pages.components.charts.model import whiskers
from pages.components.charts.palette import Palette

ROW = 52


def intervals(
    rows: Sequence[tuple[str, Figure]],
    language: Language,
    colours: Palette,
    *,
    title: str,
    line: float | None = None,
    line_words: str = "",
) -> go.Figure:
    """One dot with its interval per row, in percent; a vertical line where one is given (as a share)."""
    places = list(range(len(rows)))
    figures = [figure for _, figure in rows]
    figure = go.Figure(
        go.Scatter(
            x=[100.0 * each.value for each in figures],
            y=places,
            mode="markers",
            marker={
                "size": 11,
                "color": [
                    colours.unfavourable if line is not None and each.value < line else colours.favourable
                    for each in figures
                ],
                "symbol": ["diamond" if line is not None and each.value < line else "circle" for each in figures],
            },
            error_x=whiskers(figures, colours),
            text=[f"{name}<br>{percent(each.value, language, 1)}" for name, each in rows],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    if line is not None:
        figure.add_vline(x=100.0 * line, line={"color": colours.ink, "width": 3})
        figure.add_annotation(
            x=100.0 * line, yref="paper", y=1.0, yanchor="bottom", text=line_words, showarrow=False, font={"size": 13}
        )
    figure.update_yaxes(range=[len(rows) - 0.5, -0.8], visible=False, fixedrange=True)
    every = [100.0 * end for each in figures for end in (each.low, each.high)]
    every += [100.0 * line] if line is not None else []
    # Names stand at the left: room for them, so that no line crosses them.
    room = max(max(every) - min(every), 1.0)
    figure.update_xaxes(
        range=[min(every) - 0.3 * room, max(every) + 0.05 * room],
        ticksuffix=percent_sign(language),
        title_text=title,
        gridcolor=colours.faint,
        zerolinecolor=colours.ink,
        fixedrange=True,
    )
    figure = styled(figure, language, colours, height=110 + ROW * len(rows), margin={"l": 8, "r": 16, "t": 30, "b": 48})
    annotations = list(figure.layout.annotations) + names_over([name for name, _ in rows], places, yshift=8)
    return figure.update_layout(annotations=annotations)


def shares(rows: Sequence[tuple[str, float]], language: Language, colours: Palette, *, digits: int = 1) -> go.Figure:
    """One bar per row, labelled with its share."""
    places = list(range(len(rows)))
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=places,
            x=[100.0 * share for _, share in rows],
            width=0.34,
            text=[percent(share, language, digits) for _, share in rows],
            textposition="outside",
            cliponaxis=False,
            marker={"color": colours.favourable},
            customdata=[name for name, _ in rows],
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    )
    figure.update_yaxes(range=[len(rows) - 0.5, -0.8], visible=False, fixedrange=True)
    figure.update_xaxes(range=[0, 115.0 * max(share for _, share in rows)], visible=False, fixedrange=True)
    figure = styled(figure, language, colours, height=20 + 44 * len(rows), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure.update_layout(annotations=names_over([name for name, _ in rows], places, yshift=8))


@dataclass(frozen=True, slots=True)
class EffectRow:
    """The effect of a column in one band, in log-odds of default: tenth, middle and ninetieth percentile; its share."""

    name: str
    low: float
    middle: float
    high: float
    share: float


def dependence(rows: Sequence[EffectRow], language: Language, colours: Palette) -> go.Figure:
    """The effect of a column by band of its values, and under it the share of the training clients in each band."""
    names = [row.name for row in rows]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.72, 0.28], vertical_spacing=0.06)
    figure.add_scatter(
        x=names,
        y=[row.middle for row in rows],
        mode="markers",
        marker={"size": 9, "color": colours.favourable},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [row.high - row.middle for row in rows],
            "arrayminus": [row.middle - row.low for row in rows],
            "color": colours.ink,
            "thickness": 1.5,
        },
        hovertemplate="%{x}<br>%{y:.2f}<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_bar(
        x=names,
        y=[100.0 * row.share for row in rows],
        marker={"color": colours.faint},
        text=[percent(row.share, language) for row in rows],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{x}<br>%{text}<extra></extra>",
        row=2,
        col=1,
    )
    figure.update_yaxes(
        title_text=translate("monitor.effect", language),
        gridcolor=colours.faint,
        zerolinecolor=colours.ink,
        fixedrange=True,
        row=1,
        col=1,
    )
    figure.update_yaxes(visible=False, range=[0, 150.0 * max(row.share for row in rows)], fixedrange=True, row=2, col=1)
    # Upwards to the right, ending at its place: the last name is not cut off, and on a telephone none covers the next.
    figure.update_xaxes(fixedrange=True, type="category", tickangle=-60, gridcolor=colours.faint)
    return styled(figure, language, colours, height=460, margin={"l": 64, "r": 16, "t": 8, "b": 90})
