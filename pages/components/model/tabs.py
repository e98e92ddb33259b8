"""The four tabs of the model; only the open one is computed and drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from core.i18n.translations import Language, translate
from pages.components.model.parts import choose_view

Tabs = Mapping[str, Callable[[Language], None]]
OPEN = "model_tab"


def show_tabs(tabs: Tabs, language: Language) -> None:
    """Draw the switch and the chosen tab."""
    chosen = choose_view(
        OPEN, list(tabs), translate("monitor.choose", language), lambda tab: translate(f"monitor.tab_{tab}", language)
    )
    with st.container(key="part"):
        tabs[chosen](language)
