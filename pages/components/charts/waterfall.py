"""Bars that add up: the cascade from one solvency to another, and the parts of a sum. Names stand over their bars.

So they can be read on a telephone, and a long one is set in two lines.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import accumulate

import plotly.graph_objects as go

from core.i18n.translations import Language, number, signed
from pages.components.charts.base import names_over, sized
from pages.components.charts.palette import Palette

LONGEST = 44
ROOM_FOR_A_NAME = 0.2
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
    """A waterfall from the first end to the last by steps (name, size, printed size); raising ones are favourable."""
    (first, start), (last, end) = ends
    names = [first, *(name for name, _, _ in steps), last]
    sizes = [size for _, size, _ in steps]
    texts = [number(start, language, digits), *(signed(shown, language, digits) for _, _, shown in steps)]
    good, bad = colours.favourable, colours.unfavourable
    up, down = (bad, good) if more_is_worse else (good, bad)
    lines = [_in_lines(name) for name in names]
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
            totals={"marker": {"color": colours.review}},
            connector={"line": {"color": colours.faint, "width": 1}},
            customdata=names,
            hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        )
    )
    running = list(accumulate(sizes, initial=start))
    return _finished(figure, places, lines, (min(running), max(running)), language, colours, title, height)


def parts(
    named: Sequence[tuple[str, float, float]], language: Language, colours: Palette, *, title: str, digits: int = 1
) -> go.Figure:
    """The parts of a sum, each (name, size, printed size), as bars to either side of 0."""
    lines = [_in_lines(name) for name, _, _ in named]
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
    figure = _finished(figure, places, lines, ends, language, colours, title, height)
    return figure.update_xaxes(zeroline=True, zerolinecolor=colours.ink)


def _in_lines(name: str) -> list[str]:
    return textwrap.wrap(name, LONGEST, break_long_words=False) or [""]


def _places(lines: Sequence[Sequence[str]]) -> tuple[list[float], int]:
    """The position of each bar, in rows, and the height of the chart in pixels."""
    extra = [LINE * (len(each) - 1) / ROW for each in lines]
    places = list(accumulate((1.0 + each for each in extra[1:]), initial=extra[0]))
    return places, round(80 + ROW * (places[-1] + 1))


def _finished(
    figure: go.Figure,
    places: Sequence[float],
    lines: Sequence[Sequence[str]],
    ends: tuple[float, float],
    language: Language,
    colours: Palette,
    title: str,
    height: int,
) -> go.Figure:
    low, high = ends
    room = ROOM_FOR_A_NAME * ((high - low) or 1.0)
    figure.update_yaxes(range=[places[-1] + 0.5, -0.9], visible=False, fixedrange=True)
    figure.update_xaxes(
        range=[low - room, high + room],
        gridcolor=colours.faint,
        zeroline=False,
        fixedrange=True,
        tickangle=0,
        title_text=title,
    )
    figure = sized(figure, language, colours, height=height, margin={"l": 8, "r": 8, "t": 8, "b": 48})
    return figure.update_layout(annotations=names_over(["<br>".join(name) for name in lines], places, yshift=10))
