"""The part "Compared": this client among all clients, by two features among the loaded ones, and with another one."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.i18n.translations import translate
from pages.components.client.client_file import ClientFile
from pages.components.client.compare_clients import TYPED, compare_two_clients
from pages.components.client.compare_features import compare_two_features
from pages.components.client.compare_population import compare_with_population
from pages.components.client.tabs import OPEN
from pages.components.session import set_widget

VIEWS: dict[str, Callable[[ClientFile], None]] = {
    "among": compare_with_population,
    "features": compare_two_features,
    "clients": compare_two_clients,
}


VIEW = "compared_view"


def open_comparison(other: str) -> None:
    """Select this part and the other client for the file that is opened next."""
    for key, value in ((OPEN, "compared"), (VIEW, "clients"), (TYPED, other)):
        set_widget(key, value)


def show_comparison(file: ClientFile) -> None:
    """Show the chosen comparison."""
    language = file.language
    st.subheader(translate("compared.title", language), anchor=False)
    view = st.segmented_control(
        translate("compared.view", language),
        list(VIEWS),
        default="among",
        required=True,
        key=VIEW,
        persist_state="session",
        format_func=lambda each: translate(f"compared.{each}", language),
        label_visibility="collapsed",
    )
    VIEWS[view](file)
