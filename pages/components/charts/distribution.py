"""Charts of a feature: its distribution by verdict, and against another feature over the loaded clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.dictionary.lookup import entry_of, to_shown_scale
from core.i18n.translations import Language, percent, translate
from core.insights.comparison import VERDICTS, Distribution
from pages.components.charts.base import names_over, percent_sign, styled
from pages.components.charts.palette import Palette

Value = float | str | None
LEGEND = {"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False}
PATTERNS = {"favourable": "", "unfavourable": "/"}
DASHES = {"favourable": "solid", "unfavourable": "dash"}


def numbers(
    distribution: Distribution, source: str, here: Value, title: str, language: Language, colours: Palette
) -> go.Figure:
    """Two stepped lines, one per verdict, over the shown scale of the feature, and this client's value.

    here: the client's value, in the data set's unit. title: of the axis.
    """
    figure = go.Figure()
    for verdict, shares in distribution.shares.items():
        colour = _colour(verdict, colours)
        figure.add_scatter(
            x=[*distribution.edges],
            y=[*(100.0 * share for share in shares), 100.0 * shares[-1]],
            mode="lines",
            line={"shape": "hv", "color": colour, "width": 3, "dash": DASHES[verdict]},
            name=translate(f"verdict.{verdict}", language),
            hoverinfo="skip",
        )
    low, high = distribution.edges[0], distribution.edges[-1]
    if isinstance(here, float):
        at = min(max(to_shown_scale(source, here), low), high)
        figure.add_scatter(
            x=[at, at],
            y=[0, 100.0 * max(max(shares) for shares in distribution.shares.values())],
            mode="lines",
            line={"color": colours.ink, "width": 4, "dash": "dot"},
            name=translate("waterfall.client", language),
            hoverinfo="name",
        )
    figure.update_xaxes(
        title_text=title,
        showgrid=False,
        fixedrange=True,
        tickangle=0,
    )
    return _by_verdict(figure, language, colours, 330)


def values(
    named: Mapping[str, Mapping[str, float]], here: str | None, language: Language, colours: Palette
) -> go.Figure:
    """Two bars per value, one per verdict, with the client's value marked. named: value → verdict → share, 0 to 1."""
    figure = go.Figure()
    names = list(named)
    places = list(range(len(names)))
    for verdict, shift in zip(VERDICTS, (-0.02, 0.2), strict=True):
        shares = [by_verdict.get(verdict, 0.0) for by_verdict in named.values()]
        figure.add_bar(
            orientation="h",
            y=[place + shift for place in places],
            x=[100.0 * share for share in shares],
            width=0.2,
            name=translate(f"verdict.{verdict}", language),
            marker={
                "color": _colour(verdict, colours),
                "pattern": {"shape": PATTERNS[verdict], "fgcolor": colours.paper, "fillmode": "overlay", "size": 6},
            },
            text=[percent(share, language, 1) for share in shares],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    figure.update_yaxes(range=[len(names) - 0.4, -0.7], visible=False, fixedrange=True)
    figure.update_xaxes(ticksuffix=percent_sign(language), showgrid=False, zeroline=False, fixedrange=True)
    figure = styled(figure, language, colours, height=96 + 44 * len(names), margin={"l": 8, "r": 48, "t": 8, "b": 32})
    marked = [f"<b>◆ {name}</b>" if name == here else name for name in names]
    return figure.update_layout(
        showlegend=True, legend=LEGEND, barmode="overlay", annotations=names_over(marked, places, yshift=7)
    )


def scatter(
    columns: tuple[str, str],
    titles: tuple[str, str],
    points: Sequence[tuple[Value, Value, float]],
    here: tuple[Value, Value],
    line: float,
    language: Language,
    colours: Palette,
) -> go.Figure:
    """Two features of the loaded clients, coloured by solvency; this client as a diamond.

    Parameters
    ----------
    columns, titles: of the horizontal and the vertical axis.
    points: (horizontal, vertical, solvency) of each client, features on the shown scale, solvency from 0 to 1.
    here: this client's two values on the shown scale; None if missing.
    line: on the solvency scale; the middle of the colour scale.
    language, colours: of the chart.
    """
    figure = go.Figure(
        go.Scatter(
            x=[across for across, _, _ in points],
            y=[up for _, up, _ in points],
            mode="markers",
            name=translate("compared.others", language),
            hoverinfo="skip",
            showlegend=False,
            marker={
                "size": 6,
                "color": [100.0 * solvency for *_, solvency in points],
                "colorscale": colours.low_to_high,
                "opacity": 0.85,
                "cmin": 100.0 * (2.0 * line - 1.0),
                "cmax": 100.0,
                "colorbar": {
                    "title": {"text": translate("compared.solvency", language), "side": "top"},
                    "tickvals": [100.0 * place for place in (2.0 * line - 1.0, line, 1.0)],
                    "ticktext": [percent(place, language) for place in (2.0 * line - 1.0, line, 1.0)],
                    "tickangle": 0,
                    "orientation": "h",
                    "y": 1.0,
                    "yanchor": "bottom",
                    "x": 1.0,
                    "xanchor": "right",
                    "len": 0.5,
                    "thickness": 8,
                    "outlinewidth": 0,
                },
            },
        )
    )
    if None not in here:
        figure.add_scatter(
            x=[here[0]],
            y=[here[1]],
            mode="markers",
            name=translate("waterfall.client", language),
            hoverinfo="name",
            marker={
                "size": 17,
                "symbol": "diamond",
                "color": colours.ink,
                "line": {"width": 3, "color": colours.paper},
            },
        )
    axes = (figure.update_xaxes, figure.update_yaxes)
    for axis, source, title in zip(axes, columns, titles, strict=True):
        text = entry_of(source).unit in ("category", "flag")
        axis(
            title_text=title,
            type="category" if text else "linear",
            gridcolor=colours.faint,
            zeroline=False,
            fixedrange=True,
            automargin=True,
        )
    figure = styled(figure, language, colours, height=520, margin={"l": 64, "r": 16, "t": 72, "b": 56})
    return figure.update_layout(showlegend=True, legend={**LEGEND, "y": 1.04})


def _by_verdict(figure: go.Figure, language: Language, colours: Palette, height: int) -> go.Figure:
    figure.update_yaxes(
        ticksuffix=percent_sign(language),
        title_text=translate("compared.of_group", language),
        rangemode="tozero",
        gridcolor=colours.faint,
        zeroline=False,
        fixedrange=True,
    )
    figure = styled(figure, language, colours, height=height, margin={"l": 60, "r": 24, "t": 8, "b": 56})
    return figure.update_layout(showlegend=True, legend=LEGEND)


def _colour(verdict: str, colours: Palette) -> str:
    return colours.favourable if verdict == "favourable" else colours.unfavourable
