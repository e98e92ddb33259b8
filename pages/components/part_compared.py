"""The part "Compared": this client among all, by two features among the loaded ones, and beside another client."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.language import say
from pages.components.client_file import ClientFile
from pages.components.compared_among import show_among
from pages.components.compared_clients import show_two_clients
from pages.components.compared_features import show_two_features

VIEWS: dict[str, Callable[[ClientFile], None]] = {
    "among": show_among,
    "features": show_two_features,
    "clients": show_two_clients,
}


def show_compared(file: ClientFile) -> None:
    """The comparison that is chosen."""
    language = file.language
    st.subheader(say("compared.title", language), anchor=False)
    view = st.segmented_control(
        say("compared.view", language),
        list(VIEWS),
        default="among",
        required=True,
        key="compared_view",
        persist_state="session",
        format_func=lambda each: say(f"compared.{each}", language),
        label_visibility="collapsed",
    )
    VIEWS[view](file)
