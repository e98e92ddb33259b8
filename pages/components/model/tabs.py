"""The four tabs of the model; only the open one is computed and drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from core.i18n.translations import Language, translate
from pages.components.address import follow_choice, keep_choice, write_choice
from pages.components.model.parts import choose_view

Tabs = Mapping[str, Callable[[Language], None]]
OPEN, TAB = "model_tab", "tab"


def show_tabs(tabs: Tabs, language: Language) -> None:
    """Draw the switch and the chosen tab."""
    follow_choice(TAB, OPEN, tabs)
    chosen = choose_view(
        OPEN,
        list(tabs),
        translate("monitor.choose", language),
        lambda tab: translate(f"monitor.tab_{tab}", language),
        on_change=partial(write_choice, TAB, OPEN),
    )
    keep_choice(TAB, chosen, next(iter(tabs)))
    with st.container(key="part"):
        tabs[chosen](language)
