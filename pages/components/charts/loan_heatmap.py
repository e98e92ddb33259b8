"""The Plotly figure of the map of loans. It draws what it is given and decides nothing."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.i18n.translations import Language, number, translate
from core.what_if.loan_offer import LoanMap, Offer
from pages.components.charts.base import percent_sign, sized
from pages.components.charts.palette import Palette

FEW = 0.05


def loan_map(loans: LoanMap, language: Language, colours: Palette) -> go.Figure:
    """Solvency over loan amount and annuity, the line through it, the loan asked for and the offer as marks."""
    solvency = 100.0 * loans.solvency
    line = 100.0 * loans.asked.decision.solvency_line
    low, high = min(float(np.nanmin(solvency)), line - FEW), max(float(np.nanmax(solvency)), line + FEW)
    at = (line - low) / (high - low)
    sign = percent_sign(language)
    figure = go.Figure(
        go.Heatmap(
            x=loans.amounts,
            y=loans.annuities,
            z=solvency,
            zmin=low,
            zmax=high,
            colorscale=[
                (0.0, colours.unfavourable),
                (at, colours.soft_unfavourable),
                (at, colours.soft_favourable),
                (1.0, colours.favourable),
            ],
            colorbar={
                "orientation": "h",
                "y": -0.3,
                "yanchor": "top",
                "thickness": 12,
                "outlinewidth": 0,
                "ticksuffix": sign,
                "title": {"text": translate("offer.solvency", language), "side": "top"},
            },
            customdata=_payments(loans, language),
            hovertemplate=_hover(language, sign),
            hoverongaps=False,
        )
    )
    figure.add_contour(
        x=loans.amounts,
        y=loans.annuities,
        z=solvency,
        contours={"start": line, "end": line, "size": 1, "coloring": "none"},
        line={"color": colours.ink, "width": 3},
        name=translate("offer.line", language),
        showlegend=True,
        showscale=False,
        hoverinfo="skip",
    )
    _mark(figure, loans.asked, translate("offer.asked", language), "x", colours)
    if loans.nearest:
        _mark(figure, loans.nearest, translate("offer.nearest_mark", language), "star", colours)
    if loans.furthest:
        _mark(figure, loans.furthest, translate("offer.furthest_mark", language), "star", colours)
    figure.update_xaxes(title_text=translate("offer.amount", language), fixedrange=True, showgrid=False, zeroline=False)
    figure.update_yaxes(
        title_text=translate("offer.annuity", language), fixedrange=True, showgrid=False, zeroline=False
    )
    figure.update_xaxes(tickformat=",.0f", nticks=6)
    figure.update_yaxes(tickformat=",.0f")
    sized(figure, language, colours, height=520, margin={"l": 76, "r": 16, "t": 48, "b": 120})
    return figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom", "itemclick": False}
    )


def _mark(figure: go.Figure, offer: Offer, name: str, symbol: str, colours: Palette) -> None:
    figure.add_scatter(
        x=[offer.amount],
        y=[offer.annuity],
        mode="markers",
        name=name,
        marker={
            "symbol": symbol,
            "size": 15,
            "color": colours.ink,
            "line": {"color": colours.soft_favourable, "width": 1.5},
        },
        hoverinfo="name",
    )


def _payments(loans: LoanMap, language: Language) -> list[list[str]]:
    return [
        [number(amount / annuity, language, 1) for amount in loans.amounts.tolist()]
        for annuity in loans.annuities.tolist()
    ]


def _hover(language: Language, sign: str) -> str:
    lines = (
        ("amount", "%{x:,.0f}"),
        ("annuity", "%{y:,.0f}"),
        ("payments", "%{customdata}"),
        ("solvency", f"%{{z:.1f}}{sign}"),
    )
    return "<br>".join(f"{translate(f'offer.{name}', language)} : {value}" for name, value in lines) + "<extra></extra>"
