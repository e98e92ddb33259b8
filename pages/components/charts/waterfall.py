"""Charts of bars that add up: a waterfall from one solvency to another, and the parts of a sum.

Names are above their bars, in several lines if they are long, so that they can be read on a telephone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import accumulate

import plotly.graph_objects as go

from core.i18n.translations import Language, number, signed
from pages.components.charts.base import names_over, styled
from pages.components.charts.palette import Palette

MAX_LINE_LENGTH = 44
SIDE_MARGIN = 0.2
ROW, LINE = 46, 18


def cascade(
    steps: Sequence[tuple[str, float, float]],
    ends: tuple[tuple[str, float], tuple[str, float]],
    language: Language,
    colours: Palette,
    *,
    title: str,
    digits: int = 1,
    more_is_worse: bool = False,
) -> go.Figure:
    """A waterfall of steps between two totals.

    Parameters
    ----------
    steps: (name, size, printed size) of each step.
    ends: (name, value) of the first and of the last total, in the steps' unit.
    language, colours: of the chart.
    title: of the axis.
    digits: printed decimals.
    more_is_worse: an increase has the unfavourable colour.
    """
    (first, start), (last, end) = ends
    names = [first, *(name for name, _, _ in steps), last]
    sizes = [size for _, size, _ in steps]
    texts = [number(start, language, digits), *(signed(shown, language, digits) for _, _, shown in steps)]
    good, bad = colours.favourable, colours.unfavourable
    up, down = (bad, good) if more_is_worse else (good, bad)
    lines = [_wrap(name) for name in names]
    places, height = _places(lines)
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=places,
            x=[start, *sizes, 0],
            width=0.5,
            measure=["absolute", *("relative" for _ in steps), "total"],
            text=[*texts, number(end, language, digits)],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": up}},
            decreasing={"marker": {"color": down}},
            totals={"marker": {"color": colours.total}},
            connector={"line": {"color": colours.faint, "width": 1}},
            customdata=names,
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    )
    running = list(accumulate(sizes, initial=start))
    return _with_names(figure, places, lines, (min(running), max(running)), language, colours, title, height)


def parts(
    named: Sequence[tuple[str, float, float]], language: Language, colours: Palette, *, title: str, digits: int = 1
) -> go.Figure:
    """The parts of a sum as bars on either side of 0. named: (name, size, printed size) of each; title: of the axis."""
    lines = [_wrap(name) for name, _, _ in named]
    places, height = _places(lines)
    sizes = [size for _, size, _ in named]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=places,
            x=sizes,
            width=0.5,
            text=[signed(shown, language, digits) for _, _, shown in named],
            textposition="outside",
            cliponaxis=False,
            marker={"color": [colours.favourable if size >= 0 else colours.unfavourable for size in sizes]},
            customdata=[name for name, _, _ in named],
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    )
    ends = (min(0.0, *sizes, 0.0), max(0.0, *sizes, 0.0))
    zero = {"zeroline": True, "zerolinecolor": colours.ink}
    return _with_names(figure, places, lines, ends, language, colours, title, height, **zero)


def _wrap(name: str) -> list[str]:
    return textwrap.wrap(name, MAX_LINE_LENGTH, break_long_words=False) or [""]


def _places(lines: Sequence[Sequence[str]]) -> tuple[list[float], int]:
    """The position of each bar, in rows, and the height of the chart in pixels."""
    extra = [LINE * (len(each) - 1) / ROW for each in lines]
    places = list(accumulate((1.0 + each for each in extra[1:]), initial=extra[0]))
    return places, round(80 + ROW * (places[-1] + 1))


def _with_names(
    figure: go.Figure,
    places: Sequence[float],
    lines: Sequence[Sequence[str]],
    ends: tuple[float, float],
    language: Language,
    colours: Palette,
    title: str,
    height: int,
    **axis: object,
) -> go.Figure:
    low, high = ends
    room = SIDE_MARGIN * ((high - low) or 1.0)
    names = names_over(["<br>".join(name) for name in lines], places, yshift=13)
    return styled(
        figure,
        language,
        colours,
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 48},
        yaxis={"range": [places[-1] + 0.5, -0.9], "visible": False, "fixedrange": True},
        xaxis={
            "range": [low - room, high + room],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "tickangle": 0,
            "title": {"text": title},
            **axis,
        },
        # The connectors pass behind the names.
        annotations=[{**each, "bgcolor": colours.paper, "borderpad": 1} for each in names],
    )
