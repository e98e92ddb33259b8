"""Charts of completeness: the model's information by origin, and the review band around the line."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from core.i18n.translations import Language, percent, translate
from core.records import Decision, ValueOrigin
from core.scoring.decision import band
from pages.components.charts.base import percent_sign, styled
from pages.components.charts.palette import Palette

PATTERNS = {
    ValueOrigin.GIVEN: "",
    ValueOrigin.DERIVED: ".",
    ValueOrigin.ASSUMED: "/",
    ValueOrigin.MISSING: "x",
    ValueOrigin.UNSEEN: "-",
}
LEFT = 4.0
LEGEND_HEIGHT = 130
"""Height of a legend in pixels: five lines on a telephone without a scroll bar."""
LEGEND = {
    "orientation": "h",
    "x": 0.0,
    "y": 1.02,
    "yanchor": "bottom",
    "itemclick": False,
    "itemdoubleclick": False,
    "maxheight": LEGEND_HEIGHT,
}
"""A row above the chart; a click on it hides nothing."""


def information(shares: Mapping[ValueOrigin, float], language: Language, colours: Palette) -> go.Figure:
    """One bar of the model's total importance, divided by the origin of the client's values."""
    figure = go.Figure()
    known = {ValueOrigin.GIVEN, ValueOrigin.DERIVED}
    for state, share in shares.items():
        if not share:
            continue
        name = translate(f"state.{state.name.lower()}", language)
        figure.add_bar(
            orientation="h",
            x=[100.0 * share],
            y=[0],
            name=f"{name} {percent(share, language)}",
            marker={
                "color": colours.favourable if state in known else colours.faint,
                "pattern": {"shape": PATTERNS[state], "fgcolor": colours.ink, "fillmode": "overlay", "size": 7},
                "line": {"width": 1, "color": colours.paper},
            },
            hoverinfo="name",
        )
    figure.update_xaxes(range=[0, 100], ticksuffix=percent_sign(language), showgrid=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    figure = styled(figure, language, colours, height=210, margin={"l": 8, "r": 24, "t": 8, "b": 28})
    return figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend=LEGEND | {"traceorder": "normal"},
    )


def near_the_line(decision: Decision, review_band: float, language: Language, colours: Palette) -> go.Figure:
    """The solvency axis around the line, with the review band and this client. review_band: in P(default)."""
    low, high = (100.0 * (1.0 - end) for end in reversed(band(threshold=decision.threshold, review_band=review_band)))
    line, solvency = 100.0 * decision.solvency_line, 100.0 * decision.solvency
    left, right = min(low, solvency) - LEFT, min(100.0, max(high, solvency) + LEFT)
    digits = decision.digits
    figure = go.Figure()
    pieces = (
        (left, low, colours.soft_unfavourable, translate("verdict.unfavourable", language), ""),
        (low, high, colours.soft_review, translate("verdict.to_review", language), "/"),
        (high, right, colours.soft_favourable, translate("verdict.favourable", language), ""),
    )
    for start, end, colour, name, pattern in pieces:
        figure.add_bar(
            orientation="h",
            base=[start],
            x=[max(0.0, end - start)],
            y=[0],
            width=0.6,
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern, "fgcolor": colours.ink, "fillmode": "overlay"}},
            hoverinfo="name",
        )
    figure.add_scatter(
        x=[line, line],
        y=[-0.45, 0.45],
        mode="lines",
        line={"color": colours.ink, "width": 4},
        name=translate("strip.line", language, line=percent(decision.solvency_line, language, digits)),
        hoverinfo="name",
    )
    figure.add_scatter(
        x=[solvency],
        y=[0],
        mode="markers",
        name=translate("strip.client", language, solvency=percent(decision.solvency, language, digits)),
        marker={
            "size": 17,
            "symbol": "diamond",
            "color": colours.of(decision.verdict),
            "line": {"width": 2, "color": colours.paper},
        },
        hoverinfo="name",
    )
    figure.update_xaxes(range=[left, right], ticksuffix=percent_sign(language), showgrid=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True, range=[-0.6, 0.6])
    figure = styled(figure, language, colours, height=240, margin={"l": 8, "r": 24, "t": 8, "b": 28})
    return figure.update_layout(
        barmode="overlay",
        showlegend=True,
        legend=LEGEND,
    )
