"""The common style of all charts, and the function that draws one on a page."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from core.i18n.translations import Language, percent
from pages.components.charts.palette import Palette

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
CLEAR = "rgba(0,0,0,0)"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def names_over(names: Sequence[str], places: Sequence[float], *, yshift: int) -> list[dict[str, object]]:
    """Annotations that place each name at the left above its row; <br> breaks a line. yshift: in pixels."""
    return [
        {
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": place,
            "yshift": yshift,
            "yanchor": "bottom",
            "align": "left",
            "text": name,
            "showarrow": False,
            "font": {"size": 14},
        }
        for name, place in zip(names, places, strict=True)
    ]


def draw(figure: go.Figure, key: str, alt: str) -> None:
    """Draw a figure on the page. alt: its description for screen readers."""
    st.plotly_chart(figure, key=key, config=CONFIG, alt=alt, theme=None)


def percent_sign(language: Language) -> str:
    """The percent sign, in French with a space before it."""
    return percent(0.0, language).removeprefix("0")


def styled(
    figure: go.Figure, language: Language, colours: Palette, *, height: int, margin: dict[str, int], **layout: object
) -> go.Figure:
    """Apply the common style: font, height and margin in pixels, no frame, the language's number format.

    layout: what else the figure's layout has, by name. All of it is set at once: Plotly checks each update by itself,
    which takes several times as long.
    """
    figure.layout = {
        **figure.layout.to_plotly_json(),
        "template": "none",
        "font": {"family": FONT, "size": 13, "color": colours.ink},
        "height": height,
        "margin": margin,
        "showlegend": False,
        "separators": ",\N{NARROW NO-BREAK SPACE}" if language == "fr" else ".,",
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        **layout,
    }
    return figure
