"""The chart of the map of loans."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.i18n.translations import Language, number, translate
from core.what_if.advice import Advice, ScoredLoan
from core.what_if.loan_offer import AMOUNT_STEP, INSTALMENT_STEP, LoanMap
from pages.components.charts.base import CLEAR, percent_sign, styled
from pages.components.charts.palette import Palette

MIN_SPAN = 0.05


def loan_map(loans: LoanMap, language: Language, colours: Palette) -> go.Figure:
    """Solvency over loan amount and instalment, with the line as a contour and the requested and offered loan as marks.

    Loans that the model accepts but that are not advised are hatched.
    """
    solvency = 100.0 * loans.solvency
    line = 100.0 * loans.asked.decision.solvency_line
    low, high = min(float(np.nanmin(solvency)), line - MIN_SPAN), max(float(np.nanmax(solvency)), line + MIN_SPAN)
    at = (line - low) / (high - low)
    sign = percent_sign(language)
    figure = go.Figure(
        go.Heatmap(
            x=loans.amounts,
            y=loans.instalments,
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
            customdata=_details(loans, language),
            hovertemplate=_hover(language, sign),
            hoverongaps=False,
        )
    )
    figure.add_contour(
        x=loans.amounts,
        y=loans.instalments,
        z=solvency,
        contours={"start": line, "end": line, "size": 1, "coloring": "none"},
        line={"color": colours.ink, "width": 3},
        name=translate("offer.line", language),
        showlegend=True,
        showscale=False,
        hoverinfo="skip",
    )
    _hatch(figure, loans, translate("offer.withheld_mark", language), colours)
    _mark(figure, loans.asked, translate("offer.asked", language), "x", colours)
    if loans.nearest:
        _mark(figure, loans.nearest, translate("offer.nearest_mark", language), "star", colours)
    figure.update_xaxes(title_text=translate("offer.amount", language), fixedrange=True, showgrid=False, zeroline=False)
    figure.update_yaxes(
        title_text=translate("offer.instalment", language), fixedrange=True, showgrid=False, zeroline=False
    )
    drawn = ~np.isnan(loans.solvency)
    amounts, instalments = loans.amounts[drawn.any(axis=0)], loans.instalments[drawn.any(axis=1)]
    half_x, half_y = 0.5 * AMOUNT_STEP * loans.asked.amount, 0.5 * INSTALMENT_STEP * loans.asked.instalment
    figure.update_xaxes(tickformat=",.0f", nticks=6, range=[amounts[0] - half_x, amounts[-1] + half_x])
    figure.update_yaxes(tickformat=",.0f", range=[instalments[0] - half_y, instalments[-1] + half_y])
    styled(figure, language, colours, height=520, margin={"l": 76, "r": 16, "t": 48, "b": 120})
    return figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 0.0, "y": 1.02, "yanchor": "bottom", "itemclick": False}
    )


def _mark(figure: go.Figure, offer: ScoredLoan, name: str, symbol: str, colours: Palette) -> None:
    figure.add_scatter(
        x=[offer.amount],
        y=[offer.instalment],
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


def _hatch(figure: go.Figure, loans: LoanMap, name: str, colours: Palette) -> None:
    """Hatch the withheld loans: one rectangle per run of such cells in a row of the map."""
    withheld = loans.withheld
    if not withheld.any():
        return
    xs: list[float | None] = []
    ys: list[float | None] = []
    half_x, half_y = 0.5 * AMOUNT_STEP * loans.asked.amount, 0.5 * INSTALMENT_STEP * loans.asked.instalment
    for instalment, flags in zip(loans.instalments.tolist(), withheld, strict=True):
        ends = np.flatnonzero(np.diff(flags, prepend=False, append=False)).reshape(-1, 2).tolist()
        for first, after in ends:
            left, right = loans.amounts[first] - half_x, loans.amounts[after - 1] + half_x
            low, high = instalment - half_y, instalment + half_y
            xs += [left, left, right, right, left, None]
            ys += [low, high, high, low, low, None]
    figure.add_scatter(
        x=xs,
        y=ys,
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillpattern={"shape": "/", "fgcolor": colours.ink, "bgcolor": CLEAR, "size": 7, "solidity": 0.14},
        name=name,
        hoverinfo="skip",
    )


def _details(loans: LoanMap, language: Language) -> list[list[list[str]]]:
    """The hover texts of each cell: number of instalments, opinion, advice; empty for a loan that was not scored."""
    scored = iter(zip(loans.loans, loans.advice, strict=True))
    rows: list[list[list[str]]] = []
    for cells in (~np.isnan(loans.solvency)).tolist():
        rows.append([_detail(*next(scored), language) if drawn else ["", "", ""] for drawn in cells])
    return rows


def _detail(loan: ScoredLoan, advice: Advice, language: Language) -> list[str]:
    return [
        number(loan.payments, language, 1),
        translate(f"verdict.{loan.decision.verdict}", language),
        translate(f"advice.{advice}", language),
    ]


def _hover(language: Language, sign: str) -> str:
    lines = (
        ("amount", "%{x:,.0f}"),
        ("instalment", "%{y:,.0f}"),
        ("payments", "%{customdata[0]}"),
        ("solvency", f"%{{z:.1f}}{sign}"),
        ("opinion", "%{customdata[1]}"),
        ("advice", "%{customdata[2]}"),
    )
    return "<br>".join(f"{translate(f'offer.{name}', language)} : {value}" for name, value in lines) + "<extra></extra>"
